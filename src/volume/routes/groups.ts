import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest } from '../../core/errors.ts';
import { accepted, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict, parseBool } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { action, type ActionCall } from '../actions.ts';
import {
  copyGroup,
  createGroup,
  deleteGroup,
  groupById,
  updateGroup,
  volumeIdsOf,
  volumeTypesOf,
  type GroupRow,
} from '../groups.ts';
import { listRows } from '../list.ts';
import { cleanName } from '../model.ts';
import { GROUPS } from '../specs.ts';
import { since, viewFor, type View } from '../versions.ts';
import type { Seen } from '../views.ts';
import { AnyQuery, MaybeId, Name, Truth, truth, given } from '../wire.ts';
import { actionRoute } from './action.ts';

const Params = Strict({ group_id: Type.String() });
const summary = (row: GroupRow): View => ({ id: row.id, name: row.name });

/** Groups with their volume types and, when asked for, their volumes, in three queries however many they are. */
async function views({ version }: Pick<Seen, 'version'>, db: Reader, rows: readonly GroupRow[], withVolumes: boolean) {
  const ids = rows.map((row) => row.id);
  const types = await volumeTypesOf(db, ids);
  const volumes = withVolumes ? await volumeIdsOf(db, ids) : new Map<string, string[]>();
  return rows.map((row) =>
    viewFor(version, 'group', {
      ...summary(row),
      description: row.description,
      status: row.status,
      availability_zone: row.availability_zone,
      created_at: isoNaive(row.created_at),
      group_type: row.group_type_id,
      volume_types: types.get(row.id) ?? [],
      group_snapshot_id: row.group_snapshot_id,
      source_group_id: row.source_group_id,
      project_id: row.project_id,
      replication_status: 'disabled',
      ...(withVolumes && { volumes: volumes.get(row.id) ?? [] }),
    }),
  );
}

const list = (detail: boolean) =>
  since('3.13', {
    operation: detail ? 'groups:detail' : 'groups:list',
    method: 'GET',
    path: detail ? '/groups/detail' : '/groups',
    query: AnyQuery,
    async handler(call) {
      const { app, context, version, query } = call;
      const path = detail ? 'groups/detail' : 'groups';
      const { rows, links } = await listRows<GroupRow>(app, context, version, query, GROUPS, { path });
      const volumes = parseBool(String(query.list_volume ?? 'false')) === true;
      const groups = detail ? await views(call, app.store.read, rows, volumes) : rows.map(summary);
      return ok({ groups, ...links });
    },
  });

const show = since('3.13', {
  operation: 'groups:show',
  method: 'GET',
  path: '/groups/:group_id',
  params: Params,
  query: AnyQuery,
  async handler(call) {
    const { app, context, params, query } = call;
    const volumes = parseBool(String(query.list_volume ?? 'false')) === true;
    const row = await groupById(app.store.read, context, params.group_id);
    const [group] = await views(call, app.store.read, [row], volumes);
    return ok({ group });
  },
});

const create = since('3.13', {
  operation: 'groups:create',
  method: 'POST',
  path: '/groups',
  body: Strict({
    group: Strict({
      name: Name,
      description: Name,
      group_type: Type.String({ minLength: 1 }),
      volume_types: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
      availability_zone: Name,
    }),
  }),
  async handler({ app, context, body }) {
    const { name, description, group_type, volume_types, availability_zone } = body.group;
    const row = await createGroup(app, context, {
      name: cleanName(name) ?? '',
      description: cleanName(description),
      groupType: group_type,
      volumeTypes: volume_types,
      zone: availability_zone ?? null,
    });
    return accepted({ group: summary(row) });
  },
});

const ids = (text: string | null | undefined) =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

const update = since('3.13', {
  operation: 'groups:update',
  method: 'PUT',
  path: '/groups/:group_id',
  params: Params,
  body: Strict({
    group: Strict({
      name: Name,
      description: Name,
      add_volumes: Type.Optional(Nullable(Type.String())),
      remove_volumes: Type.Optional(Nullable(Type.String())),
    }),
  }),
  async handler({ app, context, params, body }) {
    const { name, description, add_volumes, remove_volumes } = body.group;
    if (!given(name) && !given(description) && !add_volumes && !remove_volumes) {
      throw badRequest('Name, description, add_volumes, and remove_volumes can not be all empty in the request body.');
    }
    await updateGroup(app, context, params.group_id, {
      ...(given(name) && { name: cleanName(name) }),
      ...(given(description) && { description: cleanName(description) }),
      add: ids(add_volumes),
      remove: ids(remove_volumes),
    });
    return accepted();
  },
});

const STATUSES = ['creating', 'available', 'updating', 'deleting', 'error', 'error_deleting', 'in-use'] as const;

async function reset({ app, context, id, input }: ActionCall<{ status: string }>) {
  const status = STATUSES.find((one) => one === input.status);
  if (!status) throw badRequest(`Must specify a valid status: one of ${STATUSES.join(', ')}, not ${input.status}.`);
  await app.store.transaction(async (tx) => {
    const row = await groupById(tx.db, context, id);
    await tx.db
      .updateTable('volume_groups')
      .set({ status, by_hand: 1, updated_at: context.now })
      .where('id', '=', row.id)
      .execute();
    await writeAudit(tx, context, 'volume:groups:reset-status', id, { status });
  });
  return accepted();
}

const actions = [
  action('delete', {
    since: '3.13',
    body: Strict({ 'delete-volumes': Type.Optional(Truth) }),
    async run({ app, context, id, input }) {
      await deleteGroup(app, context, id, truth('delete-volumes', input['delete-volumes']));
      return accepted();
    },
  }),
  action('reset_status', { since: '3.20', body: Strict({ status: Type.String() }), run: reset }),
];

const copy = since('3.14', {
  operation: 'groups:create-from-source',
  method: 'POST',
  path: '/groups/action',
  body: Strict({
    'create-from-src': Strict({ name: Name, description: Name, group_snapshot_id: MaybeId, source_group_id: MaybeId }),
  }),
  async handler({ app, context, body }) {
    const input = body['create-from-src'];
    const row = await copyGroup(app, context, {
      name: cleanName(input.name) ?? '',
      description: cleanName(input.description),
      groupSnapshotId: input.group_snapshot_id ?? null,
      sourceGroupId: input.source_group_id ?? null,
    });
    return accepted({ group: summary(row) });
  },
});

export const groupRoutes: Route[] = [
  list(false),
  list(true),
  create,
  copy,
  show,
  update,
  actionRoute('groups', actions, { from: '3.13' }),
];
