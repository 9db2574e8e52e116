import { newUuid, type ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import { securityGroupNotFound } from './errors.ts';
import { newStandard } from './resource/change.ts';
import { normalizeRule, type RuleInput } from './rules.ts';

/** The id of the project's default group, if it was made already. */
export async function defaultGroupId(db: Reader, projectId: ProjectId): Promise<string | null> {
  const row = await db
    .selectFrom('security_groups')
    .select('id')
    .where('project_id', '=', projectId)
    .where('is_default', '=', 1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/**
 * The project's default group, made when first needed with Neutron's default rules: everything out, and in from the
 * group's own members (https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups).
 */
export async function ensureDefaultGroup(tx: Tx, context: Context, projectId: ProjectId): Promise<string> {
  const known = await defaultGroupId(tx.db, projectId);
  if (known !== null) return known;
  return createGroup(tx, context, projectId, {
    name: 'default',
    description: 'Default security group',
    is_default: 1,
    stateful: 1,
  });
}

/** A new group with the rules every group begins with. */
export async function createGroup(
  tx: Tx,
  context: Context,
  projectId: ProjectId,
  input: { name: string; description: string; is_default: 0 | 1; stateful: 0 | 1 },
): Promise<string> {
  const id = newUuid();
  await tx.db
    .insertInto('security_groups')
    .values({ id, ...newStandard(context, input), project_id: projectId, ...input, shared: 0 })
    .execute();
  for (const ethertype of ['IPv4', 'IPv6']) {
    await insertRule(tx, context, projectId, id, { direction: 'egress', ethertype }, '');
    if (input.is_default) {
      await insertRule(tx, context, projectId, id, { direction: 'ingress', ethertype, remote_group_id: id }, '');
    }
  }
  return id;
}

export async function insertRule(
  tx: Tx,
  context: Context,
  projectId: ProjectId,
  groupId: string,
  input: RuleInput,
  description: string,
): Promise<string> {
  const id = newUuid();
  await tx.db
    .insertInto('security_group_rules')
    .values({
      id,
      security_group_id: groupId,
      ...newStandard(context, { description }),
      project_id: projectId,
      ...normalizeRule(input),
    })
    .execute();
  return id;
}

/**
 * The groups' ids, each of which the caller must see, or which `known` holds already. Throws SecurityGroupNotFound.
 */
export async function resolveGroups(
  db: Reader,
  context: Context,
  ids: readonly string[],
  known: readonly string[] = [],
): Promise<string[]> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return [];
  const rows = await db.selectFrom('security_groups').selectAll().where('id', 'in', unique).execute();
  for (const id of unique) {
    const row = rows.find((one) => one.id === id);
    const seen = row && (context.isAdmin || row.shared || row.project_id === context.projectId || known.includes(id));
    if (!seen) throw securityGroupNotFound(id);
  }
  return unique;
}
