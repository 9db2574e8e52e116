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
  syncHostInventory,
  type Account,
  type Amount,
  type HostRoom,
} from './accounts.ts';
export { placementService } from './service.ts';
