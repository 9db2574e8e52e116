import { Type } from 'typebox';
import { ApiError, badRequest, notFound } from '../../core/errors.ts';
import { accepted, ok, route, type Route } from '../../http/route.ts';
import { parseBool, Strict } from '../../http/schemas.ts';
import { volumeService } from '../../volume/index.ts';
import { Bool } from '../wire.ts';
import { offsetPage, OffsetQuery } from './offset.ts';
import { asNova, assertProxy, serviceCall, type Asked, type Caller, type Json } from './service-call.ts';
import type { Method } from '../../http/route.ts';

const VolumeParams = Strict({ volume_id: Type.String() });
const SnapshotParams = Strict({ snapshot_id: Type.String() });

/** Asks the volume service, whose paths begin with the project. */
async function volumeCall(caller: Caller, method: Method, path: string, asked: Asked = {}): Promise<Json> {
  const root = volumeService.routes.some((one) => one.path.startsWith('/:project_id/'));
  const project = root ? `/${caller.context.projectId ?? ''}` : '';
  return asNova({ 413: 403 }, () => serviceCall(volumeService, caller, method, `${project}${path}`, asked));
}

interface CinderAttachment {
  server_id: string;
  device: string | null;
}

/** https://docs.openstack.org/api-ref/compute/#show-volume-details */
function volumeView(volume: Json): Json {
  const [first] = (volume.attachments ?? []) as CinderAttachment[];
  return {
    id: volume.id,
    status: volume.status,
    size: volume.size,
    availabilityZone: volume.availability_zone,
    createdAt: volume.created_at,
    // One without attachments has an empty object in its list: clients of that time expect it.
    attachments: [
      first === undefined
        ? {}
        : {
            id: volume.id,
            volumeId: volume.id,
            serverId: first.server_id,
            ...(first.device !== null && { device: first.device }),
          },
    ],
    displayName: volume.name,
    displayDescription: volume.description,
    volumeType: volume.volume_type,
    snapshotId: volume.snapshot_id,
    metadata: volume.metadata ?? {},
  };
}

const snapshotView = (snapshot: Json): Json => ({
  id: snapshot.id,
  volumeId: snapshot.volume_id,
  status: snapshot.status,
  size: snapshot.size,
  createdAt: snapshot.created_at,
  displayName: snapshot.name,
  displayDescription: snapshot.description,
});

/** A list of the other service, whole: it pages by marker, this one by offset. */
async function listAll(caller: Caller, what: 'volumes' | 'snapshots'): Promise<Json[]> {
  const found: Json[] = [];
  for (;;) {
    const last = found.at(-1);
    const query: Record<string, string> = { limit: '1000', ...(last && { marker: String(last.id) }) };
    const page = (await volumeCall(caller, 'GET', `/${what}/detail`, { query }))[what] as Json[];
    found.push(...page);
    if (page.length < 1000) return found;
  }
}

const lists = (what: 'volumes' | 'snapshots', show: (one: Json) => Json): Route[] =>
  ['', '/detail'].map((detail) =>
    route({
      operation: `${what}:${detail === '' ? 'list' : 'detail'}`,
      method: 'GET',
      path: `/os-${what}${detail}`,
      query: OffsetQuery,
      async handler({ app, context, request, query, version }) {
        assertProxy(version);
        // A client that asks for the one with the empty id must not be given the list.
        if (request.url.split('?')[0]?.endsWith('/')) throw notFound('The resource could not be found.');
        const all = await listAll({ app, context, request }, what);
        return ok({ [what]: offsetPage(all, query).map(show) });
      },
    }),
  );

const Text = Type.String({ maxLength: 255 });

/** Volumes through the compute service, as until 2.35. */
const volumeRoutes: Route[] = [
  ...lists('volumes', volumeView),
  route({
    operation: 'volumes:show',
    method: 'GET',
    path: '/os-volumes/:volume_id',
    params: VolumeParams,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      const { volume } = await volumeCall({ app, context, request }, 'GET', `/volumes/${params.volume_id}`);
      return ok({ volume: volumeView(volume as Json) });
    },
  }),
  route({
    operation: 'volumes:create',
    method: 'POST',
    path: '/os-volumes',
    body: Strict({
      volume: Strict({
        size: Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[0-9]+$' })]),
        volume_type: Type.Optional(Type.String()),
        metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        snapshot_id: Type.Optional(Type.String()),
        availability_zone: Type.Optional(Type.String()),
        display_name: Type.Optional(Type.String()),
        display_description: Type.Optional(Type.String()),
      }),
    }),
    async handler({ app, context, request, body, version }) {
      assertProxy(version);
      const { display_name: name, display_description: description, size, ...rest } = body.volume;
      if (Number(size) < 1) throw badRequest('Invalid input for field/attribute size. It must be at least 1.');
      const wanted = {
        ...rest,
        size: Number(size),
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
      };
      const asked = { body: { volume: wanted } };
      const { volume } = await volumeCall({ app, context, request }, 'POST', '/volumes', asked);
      const view = volumeView(volume as Json);
      const address = `${app.config.publicUrl}/compute/v2.1/os-volumes/${String(view.id)}`;
      return ok({ volume: view }, { location: address });
    },
  }),
  route({
    operation: 'volumes:delete',
    method: 'DELETE',
    path: '/os-volumes/:volume_id',
    params: VolumeParams,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      await volumeCall({ app, context, request }, 'DELETE', `/volumes/${params.volume_id}`);
      return accepted();
    },
  }),
];

const snapshotRoutes: Route[] = [
  ...lists('snapshots', snapshotView),
  route({
    operation: 'snapshots:show',
    method: 'GET',
    path: '/os-snapshots/:snapshot_id',
    params: SnapshotParams,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      const { snapshot } = await volumeCall({ app, context, request }, 'GET', `/snapshots/${params.snapshot_id}`);
      return ok({ snapshot: snapshotView(snapshot as Json) });
    },
  }),
  route({
    operation: 'snapshots:create',
    method: 'POST',
    path: '/os-snapshots',
    body: Strict({
      snapshot: Strict({
        volume_id: Type.String(),
        display_name: Type.Optional(Text),
        display_description: Type.Optional(Text),
        force: Type.Optional(Bool),
      }),
    }),
    async handler({ app, context, request, body, version }) {
      assertProxy(version);
      const { display_name: name, display_description: description, force = false, volume_id } = body.snapshot;
      const wanted = {
        volume_id,
        force: typeof force === 'string' ? parseBool(force) === true : force,
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
      };
      try {
        const asked = { body: { snapshot: wanted } };
        const { snapshot } = await volumeCall({ app, context, request }, 'POST', '/snapshots', asked);
        return ok({ snapshot: snapshotView(snapshot as Json) });
      } catch (error) {
        // The volume is named in the body, not in the path.
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        throw badRequest(error.publicMessage);
      }
    },
  }),
  route({
    operation: 'snapshots:delete',
    method: 'DELETE',
    path: '/os-snapshots/:snapshot_id',
    params: SnapshotParams,
    async handler({ app, context, request, params, version }) {
      assertProxy(version);
      await volumeCall({ app, context, request }, 'DELETE', `/snapshots/${params.snapshot_id}`);
      return accepted();
    },
  }),
];

export const volumeProxyRoutes: Route[] = [...volumeRoutes, ...snapshotRoutes];
