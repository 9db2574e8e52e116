import { consoleRoutes } from '../console-proxy/routes.ts';
import { novaFault } from '../http/faults.ts';
import type { Service } from '../http/service.ts';
import { computePolicy } from '../policy/compute.ts';
import { hostImageRoutes } from './host-images.ts';
import { catalogueRoutes } from './catalogue/index.ts';
import { COMPUTE_VERSIONS, withStrictQueries } from './microversions.ts';
import { proxyRoutes } from './proxies/index.ts';
import { rootRoutes } from './root.ts';
import { actionRoutes } from './routes/actions.ts';
import { auditLogRoutes } from './routes/audit-log.ts';
import { extensionRoutes } from './routes/extensions.ts';
import { externalEventRoutes } from './routes/external-events.ts';
import { goneRoutes } from './routes/gone.ts';
import { historyRoutes } from './routes/history.ts';
import { interfaceRoutes } from './routes/interfaces.ts';
import { metadataRoutes } from './routes/metadata.ts';
import { migrationRoutes } from './routes/migrations.ts';
import { partRoutes } from './routes/parts.ts';
import { serverRoutes } from './routes/servers.ts';
import { tagRoutes } from './routes/tags.ts';
import { tenantUsageRoutes } from './routes/tenant-usage.ts';
import { volumeAttachmentRoutes } from './routes/volume-attachments.ts';

export { agentService } from './agent-routes.ts';
export { attachTunnels } from './attach-tunnels.ts';
export { explainServer, type Explanation } from './explain.ts';
export { hostsOverview, type HostOverview } from './catalogue/hosts-overview.ts';
export { computeQuotas } from './catalogue/quota-report.ts';
export { computeUnderWay } from './under-way.ts';
export { placementDryRun } from './scheduling/dry-run.ts';
export { dismissHost } from './catalogue/dismiss-host.ts';
export { createHeartbeatReconciler } from './heartbeats.ts';
export {
  createHostTokenReconciler,
  createHostTokens,
  silenceHost,
  ensureLocalHost,
  insertHost,
  isUp,
  serverCounts,
} from './hosts.ts';
export { forgetKept, makeKeptImage, readKept, type KeptRow } from './kept.ts';
export { loseContents } from './lost.ts';
export { awaitHosts } from './restored.ts';
export { createServerReconciler } from './reconcile.ts';
export { createUpkeepReconciler } from './upkeep.ts';
export { tunnelsOf } from './tunnels.ts';
export { usage, type Usage } from './usage.ts';

/** Nova's API: https://docs.openstack.org/api-ref/compute/ */
export const computeService: Service = {
  name: 'compute',
  prefix: '/compute/v2.1',
  oldPrefix: '/compute/v2',
  projectInPath: true,
  routes: withStrictQueries([
    ...catalogueRoutes,
    ...serverRoutes,
    ...actionRoutes,
    ...metadataRoutes,
    ...tagRoutes,
    ...historyRoutes,
    ...partRoutes,
    ...interfaceRoutes,
    ...volumeAttachmentRoutes,
    ...hostImageRoutes,
    ...proxyRoutes,
    ...tenantUsageRoutes,
    ...migrationRoutes,
    ...externalEventRoutes,
    ...auditLogRoutes,
    ...extensionRoutes,
    ...goneRoutes,
  ]),
  rootRoutes: [...rootRoutes, ...consoleRoutes],
  policy: computePolicy,
  fault: novaFault,
  versions: COMPUTE_VERSIONS,
  requestIdHeader: 'x-compute-request-id',
};
