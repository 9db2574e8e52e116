import { sql, type SqlBool } from 'kysely';
import { badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import { notAllowed, ROLES_OF_A_MANAGER, seesAll } from '../policy.ts';
import { revokeRole } from '../store/assignments.ts';
import { getDomain } from '../store/projects.ts';
import { getRole, requireFreeRoleName, type RoleRow } from '../store/roles.ts';
import { identityState } from '../tokens/state.ts';
import {
  AnyQuery,
  collection,
  extraOf,
  IdParams,
  mergedExtra,
  mergedOptions,
  missing,
  parameter,
  requireMutable,
  requireSameId,
} from '../wire/common.ts';
import { renderRole, ROLE_MEMBERS, RoleCreate, RoleUpdate } from '../wire/roles.ts';
import { namedRows } from './lists.ts';

const params = IdParams('role_id');

/** Who hands out roles in a domain needs their names. */
const handsOut = (context: Context) => context.domainId !== null && context.roles.includes('manager');

const list = route({
  operation: 'roles:list',
  method: 'GET',
  path: '/roles',
  query: AnyQuery,
  async handler(call) {
    const { context, query } = call;
    const domainId = parameter(query, 'domain_id') ?? null;
    if (!seesAll(context) && !(handsOut(context) && domainId === null)) throw notAllowed('list_roles');
    const within = [domainId === null ? sql<SqlBool>`domain_id is null` : sql<SqlBool>`domain_id = ${domainId}`];
    const { rows, page } = await namedRows(call, 'roles', { filters: { name: 'text', id: 'text' }, within });
    return ok(collection(call, 'roles', rows, (row) => renderRole(call, row), page));
  },
});

const show = route({
  operation: 'roles:show',
  method: 'GET',
  path: '/roles/:role_id',
  params,
  async handler(call) {
    const { context } = call;
    const row = await getRole(call.app.store.read, call.params.role_id);
    const handedOut = handsOut(context) && row.domain_id === null && ROLES_OF_A_MANAGER.includes(row.name);
    if (!seesAll(context) && !handedOut) throw missing('role', row.id);
    return ok({ role: renderRole(call, row) });
  },
});

const create = route({
  operation: 'roles:create',
  method: 'POST',
  path: '/roles',
  body: RoleCreate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.role;
    const row: RoleRow = {
      id: newHexId(),
      name: given.name,
      domain_id: given.domain_id ?? null,
      description: given.description ?? null,
      options: toJson(mergedOptions('{}', given.options)),
      extra: toJson(extraOf(given, ROLE_MEMBERS)),
    };
    await app.store.transaction(async (tx) => {
      if (row.domain_id !== null) await getDomain(tx.db, row.domain_id);
      await requireFreeRoleName(tx.db, row.domain_id, row.name);
      await tx.db.insertInto('roles').values(row).execute();
      await writeAudit(tx, context, 'identity:roles:create', row.id, { name: row.name });
    });
    return created({ role: renderRole(call, row) });
  },
});

const update = route({
  operation: 'roles:update',
  method: 'PATCH',
  path: '/roles/:role_id',
  params,
  body: RoleUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    const given = body.role;
    const { revocations } = await identityState(app);
    const row = await app.store.transaction(async (tx) => {
      const old = await getRole(tx.db, path.role_id);
      requireSameId(given, old.id);
      requireMutable('role', old, given.options);
      if (given.domain_id !== undefined && given.domain_id !== old.domain_id) {
        throw badRequest('Update of `domain_id` is not allowed: a role stays where it is.');
      }
      if (given.name !== undefined) await requireFreeRoleName(tx.db, old.domain_id, given.name, old.id);
      const changes = {
        name: given.name ?? old.name,
        description: given.description === undefined ? old.description : given.description,
        options: toJson(mergedOptions(old.options, given.options)),
        extra: toJson(mergedExtra(old.extra, extraOf(given, ROLE_MEMBERS))),
      };
      await tx.db.updateTable('roles').set(changes).where('id', '=', old.id).execute();
      // Tokens carry names: those with the old one no longer say what their owner may do.
      if (changes.name !== old.name && old.domain_id === null) await revocations.revoke(tx, 'role', old.name);
      await writeAudit(tx, context, 'identity:roles:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ role: renderRole(call, row) });
  },
});

const remove = route({
  operation: 'roles:delete',
  method: 'DELETE',
  path: '/roles/:role_id',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await getRole(tx.db, path.role_id);
      requireMutable('role', row);
      await revokeRole(tx, revocations, row);
      await tx.db.deleteFrom('roles').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:roles:delete', row.id, { name: row.name });
    });
    return noContent();
  },
});

export const roleRoutes = [list, show, create, update, remove];
