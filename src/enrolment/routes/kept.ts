import { Type } from 'typebox';
import { isoSeconds } from '../../core/clock.ts';
import { badRequest } from '../../core/errors.ts';
import { forgetKept, makeKeptImage, readKept, type KeptRow } from '../../compute/index.ts';
import { accepted, noContent, ok, route, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { findProject } from '../../identity/index.ts';
import { deleteUnmanaged, manageVolume, unmanagedVolumes, type UnmanagedVolume } from '../../volume/index.ts';

const params = Strict({ kept_id: Type.String() });
const Name = Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 255 })));

/** What hosts keep though the restored database does not know it: servers, and volumes that are nobody's. */
export const keptRoutes: readonly Route[] = [
  route({
    operation: 'kept:list',
    method: 'GET',
    path: '/kept',
    async handler({ app }) {
      const [servers, volumes] = [await readKept(app.store.read), await unmanagedVolumes(app.store.read)];
      return ok({ kept: [...servers.map(viewServer), ...volumes.map(viewVolume)] });
    },
  }),
  route({
    // A volume becomes the project's; of a server an image is made, which a new server can be made of.
    operation: 'kept:adopt',
    method: 'POST',
    path: '/kept/:kept_id/adopt',
    params,
    body: Strict({ project_id: Name, name: Name }),
    async handler({ app, context, params: { kept_id: id }, body: { project_id: project = null, name = null } }) {
      if (project !== null && !(await findProject(app.store.read, project))) {
        throw badRequest(`There is no project ${project}. See: openstack project list`);
      }
      const volume = (await unmanagedVolumes(app.store.read)).find((one) => one.id === id);
      if (!volume) {
        return accepted({ image_id: await makeKeptImage(app, context, id, { projectId: project, name }) });
      }
      const owner = { ...context, projectId: project ?? context.projectId } as typeof context;
      const volumeId = await manageVolume(app, owner, {
        ...{ host: volume.host, backendId: volume.id, name: name ?? `kept-${volume.id}`, description: null },
        ...{ type: null, bootable: false, metadata: {} },
      });
      return accepted({ volume_id: volumeId });
    },
  }),
  route({
    operation: 'kept:forget',
    method: 'DELETE',
    path: '/kept/:kept_id',
    params,
    async handler({ app, context, params: { kept_id: id } }) {
      const isVolume = (await unmanagedVolumes(app.store.read)).some((one) => one.id === id);
      await app.store.transaction((tx) => (isVolume ? deleteUnmanaged(tx, context, id) : forgetKept(tx, context, id)));
      return noContent();
    },
  }),
];

const viewServer = ({ id, host, about, since, image, reason }: KeptRow) => ({
  ...{ kind: 'server', id, host, since: since === null ? null : isoSeconds(since) },
  ...{ name: about?.name ?? null, project_id: about?.projectId ?? null, flavor: about?.flavorName ?? null },
  ...{ size_gib: about?.diskGib ?? null, image, reason },
});

const viewVolume = ({ id, host, sizeGib, since }: UnmanagedVolume) => ({
  ...{ kind: 'volume', id, host, since: isoSeconds(since), size_gib: sizeGib },
  ...{ name: null, project_id: null, flavor: null, image: null, reason: null },
});
