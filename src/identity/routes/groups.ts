import { sql, type SqlBool } from 'kysely';
import { badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { listedDomain, managesDomain, notAllowed, requireManager, seesDomain } from '../policy.ts';
import { getDomain } from '../store/projects.ts';
import { deleteAssignmentsOf, getGroup, memberIdsOf, requireFreeGroupName, type GroupRow } from '../store/users.ts';
import { identityState } from '../tokens/state.ts';
import { AnyQuery, collection, extraOf, IdParams, mergedExtra, missing, requireSameId } from '../wire/common.ts';
import { GROUP_MEMBERS, GroupCreate, GroupUpdate, renderGroup } from '../wire/users.ts';
import { ownDomain } from './projects.ts';
import { namedRows } from './lists.ts';

const params = IdParams('group_id');

const list = route({
  operation: 'groups:list',
  method: 'GET',
  path: '/groups',
  query: AnyQuery,
  async handler(call) {
    const domainId = listedDomain(call.context, 'list_groups');
    const within = domainId === null ? [] : [sql<SqlBool>`domain_id = ${domainId}`];
    const filters = { name: 'text', domain_id: 'text', id: 'text' } as const;
    const { rows, page } = await namedRows(call, 'user_groups', { filters, within });
    return ok(collection(call, 'groups', rows, (row) => renderGroup(call, row), page));
  },
});

/** A group whose domain the caller may look into. */
export async function visibleGroup(db: Reader, context: Context, id: string): Promise<GroupRow> {
  const row = await getGroup(db, id);
  if (!seesDomain(context, row.domain_id)) throw missing('group', id);
  return row;
}

/** A group that the caller may change. */
export async function managedGroup(db: Reader, context: Context, id: string): Promise<GroupRow> {
  const row = await getGroup(db, id);
  if (!managesDomain(context, row.domain_id)) throw missing('group', id);
  return row;
}

const show = route({
  operation: 'groups:show',
  method: 'GET',
  path: '/groups/:group_id',
  params,
  handler: async (call) =>
    ok({ group: renderGroup(call, await visibleGroup(call.app.store.read, call.context, call.params.group_id)) }),
});

const create = route({
  operation: 'groups:create',
  method: 'POST',
  path: '/groups',
  body: GroupCreate,
  async handler(call) {
    const { app, context, body } = call;
    requireManager(context, 'create_group');
    const given = body.group;
    const domainId = given.domain_id ?? ownDomain(context);
    if (!managesDomain(context, domainId)) throw notAllowed('create_group');
    const row: GroupRow = {
      id: newHexId(),
      domain_id: domainId,
      name: given.name,
      description: given.description ?? '',
      extra: toJson(extraOf(given, GROUP_MEMBERS)),
    };
    await app.store.transaction(async (tx) => {
      await getDomain(tx.db, domainId);
      await requireFreeGroupName(tx.db, domainId, row.name);
      await tx.db.insertInto('user_groups').values(row).execute();
      await writeAudit(tx, context, 'identity:groups:create', row.id, { name: row.name });
    });
    return created({ group: renderGroup(call, row) });
  },
});

const update = route({
  operation: 'groups:update',
  method: 'PATCH',
  path: '/groups/:group_id',
  params,
  body: GroupUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    requireManager(context, 'update_group');
    const given = body.group;
    const row = await app.store.transaction(async (tx) => {
      const old = await managedGroup(tx.db, context, path.group_id);
      requireSameId(given, old.id);
      if (given.domain_id !== undefined && given.domain_id !== old.domain_id) {
        throw badRequest('Update of `domain_id` is not allowed: a group stays in its domain.');
      }
      if (given.name !== undefined) await requireFreeGroupName(tx.db, old.domain_id, given.name, old.id);
      const changes = {
        name: given.name ?? old.name,
        description: given.description === undefined ? old.description : (given.description ?? ''),
        extra: toJson(mergedExtra(old.extra, extraOf(given, GROUP_MEMBERS))),
      };
      await tx.db.updateTable('user_groups').set(changes).where('id', '=', old.id).execute();
      await writeAudit(tx, context, 'identity:groups:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ group: renderGroup(call, row) });
  },
});

const remove = route({
  operation: 'groups:delete',
  method: 'DELETE',
  path: '/groups/:group_id',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    requireManager(context, 'delete_group');
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await managedGroup(tx.db, context, path.group_id);
      const assigned = await tx.db
        .selectFrom('role_assignments')
        .select('role_id')
        .where('actor_type', '=', 'group')
        .where('actor_id', '=', row.id)
        .executeTakeFirst();
      if (assigned) for (const userId of await memberIdsOf(tx.db, row.id)) await revocations.revoke(tx, 'user', userId);
      await deleteAssignmentsOf(tx, 'group', row.id);
      await tx.db.deleteFrom('user_groups').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:groups:delete', row.id, { name: row.name });
    });
    return noContent();
  },
});

export const groupRoutes = [list, show, create, update, remove];
