import { novaFault } from '../http/faults.ts';
import type { Service } from '../http/service.ts';
import { volumePolicy } from '../policy/volume.ts';
import { actionRoute } from './routes/action.ts';
import { attachActions } from './routes/attach-actions.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { backendRoutes } from './routes/backends.ts';
import { backupRoutes } from './routes/backups.ts';
import { encryptionRoutes } from './routes/encryption.ts';
import { groupSnapshotRoutes } from './routes/group-snapshots.ts';
import { groupTypeRoutes } from './routes/group-types.ts';
import { groupRoutes } from './routes/groups.ts';
import { manageRoutes, unmanageSnapshotAction, unmanageVolumeAction } from './routes/manage.ts';
import { messageRoutes } from './routes/messages.ts';
import { qosRoutes } from './routes/qos.ts';
import { quotaRoutes } from './routes/quotas.ts';
import { serviceRoutes } from './routes/services.ts';
import { transferRoutes } from './routes/transfers.ts';
import { allMetadataRoutes } from './routes/metadata.ts';
import { ownSnapshotActions } from './routes/snapshot-actions.ts';
import { snapshotRoutes } from './routes/snapshots.ts';
import { typeAccessRoutes } from './routes/type-access.ts';
import { typeRoutes } from './routes/types.ts';
import { uploadAction } from './routes/upload-action.ts';
import { versionRoutes } from './routes/versions.ts';
import { ownVolumeActions } from './routes/volume-actions.ts';
import { volumeRoutes } from './routes/volumes.ts';
import { PREFIX } from './views.ts';
import { VOLUME_VERSIONS } from './versions.ts';

/** Cinder's API: https://docs.openstack.org/api-ref/block-storage/v3/ */
export const volumeService: Service = {
  name: 'volume',
  prefix: PREFIX,
  routes: [
    ...volumeRoutes,
    actionRoute('volumes', [...ownVolumeActions, ...attachActions, uploadAction, unmanageVolumeAction]),
    ...snapshotRoutes,
    actionRoute('snapshots', [...ownSnapshotActions, unmanageSnapshotAction]),
    ...allMetadataRoutes,
    ...typeRoutes,
    ...typeAccessRoutes,
    ...encryptionRoutes,
    ...qosRoutes,
    ...attachmentRoutes,
    ...transferRoutes,
    ...groupTypeRoutes,
    ...groupRoutes,
    ...groupSnapshotRoutes,
    ...messageRoutes,
    ...quotaRoutes,
    ...serviceRoutes,
    ...backendRoutes,
    ...backupRoutes,
    ...manageRoutes,
  ],
  rootRoutes: versionRoutes,
  policy: volumePolicy,
  fault: novaFault,
  versions: VOLUME_VERSIONS,
  projectInPath: true,
};
