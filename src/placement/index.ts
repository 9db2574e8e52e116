export { mostServers } from './checks.ts';
export * from './schedule.ts';
export {
  claim,
  claimDisk,
  ensureHostProvider,
  hostRooms,
  mendAccounts,
  release,
  releaseAll,
  releaseDisk,
  setHostRatio,
  syncHostInventory,
  type Account,
  type HostRoom,
} from './accounts.ts';
export { changeHostTraits, DISABLED } from './host-traits.ts';
export { touchProviders } from './use.ts';
export { placementService } from './service.ts';
