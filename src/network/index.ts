export { networkService } from './service.ts';
export { hostNetworks, refusedPorts, serverPorts, type ServerAddress, type ServerPort } from './server-ports.ts';
export {
  addServerSecurityGroup,
  attachPort,
  checkServerNetworks,
  createServerPorts,
  deleteServerPorts,
  detachPort,
  moveServerPorts,
  removeServerSecurityGroup,
  type RequestedNetwork,
  type RequestedNetworks,
} from './server-attach.ts';
export { createProjectNetworkReconciler, giveProjectNetwork } from './project-network.ts';
export { createOvnReconciler } from './ovn/reconcile.ts';
export { networkQuotas } from './quota-report.ts';
