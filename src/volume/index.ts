export type * from './contract.ts';
export { hostNeedsImage, hostVolumes, hostVolumeUploads, serverAttachments } from './documents.ts';
export { takeExtensions, type Extension } from './extensions.ts';
export { adoptVolumes } from './adopt.ts';
export { manageVolume } from './manage.ts';
export { loseVolumes } from './lose.ts';
export { createVolumeReconciler } from './reconcile.ts';
export { reimageServerVolume } from './remake.ts';
export { applyVolumeReports } from './reports.ts';
export {
  attachVolume,
  createServerVolume,
  detachVolume,
  releaseServerVolumes,
  serverVolumes,
  snapshotServerVolumes,
  updateServerAttachment,
  volumeForServer,
} from './servers.ts';
export { volumeService } from './service.ts';
export { snapshotForServer, type SnapshotSource } from './snapshot-for-server.ts';
export { deleteUnmanaged, unmanagedVolumes, type UnmanagedVolume } from './unmanaged.ts';
export { endVolumeUpload } from './uploads.ts';
export { volumeQuotas } from './quota-report.ts';
export { volumesUnderWay } from './under-way.ts';
