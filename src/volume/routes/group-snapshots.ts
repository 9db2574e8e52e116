import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest } from '../../core/errors.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { action } from '../actions.ts';
import { createGroupSnapshot, deleteGroupSnapshot, groupSnapshotById, type GroupSnapshotRow } from '../groups.ts';
import { listRows } from '../list.ts';
import { cleanName } from '../model.ts';
import { GROUP_SNAPSHOTS } from '../specs.ts';
import { since, viewFor, type View } from '../versions.ts';
import type { Seen } from '../views.ts';
import { AnyQuery, Name } from '../wire.ts';
import { actionRoute } from './action.ts';

const Params = Strict({ group_snapshot_id: Type.String() });
const summary = (row: GroupSnapshotRow): View => ({ id: row.id, name: row.name });

const view = ({ version }: Pick<Seen, 'version'>, row: GroupSnapshotRow): View =>
  viewFor(version, 'group-snapshot', {
    ...summary(row),
    description: row.description,
    status: row.status,
    group_id: row.group_id,
    group_type_id: row.group_type_id,
    created_at: isoNaive(row.created_at),
    project_id: row.project_id,
  });

const list = (detail: boolean) =>
  since('3.14', {
    operation: detail ? 'group-snapshots:detail' : 'group-snapshots:list',
    method: 'GET',
    path: detail ? '/group_snapshots/detail' : '/group_snapshots',
    query: AnyQuery,
    async handler(call) {
      const { app, context, version, query } = call;
      const path = detail ? 'group_snapshots/detail' : 'group_snapshots';
      const { rows, links } = await listRows<GroupSnapshotRow>(app, context, version, query, GROUP_SNAPSHOTS, { path });
      return ok({ group_snapshots: rows.map((row) => (detail ? view(call, row) : summary(row))), ...links });
    },
  });

const create = since('3.14', {
  operation: 'group-snapshots:create',
  method: 'POST',
  path: '/group_snapshots',
  body: Strict({ group_snapshot: Strict({ group_id: Type.String(), name: Name, description: Name }) }),
  async handler({ app, context, body }) {
    const { group_id, name, description } = body.group_snapshot;
    const row = await createGroupSnapshot(app, context, {
      groupId: group_id,
      name: cleanName(name) ?? '',
      description: cleanName(description),
    });
    return accepted({ group_snapshot: { ...summary(row), group_type_id: row.group_type_id } });
  },
});

const show = since('3.14', {
  operation: 'group-snapshots:show',
  method: 'GET',
  path: '/group_snapshots/:group_snapshot_id',
  params: Params,
  async handler(call) {
    const { app, context, params } = call;
    return ok({
      group_snapshot: view(call, await groupSnapshotById(app.store.read, context, params.group_snapshot_id)),
    });
  },
});

const remove = since('3.14', {
  operation: 'group-snapshots:delete',
  method: 'DELETE',
  path: '/group_snapshots/:group_snapshot_id',
  params: Params,
  async handler({ app, context, params }) {
    await deleteGroupSnapshot(app, context, params.group_snapshot_id);
    return accepted();
  },
});

const STATUSES = ['creating', 'available', 'deleting', 'error', 'error_deleting'] as const;

const actions = [
  action('reset_status', {
    since: '3.19',
    body: Strict({ status: Type.String() }),
    async run({ app, context, id, input }) {
      const status = STATUSES.find((one) => one === input.status);
      if (!status) throw badRequest(`Must specify a valid status: one of ${STATUSES.join(', ')}, not ${input.status}.`);
      await app.store.transaction(async (tx) => {
        const row = await groupSnapshotById(tx.db, context, id);
        const change = { status, by_hand: 1 as const, updated_at: context.now };
        await tx.db.updateTable('volume_group_snapshots').set(change).where('id', '=', row.id).execute();
        await writeAudit(tx, context, 'volume:group-snapshots:reset-status', id, { status });
      });
      return accepted();
    },
  }),
];

export const groupSnapshotRoutes: Route[] = [
  list(false),
  list(true),
  create,
  show,
  remove,
  actionRoute('group_snapshots', actions, { from: '3.19' }),
];
