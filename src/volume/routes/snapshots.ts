import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { deleteSnapshot } from '../delete.ts';
import { listRows } from '../list.ts';
import { cleanName, type SnapshotRow } from '../model.ts';
import { checkProperties } from '../properties.ts';
import { createSnapshot } from '../snapshots.ts';
import { SNAPSHOTS } from '../specs.ts';
import { since } from '../versions.ts';
import { snapshotView } from '../views.ts';
import { fullSnapshot, noVolume, snapshotById, volumeById, withSnapshotDetails } from '../volumes-store.ts';
import { AnyQuery, Metadata, Name, SnapshotParams, Truth, truth } from '../wire.ts';

const list = (detail: boolean) =>
  since('3.0', {
    operation: detail ? 'snapshots:detail' : 'snapshots:list',
    method: 'GET',
    path: detail ? '/snapshots/detail' : '/snapshots',
    query: AnyQuery,
    async handler({ app, context, version, query }) {
      const path = detail ? 'snapshots/detail' : 'snapshots';
      const { rows, count, links } = await listRows<SnapshotRow>(app, context, version, query, SNAPSHOTS, { path });
      const full = await withSnapshotDetails(app.store.read, rows);
      const snapshots = full.map((row) => snapshotView({ version }, row, detail));
      return ok({ snapshots, ...links, ...(count !== null && { count }) });
    },
  });

const create = since('3.0', {
  operation: 'snapshots:create',
  method: 'POST',
  path: '/snapshots',
  body: Strict({
    snapshot: Strict({
      volume_id: Nullable(Type.String()),
      name: Name,
      description: Name,
      display_name: Name,
      display_description: Name,
      force: Type.Optional(Nullable(Truth)),
      metadata: Type.Optional(Nullable(Metadata)),
    }),
  }),
  async handler({ app, context, version, body }) {
    const { snapshot } = body;
    if (snapshot.volume_id === null) throw noVolume('None');
    const volumeId = snapshot.volume_id;
    const force = truth('force', snapshot.force ?? undefined);
    if (atLeast(version, '3.66') && snapshot.force !== undefined && !force) {
      throw badRequest("Since microversion 3.66 'force' is always true: leave it out.");
    }
    const id = await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, volumeId);
      if (volume.status !== 'available' && !force && !atLeast(version, '3.66')) {
        throw badRequest(
          `Invalid volume: Volume ${volume.id} status must be available, but it is ${volume.status}: use force.`,
        );
      }
      const row = await createSnapshot(tx, context, {
        volume,
        name: cleanName(snapshot.name ?? snapshot.display_name),
        description: cleanName(snapshot.description ?? snapshot.display_description),
        metadata: checkProperties(snapshot.metadata ?? {}),
      });
      return row.id;
    });
    return accepted({ snapshot: snapshotView({ version }, await fullSnapshot(app.store.read, context, id), false) });
  },
});

const show = since('3.0', {
  operation: 'snapshots:show',
  method: 'GET',
  path: '/snapshots/:snapshot_id',
  params: SnapshotParams,
  async handler({ app, context, version, params }) {
    const snapshot = await fullSnapshot(app.store.read, context, params.snapshot_id);
    return ok({ snapshot: snapshotView({ version }, snapshot, true) });
  },
});

const update = since('3.0', {
  operation: 'snapshots:update',
  method: 'PUT',
  path: '/snapshots/:snapshot_id',
  params: SnapshotParams,
  body: Strict({
    snapshot: Strict({ name: Name, description: Name, display_name: Name, display_description: Name }),
  }),
  async handler({ app, context, version, params, body }) {
    const { snapshot: change } = body;
    const name = change.name === undefined ? change.display_name : change.name;
    const description = change.description === undefined ? change.display_description : change.description;
    await app.store.transaction(async (tx) => {
      const row = await snapshotById(tx.db, context, params.snapshot_id);
      await tx.db
        .updateTable('volume_snapshots')
        .set({
          updated_at: context.now,
          ...(name !== undefined && { name: cleanName(name) }),
          ...(description !== undefined && { description: cleanName(description) }),
        })
        .where('id', '=', row.id)
        .execute();
      await writeAudit(tx, context, 'volume:snapshots:update', row.id);
    });
    const snapshot = await fullSnapshot(app.store.read, context, params.snapshot_id);
    return ok({ snapshot: snapshotView({ version }, snapshot, false) });
  },
});

const remove = since('3.0', {
  operation: 'snapshots:delete',
  method: 'DELETE',
  path: '/snapshots/:snapshot_id',
  params: SnapshotParams,
  async handler({ app, context, params }) {
    await deleteSnapshot(app, context, params.snapshot_id, false);
    return accepted();
  },
});

export const snapshotRoutes: Route[] = [list(false), list(true), create, show, update, remove];
