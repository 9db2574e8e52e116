export { mostServers } from './checks.ts';
export * from './schedule.ts';
export {
  claim,
  claimDisk,
  ensureHostProvider,
  hostRooms,
  release,
  releaseAll,
  releaseDisk,
  setHostRatio,
  syncHostInventory,
  type Account,
  type HostRoom,
} from './accounts.ts';
export { changeHostTraits, DISABLED, traitsOfHosts } from './host-traits.ts';
export { mendAccounts, mendSums } from './mend.ts';
export { touchProviders } from './use.ts';
export { placementService } from './service.ts';
