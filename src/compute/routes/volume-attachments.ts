import { Type } from 'typebox';
import { badRequest, forbidden } from '../../core/errors.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { accepted, ok, route, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import type { ServerAttachment } from '../../volume/index.ts';
import { offsetPage, OffsetQuery } from '../proxies/offset.ts';
import { serverById } from '../servers-store.ts';
import {
  attachToServer,
  detachFromServer,
  refuseSwap,
  updateAttachment,
  volumeOfServer,
  volumesOf,
} from '../volumes/attach.ts';
import { Bool, isTrue, ServerParams, Tag, Uuid } from '../wire.ts';

const VolumeParams = Strict({ server_id: Type.String(), volume_id: Type.String() });

/** What Nova's `block_device.match_device` takes. */
const DeviceName = Nullable(Type.String({ pattern: '^/dev/x?[a-z]?d?[a-z]+[0-9]*$' }));

const AttachBody = Strict({
  volumeAttachment: Strict({
    volumeId: Uuid,
    device: Type.Optional(DeviceName),
    tag: Type.Optional(Tag),
    delete_on_termination: Type.Optional(Bool),
  }),
});

const UpdateBody = Strict({
  volumeAttachment: Strict({
    volumeId: Uuid,
    id: Type.Optional(Uuid),
    serverId: Type.Optional(Uuid),
    device: Type.Optional(DeviceName),
    tag: Type.Optional(Tag),
    delete_on_termination: Type.Optional(Bool),
  }),
});

/** How an attachment looks in each version: https://docs.openstack.org/api-ref/compute/#servers-with-volume-attachments-servers-os-volume-attachments */
function view(attachment: ServerAttachment, version: Version): Record<string, unknown> {
  const newest = atLeast(version, '2.89');
  return {
    ...(!newest && { id: attachment.volumeId }),
    volumeId: attachment.volumeId,
    serverId: attachment.serverId,
    device: `/dev/${attachment.device}`,
    ...(atLeast(version, '2.70') && { tag: attachment.tag }),
    ...(atLeast(version, '2.79') && { delete_on_termination: attachment.deleteOnTermination }),
    ...(newest && { attachment_id: attachment.id, bdm_uuid: attachment.bdmUuid }),
  };
}

/** Throws ApiError 400 for members that the version does not know. */
function assertMembers(version: Version, body: object, since: Record<string, `2.${number}`>): void {
  for (const [name, version_] of Object.entries(since)) {
    if (Object.hasOwn(body, name) && !atLeast(version, version_)) {
      throw badRequest(`Additional properties are not allowed ('${name}' was unexpected)`);
    }
  }
}

export const volumeAttachmentRoutes: Route[] = [
  route({
    operation: 'servers:volumes:list',
    method: 'GET',
    path: '/servers/:server_id/os-volume_attachments',
    params: ServerParams,
    query: OffsetQuery,
    async handler({ app, context, params, query, version }) {
      const server = await serverById(app.store.read, context, params.server_id);
      const volumes = offsetPage(await volumesOf(app.store.read, server), query);
      return ok({ volumeAttachments: volumes.map((one) => view(one, version)) });
    },
  }),
  route({
    operation: 'servers:volumes:show',
    method: 'GET',
    path: '/servers/:server_id/os-volume_attachments/:volume_id',
    params: VolumeParams,
    async handler({ app, context, params, version }) {
      const server = await serverById(app.store.read, context, params.server_id);
      const attachment = await volumeOfServer(app.store.read, server, params.volume_id);
      return ok({ volumeAttachment: view(attachment, version) });
    },
  }),
  route({
    operation: 'servers:volumes:attach',
    method: 'POST',
    path: '/servers/:server_id/os-volume_attachments',
    params: ServerParams,
    body: AttachBody,
    async handler({ app, context, params, body, version }) {
      const asked = body.volumeAttachment;
      assertMembers(version, asked, { tag: '2.49', delete_on_termination: '2.79' });
      const attachment = await attachToServer(app, context, params.server_id, {
        volumeId: asked.volumeId,
        tag: asked.tag ?? null,
        deleteOnTermination: isTrue(asked.delete_on_termination),
        version,
      });
      // The answer to attaching has kept the form of 2.79.
      const shown = atLeast(version, '2.79') ? { major: 2, minor: 79 } : version;
      return ok({ volumeAttachment: view(attachment, shown) });
    },
  }),
  route({
    operation: 'servers:volumes:update',
    method: 'PUT',
    path: '/servers/:server_id/os-volume_attachments/:volume_id',
    params: VolumeParams,
    body: UpdateBody,
    async handler({ app, context, params, body, version }) {
      const asked = body.volumeAttachment;
      const since = '2.85';
      const names = ['id', 'serverId', 'device', 'tag', 'delete_on_termination'];
      assertMembers(version, asked, Object.fromEntries(names.map((name) => [name, since])));
      const swap = !atLeast(version, since) || asked.volumeId !== params.volume_id;
      if (swap && !context.isAdmin) {
        throw forbidden("Policy doesn't allow os_compute_api:os-volumes-attachments:swap to be performed.");
      }
      const { delete_on_termination: goes, volumeId, id, serverId, device, tag } = asked;
      if (atLeast(version, since)) {
        await updateAttachment(app, context, params.server_id, params.volume_id, {
          volumeId,
          ...(id !== undefined && { id }),
          ...(serverId !== undefined && { serverId }),
          ...(device !== undefined && { device }),
          ...(tag !== undefined && { tag }),
          ...(goes !== undefined && { deleteOnTermination: isTrue(goes) }),
        });
      }
      if (swap) await refuseSwap(app, context, params.server_id, params.volume_id, volumeId);
      return accepted();
    },
  }),
  route({
    operation: 'servers:volumes:detach',
    method: 'DELETE',
    path: '/servers/:server_id/os-volume_attachments/:volume_id',
    params: VolumeParams,
    async handler({ app, context, params, version }) {
      await detachFromServer(app, context, version, params.server_id, params.volume_id);
      return accepted();
    },
  }),
];
