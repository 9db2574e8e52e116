import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { action, type Action } from '../actions.ts';
import {
  idOfReference,
  manageableSnapshots,
  manageableVolumes,
  manageSnapshot,
  manageVolume,
  unmanageSnapshot,
  unmanageVolume,
} from '../manage.ts';
import { cleanName } from '../model.ts';
import { checkProperties } from '../properties.ts';
import { since, type Since } from '../versions.ts';
import { snapshotView, volumeView } from '../views.ts';
import { fullSnapshot, fullVolume } from '../volumes-store.ts';
import { AnyQuery, Metadata, MaybeId, Name, Truth, truth } from '../wire.ts';

export const unmanageVolumeAction: Action = action('os-unmanage', {
  body: Type.Unknown(),
  async run({ app, context, id }) {
    await unmanageVolume(app, context, id);
    return accepted();
  },
});

export const unmanageSnapshotAction: Action = action('os-unmanage', {
  body: Type.Unknown(),
  async run({ app, context, id }) {
    await unmanageSnapshot(app, context, id);
    return accepted();
  },
});

function hostOf(query: Record<string, unknown>): string {
  if (typeof query.host !== 'string') throw badRequest('Name the host: ?host=…, as GET /os-services shows it.');
  return query.host;
}

/** Each under its first name, and since 3.8 under a second. */
function manageRoutesOf(volumes: string, snapshots: string, from: Since): Route[] {
  const list = (detail: boolean) => [
    since(from, {
      operation: `${volumes}:${detail ? 'detail' : 'list'}`,
      method: 'GET',
      path: `/${volumes}${detail ? '/detail' : ''}`,
      query: AnyQuery,
      async handler({ app, query }) {
        const rows = await manageableVolumes(app.store.read, hostOf(query));
        return ok({
          'manageable-volumes': rows.map((row) => ({
            reference: { 'source-name': `volume-${row.backend_id}` },
            size: row.size_gib,
            safe_to_manage: row.managed === 0,
            ...(detail && {
              reason_not_safe: row.managed === 0 ? null : 'already managed',
              cinder_id: row.managed === 0 ? null : row.id,
              extra_info: null,
            }),
          })),
        });
      },
    }),
    since(from, {
      operation: `${snapshots}:${detail ? 'detail' : 'list'}`,
      method: 'GET',
      path: `/${snapshots}${detail ? '/detail' : ''}`,
      query: AnyQuery,
      async handler({ app, query }) {
        const rows = await manageableSnapshots(app.store.read, hostOf(query));
        return ok({
          'manageable-snapshots': rows.map((row) => ({
            reference: { 'source-name': `snapshot-${row.backend_id}` },
            source_reference: { 'source-name': `volume-${row.source}` },
            size: row.size_gib,
            safe_to_manage: row.managed === 0,
            ...(detail && {
              reason_not_safe: row.managed === 0 ? null : 'already managed',
              cinder_id: row.managed === 0 ? null : row.id,
              extra_info: null,
            }),
          })),
        });
      },
    }),
  ];
  return [
    ...list(false),
    ...list(true),
    since(from, {
      operation: `${volumes}:manage`,
      method: 'POST',
      path: `/${volumes}`,
      body: Strict({
        volume: Strict({
          host: Type.Optional(Nullable(Type.String())),
          cluster: Type.Optional(Nullable(Type.String())),
          ref: Metadata,
          name: Name,
          description: Name,
          volume_type: MaybeId,
          availability_zone: Name,
          bootable: Type.Optional(Nullable(Truth)),
          metadata: Type.Optional(Nullable(Metadata)),
        }),
      }),
      async handler(call) {
        const { app, context, body } = call;
        const { volume } = body;
        if (!volume.host) throw badRequest('Name the host that has it, as os-vol-host-attr:host shows it.');
        const id = await manageVolume(app, context, {
          host: volume.host,
          backendId: idOfReference(volume.ref),
          name: cleanName(volume.name),
          description: cleanName(volume.description),
          type: volume.volume_type || null,
          bootable: truth('bootable', volume.bootable ?? undefined),
          metadata: checkProperties(volume.metadata ?? {}),
        });
        return accepted({ volume: volumeView(call, await fullVolume(app.store.read, context, id)) });
      },
    }),
    since(from, {
      operation: `${snapshots}:manage`,
      method: 'POST',
      path: `/${snapshots}`,
      body: Strict({
        snapshot: Strict({
          volume_id: Type.String(),
          ref: Metadata,
          name: Name,
          description: Name,
          metadata: Type.Optional(Nullable(Metadata)),
        }),
      }),
      async handler({ app, context, version, body }) {
        const { snapshot } = body;
        const id = await manageSnapshot(app, context, {
          volumeId: snapshot.volume_id,
          backendId: idOfReference(snapshot.ref),
          name: cleanName(snapshot.name),
          description: cleanName(snapshot.description),
          metadata: checkProperties(snapshot.metadata ?? {}),
        });
        return accepted({
          snapshot: snapshotView({ version }, await fullSnapshot(app.store.read, context, id), false),
        });
      },
    }),
  ];
}

export const manageRoutes: Route[] = [
  ...manageRoutesOf('os-volume-manage', 'os-snapshot-manage', '3.0'),
  ...manageRoutesOf('manageable_volumes', 'manageable_snapshots', '3.8'),
];
