import { newUuid, type ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Reader, Tx } from '../store/store.ts';
import { securityGroupNotFound } from './errors.ts';
import { newStandard } from './resource/change.ts';
import { sharedWith } from './rbac.ts';
import type { DefaultGroupRulesTable } from './tables.ts';
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
 * The project's default group, made when first needed with the rules new groups begin with: unless an
 * administrator chose others, everything out, and in from the group's own members (https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups).
 */
export async function ensureDefaultGroup(tx: Tx, context: Context, projectId: ProjectId): Promise<string> {
  const known = await defaultGroupId(tx.db, projectId);
  if (known !== null) return known;
  const id = await createGroup(tx, context, projectId, {
    name: 'default',
    description: 'Default security group',
    is_default: 1,
    stateful: 1,
  });
  await writeAudit(tx, context, 'network:security_group:create', id, { default_of: projectId });
  return id;
}

/** A new group with the rules that new groups begin with. */
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
  for (const rule of await firstRules(tx.db, input.is_default === 1)) {
    const remote = rule.remote_group_id === 'PARENT' ? id : rule.remote_group_id;
    await insertRule(tx, context, projectId, id, { ...rule, remote_group_id: remote }, rule.description);
  }
  return id;
}

/** The rules that a new group begins with, as administrators chose them; a group or list that is gone is left out. */
export function firstRules(db: Reader, isDefault: boolean): Promise<DefaultGroupRulesTable[]> {
  return db
    .selectFrom('default_group_rules')
    .selectAll()
    .where(isDefault ? 'used_in_default_sg' : 'used_in_non_default_sg', '=', 1)
    .where((match) =>
      match.or([
        match('remote_group_id', 'is', null),
        match('remote_group_id', '=', 'PARENT'),
        match('remote_group_id', 'in', (query) => query.selectFrom('security_groups').select('id')),
      ]),
    )
    .where((match) =>
      match.or([
        match('remote_address_group_id', 'is', null),
        match('remote_address_group_id', 'in', (query) => query.selectFrom('address_groups').select('id')),
      ]),
    )
    .orderBy('created_at')
    .orderBy('canonical')
    .execute();
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
  const opened = await sharedWith(db, context, unique);
  for (const id of unique) {
    const row = rows.find((one) => one.id === id);
    const seen =
      row && (context.isAdmin || row.project_id === context.projectId || known.includes(id) || opened.has(id));
    if (!seen) throw securityGroupNotFound(id);
  }
  return unique;
}
