export { networkService } from './service.ts';
export { hostNetworks, serverPorts, type ServerAddress, type ServerPort } from './server-ports.ts';
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
export { createOvnReconciler } from './ovn/reconcile.ts';
