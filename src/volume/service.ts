import { novaFault } from '../http/faults.ts';
import type { Service } from '../http/service.ts';
import { versionRoutes } from './routes/versions.ts';
import { volumeRoutes } from './routes/volumes.ts';
import { PREFIX } from './views.ts';
import { VOLUME_VERSIONS } from './versions.ts';

/** Cinder's API: https://docs.openstack.org/api-ref/block-storage/v3/ */
export const volumeService: Service = {
  name: 'volume',
  prefix: PREFIX,
  routes: [...volumeRoutes],
  rootRoutes: versionRoutes,
  fault: novaFault,
  versions: VOLUME_VERSIONS,
  projectInPath: true,
};
