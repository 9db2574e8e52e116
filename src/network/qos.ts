import { sql } from 'kysely';
import { conflict, notFound } from '../core/errors.ts';
import type { ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader } from '../store/store.ts';
import { isSharedWith } from './rbac.ts';

export const qosPolicyNotFound = (id: string) => notFound(`QoS policy ${id} could not be found.`, 'QosPolicyNotFound');

/**
 * The policy that a request names, if the caller sees it, or if it is the one that is there already. Throws 404.
 */
export async function policyFor(
  db: Reader,
  context: Context,
  id: string | null,
  present: string | null = null,
): Promise<string | null> {
  if (id === null || id === present) return id;
  const row = await db.selectFrom('qos_policies').select(['id', 'project_id']).where('id', '=', id).executeTakeFirst();
  const seen =
    row && (context.isAdmin || row.project_id === context.projectId || (await isSharedWith(db, context, row.id)));
  if (!seen) throw qosPolicyNotFound(id);
  return row.id;
}

/** What a project's new networks have when nobody says otherwise. */
export async function defaultPolicyId(db: Reader, projectId: ProjectId): Promise<string | null> {
  const row = await db
    .selectFrom('qos_defaults')
    .select('qos_policy_id')
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return row?.qos_policy_id ?? null;
}

/** Throws ApiError 409 as long as something has the policy. */
export async function checkPolicyUnused(db: Reader, id: string): Promise<void> {
  const { rows } = await sql<{ what: string; id: string }>`
    select 'network' as what, id from networks where qos_policy_id = ${id}
    union all select 'port', id from ports where qos_policy_id = ${id}
    union all select 'floating IP', id from floating_ips where qos_policy_id = ${id}
    union all select 'router', id from routers where gateway_qos_policy_id = ${id} limit 1`.execute(db);
  const user = rows[0];
  if (user) throw conflict(`QoS Policy ${id} is used by ${user.what} ${user.id}.`, 'QosPolicyInUse');
}
