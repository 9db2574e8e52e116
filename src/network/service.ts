import { neutronFault } from '../http/faults.ts';
import type { Route } from '../http/route.ts';
import type { Service } from '../http/service.ts';
import { networkPolicy } from '../policy/network.ts';
import { PREFIX, resourceRoutes } from './resource/routes.ts';
import { tagRoutes } from './resource/tags.ts';
import { addressGroupChanges, addressGroupRoutes, addressGroups } from './routes/address-groups.ts';
import { addressScopeChanges, addressScopes } from './routes/address-scopes.ts';
import { agentRoutes } from './routes/agents.ts';
import { autoTopologyRoutes } from './routes/auto-topology.ts';
import { availabilityRoutes } from './routes/availability.ts';
import { defaultGroupRuleChanges, defaultGroupRules } from './routes/default-group-rules.ts';
import { extensionRoutes } from './routes/extensions.ts';
import { floatingIpChanges, floatingIps } from './routes/floating-ips.ts';
import { networkChanges, networks } from './routes/networks.ts';
import { ports } from './routes/port-view.ts';
import { portForwardingRoutes } from './routes/port-forwardings.ts';
import { portChanges } from './routes/ports.ts';
import { qosPolicies, qosPolicyChanges } from './routes/qos-policies.ts';
import { qosRuleRoutes } from './routes/qos-rules.ts';
import { quotaRoutes } from './routes/quotas.ts';
import { rbacChanges, rbacPolicies } from './routes/rbac.ts';
import { routerActionRoutes, routerChanges, routers } from './routes/routers.ts';
import {
  securityGroupChanges,
  securityGroupRuleChanges,
  securityGroupRules,
  securityGroups,
} from './routes/security-groups.ts';
import { segmentChanges, segments } from './routes/segments.ts';
import { subnetPoolActionRoutes } from './routes/subnet-pool-actions.ts';
import { subnetPoolChanges, subnetPools } from './routes/subnet-pools.ts';
import { subnetChanges, subnets } from './routes/subnets.ts';
import { resourceListRoute, versionRoutes } from './routes/versions.ts';

const routes: Route[] = [
  resourceListRoute([
    networks,
    subnets,
    ports,
    routers,
    floatingIps,
    securityGroups,
    securityGroupRules,
    subnetPools,
    addressScopes,
    addressGroups,
    rbacPolicies,
    qosPolicies,
    segments,
    defaultGroupRules,
  ]),
  ...resourceRoutes(networks, networkChanges),
  ...tagRoutes(networks, networkChanges),
  ...resourceRoutes(subnets, subnetChanges),
  ...tagRoutes(subnets, subnetChanges),
  ...resourceRoutes(ports, portChanges),
  ...tagRoutes(ports, portChanges),
  ...resourceRoutes(routers, routerChanges),
  ...tagRoutes(routers, routerChanges),
  ...routerActionRoutes,
  ...resourceRoutes(floatingIps, floatingIpChanges),
  ...tagRoutes(floatingIps, floatingIpChanges),
  ...resourceRoutes(securityGroups, securityGroupChanges),
  ...tagRoutes(securityGroups, securityGroupChanges),
  ...resourceRoutes(securityGroupRules, securityGroupRuleChanges),
  ...tagRoutes(securityGroupRules, securityGroupRuleChanges),
  ...resourceRoutes(subnetPools, subnetPoolChanges),
  ...tagRoutes(subnetPools, subnetPoolChanges),
  ...subnetPoolActionRoutes,
  ...portForwardingRoutes,
  ...resourceRoutes(addressScopes, addressScopeChanges),
  ...resourceRoutes(addressGroups, addressGroupChanges),
  ...addressGroupRoutes,
  ...resourceRoutes(rbacPolicies, rbacChanges),
  ...resourceRoutes(qosPolicies, qosPolicyChanges),
  ...tagRoutes(qosPolicies, {}),
  // Neutron has them here, and its client there.
  ...tagRoutes(qosPolicies, {}, { path: 'policies', operation: 'policy' }),
  ...qosRuleRoutes,
  ...resourceRoutes(segments, segmentChanges),
  ...resourceRoutes(defaultGroupRules, defaultGroupRuleChanges),
  ...autoTopologyRoutes,
  ...agentRoutes,
  ...quotaRoutes,
  ...extensionRoutes,
  ...availabilityRoutes,
];

/** Neutron's API v2.0. */
export const networkService: Service = {
  name: 'network',
  prefix: PREFIX,
  routes,
  rootRoutes: versionRoutes,
  policy: networkPolicy,
  fault: neutronFault,
  versions: null,
};
