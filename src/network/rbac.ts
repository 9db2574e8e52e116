import { sql } from 'kysely';
import { conflict } from '../core/errors.ts';
import { newUuid, type ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { Attribute, Condition } from './resource/collection.ts';
import { parseBool } from '../http/schemas.ts';
import type { SharedAction, SharedType } from './tables.ts';

/** Stands for every project. */
export const EVERYBODY = '*';

/** Whether a policy opens the row `r` to the caller, whatever for or for one action. */
export function opened(context: Pick<Context, 'projectId'>, action?: SharedAction): Condition {
  const only = action === undefined ? sql`` : sql` and a.action = ${action}`;
  return sql`exists (select 1 from network_rbac a where a.object_id = r.id
    and a.target_project in (${EVERYBODY}, ${context.projectId})${only})`;
}

/** The caller's own rows, and those that others opened to the caller's project. */
export const ownOrOpened = (context: Context): Condition =>
  sql`r.project_id = ${context.projectId} or ${opened(context)}`;

/** The attribute `shared` of a list's filter: what it says depends on who asks. */
export const sharedAttribute: Attribute = {
  kind: 'bit',
  filter: (values, context) => {
    const wanted = values.some((value) => parseBool(value) === true);
    return wanted ? opened(context, 'access_as_shared') : sql`not ${opened(context, 'access_as_shared')}`;
  },
};

/** Which of these objects are shared with the caller, the caller's own among them. */
export async function sharedWith(
  db: Reader,
  context: Pick<Context, 'projectId'>,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('network_rbac')
    .select('object_id')
    .distinct()
    .where('object_id', 'in', [...ids])
    .where('action', '=', 'access_as_shared')
    .where('target_project', 'in', [EVERYBODY, context.projectId ?? EVERYBODY])
    .execute();
  return new Set(rows.map((row) => row.object_id));
}

export const isSharedWith = async (db: Reader, context: Pick<Context, 'projectId'>, id: string): Promise<boolean> =>
  (await sharedWith(db, context, [id])).has(id);

interface Shared {
  id: string;
  project_id: ProjectId;
}

/** Opens an object to everybody, or takes that back. Throws ApiError 409 when another project would lose what it uses. */
export async function openToAll(
  tx: Tx,
  context: Context,
  type: SharedType,
  object: Shared,
  action: SharedAction,
  wanted: boolean,
): Promise<void> {
  if (wanted) {
    await tx.db
      .insertInto('network_rbac')
      .values({
        id: newUuid(),
        project_id: object.project_id,
        description: '',
        revision_number: 1,
        created_at: context.now,
        updated_at: context.now,
        object_type: type,
        object_id: object.id,
        action,
        target_project: EVERYBODY,
      })
      .onConflict((clash) => clash.doNothing())
      .execute();
    return;
  }
  await tx.db
    .deleteFrom('network_rbac')
    .where('object_id', '=', object.id)
    .where('action', '=', action)
    .where('target_project', '=', EVERYBODY)
    .execute();
}

/** Queries for the projects that use an object of a kind because it is shared with them. */
const USERS: Record<`${SharedType} ${SharedAction}`, ((id: string) => Condition) | null> = {
  'network access_as_shared': (id) => sql`select project_id from ports where network_id = ${id}
    and device_owner not like 'network:%' union select project_id from subnets where network_id = ${id}`,
  'network access_as_external': (id) => sql`select project_id from routers where gateway_network_id = ${id}
    union select project_id from floating_ips where floating_network_id = ${id}`,
  'qos_policy access_as_shared': (id) => sql`select project_id from networks where qos_policy_id = ${id}
    union select project_id from ports where qos_policy_id = ${id}
    union select project_id from floating_ips where qos_policy_id = ${id}
    union select project_id from routers where gateway_qos_policy_id = ${id}`,
  'security_group access_as_shared': (id) => sql`select p.project_id from ports p
    join port_security_groups g on g.port_id = p.id where g.security_group_id = ${id}
    union select project_id from security_group_rules where remote_group_id = ${id}`,
  'address_scope access_as_shared': (id) => sql`select project_id from subnet_pools where address_scope_id = ${id}`,
  'subnetpool access_as_shared': (id) => sql`select project_id from subnets where subnetpool_id = ${id}`,
  'address_group access_as_shared': (id) =>
    sql`select project_id from security_group_rules where remote_address_group_id = ${id}`,
  'qos_policy access_as_external': null,
  'security_group access_as_external': null,
  'address_scope access_as_external': null,
  'subnetpool access_as_external': null,
  'address_group access_as_external': null,
};

/** Throws ApiError 409 when a project uses the object and no policy opens it to that project any more. */
export async function checkStillOpen(
  tx: Tx,
  type: SharedType,
  action: SharedAction,
  object: Shared,
  refusal = inUse,
): Promise<void> {
  const query = USERS[`${type} ${action}`]?.(object.id);
  if (!query) return;
  const { rows } = await sql<{ project_id: string }>`select u.project_id from (${query}) u
    where u.project_id not in ('', ${object.project_id}) and not exists (select 1 from network_rbac a
      where a.object_id = ${object.id} and a.action = ${action} and a.target_project in (${EVERYBODY}, u.project_id))
    limit 1`.execute(tx.db);
  if (rows[0]) throw refusal(object.id, rows[0].project_id);
}

const inUse = (id: string, project: string) =>
  conflict(
    `RBAC policy on object ${id} cannot be removed because project ${project} depends on it.`,
    'RbacPolicyInUse',
  );

/** Whether a policy of this kind is known at all. */
export const isKnownAction = (type: SharedType, action: string): action is SharedAction =>
  Object.hasOwn(USERS, `${type} ${action}`) && USERS[`${type} ${action as SharedAction}`] !== null;
