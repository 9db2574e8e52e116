import { forbidden, notFound } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, route, type Method, type Reply, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { managesDomain, notAllowed, requireManager, ROLES_OF_A_MANAGER, seesDomain } from '../policy.ts';
import { revokeGrant } from '../store/assignments.ts';
import { getDomain, getProject } from '../store/projects.ts';
import { getRole, type AssignmentRow, type RoleRow } from '../store/roles.ts';
import { getGroup, getUser } from '../store/users.ts';
import type { ActorType, TargetType } from '../tables.ts';
import { identityState } from '../tokens/state.ts';
import { collection, IdParams, missing } from '../wire/common.ts';
import { renderRole } from '../wire/roles.ts';

/*
 * One role for one actor (user or group) on one target (project, domain or the system), for the target itself or,
 * under OS-INHERIT, for the projects below it: the same four operations at twelve places.
 */

interface Place {
  actor: ActorType;
  target: TargetType;
  inherited: boolean;
}

/** The parameters of every place: those that a place does not have stay empty. */
const params = IdParams('target_id', 'actor_id');
const withRole = IdParams('target_id', 'actor_id', 'role_id');

interface Grant {
  row: Omit<AssignmentRow, 'role_id'>;
  actorDomainId: string;
  /** Null for the system. */
  targetDomainId: string | null;
}

/** Looks up both ends. Throws ApiError 404 for what is not there. */
async function findGrant(db: Reader, place: Place, given: { target_id?: string; actor_id: string }): Promise<Grant> {
  const targetId = place.target === 'system' ? 'all' : (given.target_id ?? '');
  let targetDomainId: string | null = null;
  if (place.target === 'domain') targetDomainId = (await getDomain(db, targetId)).id;
  if (place.target === 'project') {
    const project = await getProject(db, targetId);
    if (project.is_domain) throw missing('project', targetId);
    targetDomainId = project.domain_id;
  }
  const actor = place.actor === 'user' ? await getUser(db, given.actor_id) : await getGroup(db, given.actor_id);
  return {
    row: {
      actor_type: place.actor,
      actor_id: actor.id,
      target_type: place.target,
      target_id: targetId,
      inherited: bit(place.inherited),
    },
    actorDomainId: actor.domain_id,
    targetDomainId,
  };
}

function requireSeen(context: Context, grant: Grant, operation: string): void {
  if (seesDomain(context, grant.targetDomainId) && seesDomain(context, grant.actorDomainId)) return;
  throw notAllowed(operation);
}

/** A domain's manager hands out ordinary roles, in the own domain, to its own people. */
function requireManaged(context: Context, grant: Grant, role: RoleRow, operation: string): void {
  if (context.isAdmin && managesDomain(context, grant.targetDomainId)) return;
  const inside = managesDomain(context, grant.targetDomainId) && managesDomain(context, grant.actorDomainId);
  const ordinary = role.domain_id === null && ROLES_OF_A_MANAGER.includes(role.name);
  if (!inside || !ordinary) throw notAllowed(operation);
}

async function exists(db: Reader, grant: Grant, roleId: string): Promise<boolean> {
  const found = await db
    .selectFrom('role_assignments')
    .select('role_id')
    .where('actor_type', '=', grant.row.actor_type)
    .where('actor_id', '=', grant.row.actor_id)
    .where('target_type', '=', grant.row.target_type)
    .where('target_id', '=', grant.row.target_id)
    .where('inherited', '=', grant.row.inherited)
    .where('role_id', '=', roleId)
    .executeTakeFirst();
  return found !== undefined;
}

const notGranted = (roleId: string, grant: Grant) =>
  notFound(
    `Could not find role assignment with role: ${roleId}, ${grant.row.actor_type}: ${grant.row.actor_id}, ${grant.row.target_type}: ${grant.row.target_id}.`,
  );

function routesAt(place: Place): Route[] {
  const name = [place.inherited ? 'inherited' : '', place.target, place.actor].filter(Boolean).join('-');
  const target = place.target === 'system' ? '/system' : `/${place.target}s/:target_id`;
  const base = `${place.inherited ? '/OS-INHERIT' : ''}${target}/${place.actor}s/:actor_id/roles`;
  const tail = place.inherited ? '/inherited_to_projects' : '';
  // The system has no id: its places must not ask for one.
  const [listParams, roleParams] =
    place.target === 'system' ? [IdParams('actor_id'), IdParams('actor_id', 'role_id')] : [params, withRole];
  type ListParams = { target_id?: string; actor_id: string };
  type RoleParams = ListParams & { role_id: string };

  const list = route({
    operation: `grants:list-${name}`,
    method: 'GET',
    path: `${base}${tail}`,
    params: listParams,
    async handler(call) {
      const db = call.app.store.read;
      const grant = await findGrant(db, place, call.params as ListParams);
      requireSeen(call.context, grant, 'list_grants');
      const rows = await db
        .selectFrom('roles')
        .innerJoin('role_assignments as assignment', 'assignment.role_id', 'roles.id')
        .selectAll('roles')
        .where('assignment.actor_type', '=', grant.row.actor_type)
        .where('assignment.actor_id', '=', grant.row.actor_id)
        .where('assignment.target_type', '=', grant.row.target_type)
        .where('assignment.target_id', '=', grant.row.target_id)
        .where('assignment.inherited', '=', grant.row.inherited)
        .orderBy('roles.name')
        .execute();
      return ok(collection(call, 'roles', rows, (row) => renderRole(call, row)));
    },
  });

  const one = (verb: string, method: Method, handler: (given: OneCall) => Promise<Reply>): Route =>
    route({
      operation: `grants:${verb}-${name}`,
      method,
      path: `${base}/:role_id${tail}`,
      params: roleParams,
      handler: async (call) => handler({ ...call, params: call.params as RoleParams }),
    });
  type OneCall = Omit<Parameters<Route['handler']>[0], 'params'> & { params: RoleParams };

  const check = one('check', 'GET', async ({ app, context, params: path }) => {
    const grant = await findGrant(app.store.read, place, path);
    requireSeen(context, grant, 'check_grant');
    const role = await getRole(app.store.read, path.role_id);
    if (!(await exists(app.store.read, grant, role.id))) throw notGranted(role.id, grant);
    return noContent();
  });

  const add = one('add', 'PUT', async ({ app, context, params: path }) => {
    requireManager(context, 'create_grant');
    await app.store.transaction(async (tx) => {
      const grant = await findGrant(tx.db, place, path);
      const role = await getRole(tx.db, path.role_id);
      requireManaged(context, grant, role, 'create_grant');
      if (role.domain_id !== null && role.domain_id !== grant.targetDomainId) {
        throw forbidden(`The role ${role.id} belongs to a domain and can only be assigned within it.`);
      }
      if (await exists(tx.db, grant, role.id)) return;
      await tx.db
        .insertInto('role_assignments')
        .values({ ...grant.row, role_id: role.id })
        .execute();
      await writeAudit(tx, context, 'identity:grants:add', grant.row.actor_id, { ...grant.row, role: role.name });
    });
    return noContent();
  });

  const remove = one('remove', 'DELETE', async ({ app, context, params: path }) => {
    requireManager(context, 'revoke_grant');
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const grant = await findGrant(tx.db, place, path);
      const role = await getRole(tx.db, path.role_id);
      requireManaged(context, grant, role, 'revoke_grant');
      if (!(await exists(tx.db, grant, role.id))) throw notGranted(role.id, grant);
      const row = { ...grant.row, role_id: role.id };
      await tx.db
        .deleteFrom('role_assignments')
        .where('actor_type', '=', row.actor_type)
        .where('actor_id', '=', row.actor_id)
        .where('target_type', '=', row.target_type)
        .where('target_id', '=', row.target_id)
        .where('inherited', '=', row.inherited)
        .where('role_id', '=', row.role_id)
        .execute();
      await revokeGrant(tx, revocations, row);
      await writeAudit(tx, context, 'identity:grants:remove', row.actor_id, { ...grant.row, role: role.name });
    });
    return noContent();
  });

  return [list, check, add, remove];
}

const ACTORS: readonly ActorType[] = ['user', 'group'];

export const grantRoutes = ACTORS.flatMap((actor) => [
  ...routesAt({ actor, target: 'project', inherited: false }),
  ...routesAt({ actor, target: 'domain', inherited: false }),
  ...routesAt({ actor, target: 'system', inherited: false }),
  ...routesAt({ actor, target: 'project', inherited: true }),
  ...routesAt({ actor, target: 'domain', inherited: true }),
]);
