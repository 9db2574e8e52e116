import type { Policy } from './policy.ts';

/** Who may do what with Neutron's API. */
export const networkPolicy: Policy = {
  'versions:list': 'public',
  'version:show': 'public',
  'networks:list': 'reader',

  'network:show': 'reader',
  'network:delete': 'member',
  'network:create': 'member',
  'network:update': 'member',
  'network:list-tags': 'reader',
  'network:show-tag': 'reader',
  'network:set-tags': 'member',
  'network:add-tag': 'member',
  'network:remove-tags': 'member',
  'network:remove-tag': 'member',

  'subnets:list': 'reader',

  'subnet:show': 'reader',
  'subnet:delete': 'member',
  'subnet:create': 'member',
  'subnet:update': 'member',
  'subnet:list-tags': 'reader',
  'subnet:show-tag': 'reader',
  'subnet:set-tags': 'member',
  'subnet:add-tag': 'member',
  'subnet:remove-tags': 'member',
  'subnet:remove-tag': 'member',

  'ports:list': 'reader',

  'port:show': 'reader',
  'port:delete': 'member',
  'port:create': 'member',
  'port:update': 'member',
  'port:list-tags': 'reader',
  'port:show-tag': 'reader',
  'port:set-tags': 'member',
  'port:add-tag': 'member',
  'port:remove-tags': 'member',
  'port:remove-tag': 'member',

  'routers:list': 'reader',

  'router:show': 'reader',
  'router:delete': 'member',
  'router:create': 'member',
  'router:update': 'member',
  'router:list-tags': 'reader',
  'router:show-tag': 'reader',
  'router:set-tags': 'member',
  'router:add-tag': 'member',
  'router:remove-tags': 'member',
  'router:remove-tag': 'member',
  'router:add-interface': 'member',
  'router:remove-interface': 'member',
  'router:add-extraroutes': 'member',
  'router:remove-extraroutes': 'member',

  'floatingips:list': 'reader',

  'floatingip:show': 'reader',
  'floatingip:delete': 'member',
  'floatingip:create': 'member',
  'floatingip:update': 'member',
  'floatingip:list-tags': 'reader',
  'floatingip:show-tag': 'reader',
  'floatingip:set-tags': 'member',
  'floatingip:add-tag': 'member',
  'floatingip:remove-tags': 'member',
  'floatingip:remove-tag': 'member',

  'security_groups:list': 'reader',

  'security_group:show': 'reader',
  'security_group:delete': 'member',
  'security_group:create': 'member',
  'security_group:update': 'member',
  'security_group:list-tags': 'reader',
  'security_group:show-tag': 'reader',
  'security_group:set-tags': 'member',
  'security_group:add-tag': 'member',
  'security_group:remove-tags': 'member',
  'security_group:remove-tag': 'member',

  'security_group_rules:list': 'reader',

  'security_group_rule:show': 'reader',
  'security_group_rule:delete': 'member',
  'security_group_rule:create': 'member',
  'security_group_rule:list-tags': 'reader',
  'security_group_rule:show-tag': 'reader',
  'security_group_rule:set-tags': 'member',
  'security_group_rule:add-tag': 'member',
  'security_group_rule:remove-tags': 'member',
  'security_group_rule:remove-tag': 'member',

  'subnetpools:list': 'reader',

  'subnetpool:show': 'reader',
  'subnetpool:delete': 'member',
  'subnetpool:create': 'member',
  'subnetpool:update': 'member',
  'subnetpool:list-tags': 'reader',
  'subnetpool:show-tag': 'reader',
  'subnetpool:set-tags': 'member',
  'subnetpool:add-tag': 'member',
  'subnetpool:remove-tags': 'member',
  'subnetpool:remove-tag': 'member',
  'subnetpool:add-prefixes': 'member',
  'subnetpool:remove-prefixes': 'member',
  'subnetpool:onboard-network-subnets': 'member',

  'port_forwardings:list': 'reader',

  'port_forwarding:show': 'reader',
  'port_forwarding:create': 'member',
  'port_forwarding:update': 'member',
  'port_forwarding:delete': 'member',

  'address_scopes:list': 'reader',

  'address_scope:show': 'reader',
  'address_scope:delete': 'member',
  'address_scope:create': 'member',
  'address_scope:update': 'member',

  'address_groups:list': 'reader',

  'address_group:show': 'reader',
  'address_group:delete': 'member',
  'address_group:create': 'member',
  'address_group:update': 'member',
  'address_group:add-addresses': 'member',
  'address_group:remove-addresses': 'member',

  'rbac_policies:list': 'reader',

  'rbac_policy:show': 'reader',
  'rbac_policy:delete': 'member',
  'rbac_policy:create': 'member',
  'rbac_policy:update': 'member',

  'qos-policies:list': 'reader',

  'qos-policy:show': 'reader',
  'qos-policy:delete': 'member',
  'qos-policy:create': 'member',
  'qos-policy:update': 'member',
  'qos-policy:list-tags': 'reader',
  'qos-policy:show-tag': 'reader',
  'qos-policy:set-tags': 'member',
  'qos-policy:add-tag': 'member',
  'qos-policy:remove-tags': 'member',
  'qos-policy:remove-tag': 'member',

  'policy:list-tags': 'reader',
  'policy:show-tag': 'reader',
  'policy:set-tags': 'member',
  'policy:add-tag': 'member',
  'policy:remove-tags': 'member',
  'policy:remove-tag': 'member',

  'qos-bandwidth_limit-rules:list': 'reader',

  'qos-bandwidth_limit-rule:show': 'reader',
  'qos-bandwidth_limit-rule:create': 'member',
  'qos-bandwidth_limit-rule:update': 'member',
  'qos-bandwidth_limit-rule:delete': 'member',

  'qos-alias-bandwidth_limit-rule:show': 'reader',
  'qos-alias-bandwidth_limit-rule:update': 'member',
  'qos-alias-bandwidth_limit-rule:delete': 'member',

  'qos-minimum_bandwidth-rules:list': 'reader',

  'qos-minimum_bandwidth-rule:show': 'reader',
  'qos-minimum_bandwidth-rule:create': 'member',
  'qos-minimum_bandwidth-rule:update': 'member',
  'qos-minimum_bandwidth-rule:delete': 'member',

  'qos-alias-minimum_bandwidth-rule:show': 'reader',
  'qos-alias-minimum_bandwidth-rule:update': 'member',
  'qos-alias-minimum_bandwidth-rule:delete': 'member',

  'qos-dscp_marking-rules:list': 'reader',

  'qos-dscp_marking-rule:show': 'reader',
  'qos-dscp_marking-rule:create': 'member',
  'qos-dscp_marking-rule:update': 'member',
  'qos-dscp_marking-rule:delete': 'member',

  'qos-alias-dscp_marking-rule:show': 'reader',
  'qos-alias-dscp_marking-rule:update': 'member',
  'qos-alias-dscp_marking-rule:delete': 'member',

  'qos-rule-types:list': 'reader',
  'qos-rule-type:show': 'admin',
  'segments:list': 'reader',

  'segment:show': 'reader',
  'segment:delete': 'admin',
  'segment:create': 'admin',
  'segment:update': 'admin',

  'default_security_group_rules:list': 'reader',

  'default_security_group_rule:show': 'reader',
  'default_security_group_rule:delete': 'admin',
  'default_security_group_rule:create': 'admin',

  'auto_allocated_topology:show': 'member',
  'auto_allocated_topology:delete': 'member',

  'agents:list': 'reader',

  'agent:show': 'admin',
  'agent:update': 'admin',
  'agent:delete': 'admin',

  'quotas:list': 'admin',

  'quota:show': 'reader',
  'quota:show-default': 'reader',
  'quota:show-details': 'reader',
  'quota:show-details-json': 'reader',
  'quota:update': 'admin',
  'quota:delete': 'admin',

  'extensions:list': 'authenticated',
  'extension:show': 'authenticated',
  'network-ip-availabilities:list': 'admin',
  'network-ip-availability:show': 'admin',
  'availability-zones:list': 'reader',
  'floatingip_pools:list': 'reader',
  'floatingip-pools:list': 'reader',
  'service-providers:list': 'reader',
};
