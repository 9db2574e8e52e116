import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { isoSeconds } from '../../core/clock.ts';
import type { ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, parseBool, Strict, values } from '../../http/schemas.ts';
import { bit } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { notAuthorized, securityGroupNotFound, securityGroupRuleNotFound } from '../errors.ts';
import { addressGroupFor } from '../address-groups.ts';
import { createGroup, defaultGroupId, ensureDefaultGroup, firstRules, insertRule, resolveGroups } from '../groups.ts';
import { ownOrOpened, sharedAttribute, sharedWith } from '../rbac.ts';
import { claimQuota } from '../quota.ts';
import {
  Bool,
  Int,
  projectOf,
  standardCreate,
  standardUpdate,
  toBool,
  toInt,
  Uuid,
  isGiven,
} from '../resource/body.ts';
import { touched, type Changes } from '../resource/change.ts';
import { bit as bitAttribute, integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import { findRow, type Query } from '../resource/list.ts';
import { renderTags } from '../resource/tags.ts';
import { normalizedCidr, normalizeRule } from '../rules.ts';
import type { SecurityGroupRulesTable, SecurityGroupsTable } from '../tables.ts';

/** Whoever looks at the groups finds the default one, as with Neutron. */
const makeDefaultGroup: Collection<never>['beforeRead'] = {
  async needed(db, context, query) {
    const project = await lookedAt(db, context, query);
    return project !== null && (await defaultGroupId(db, project)) === null;
  },
  async make(tx, context, query) {
    const project = await lookedAt(tx.db, context, query);
    if (project !== null) await ensureDefaultGroup(tx, context, project);
  },
};

/** Whose groups are looked at: the caller's, or those of the one project that an administrator names. */
async function lookedAt(db: Reader, context: Context, query: Query): Promise<ProjectId | null> {
  const [named, more] = [...values(query['project_id']), ...values(query['tenant_id'])];
  if (!context.isAdmin || named === undefined || more !== undefined) return context.projectId;
  const project = await db.selectFrom('projects').select('id').where('id', '=', named).executeTakeFirst();
  return project ? project.id : null;
}

export const securityGroups: Collection<SecurityGroupsTable> = {
  singular: 'security_group',
  plural: 'security_groups',
  path: 'security-groups',
  table: 'security_groups',
  attributes: {
    ...standardAttributes('security-groups'),
    name: text,
    stateful: bitAttribute,
    shared: sharedAttribute,
  },
  visible: ownOrOpened,
  notFound: securityGroupNotFound,
  render: renderGroups,
  beforeRead: makeDefaultGroup,
};

export const securityGroupRules: Collection<SecurityGroupRulesTable> = {
  singular: 'security_group_rule',
  plural: 'security_group_rules',
  path: 'security-group-rules',
  table: 'security_group_rules',
  attributes: {
    ...standardAttributes('security-group-rules'),
    security_group_id: text,
    direction: text,
    ethertype: text,
    protocol: text,
    port_range_min: integer,
    port_range_max: integer,
    remote_ip_prefix: text,
    remote_group_id: text,
    remote_address_group_id: text,
    belongs_to_default_sg: {
      kind: 'bit',
      filter: (values) =>
        sql`(select g.is_default from security_groups g where g.id = r.security_group_id) = ${bit(values.some((value) => parseBool(value) === true))}`,
    },
  },
  visible: (context) => sql`r.project_id = ${context.projectId} or exists (select 1 from security_groups g
    where g.id = r.security_group_id and g.project_id = ${context.projectId}) or exists (select 1 from network_rbac a
    where a.object_id = r.security_group_id and a.target_project in ('*', ${context.projectId}))`,
  notFound: securityGroupRuleNotFound,
  render: renderRules,
  beforeRead: makeDefaultGroup,
};

const GroupCreate = Strict({ ...standardCreate, stateful: Type.Optional(Bool) });
const GroupUpdate = Strict({ ...standardUpdate, stateful: Type.Optional(Bool) });

export const securityGroupChanges: Changes<SecurityGroupsTable, typeof GroupCreate, typeof GroupUpdate> = {
  create: { body: GroupCreate, bulk: true, run: createSecurityGroup },
  update: { body: GroupUpdate, run: updateSecurityGroup },
  remove: removeSecurityGroup,
};

async function createSecurityGroup(tx: Tx, context: Context, body: Static<typeof GroupCreate>): Promise<string> {
  const projectId = projectOf(context, body);
  await ensureDefaultGroup(tx, context, projectId);
  if (body.name?.toLowerCase() === 'default') {
    throw conflict('Default security group already exists.', 'SecurityGroupDefaultAlreadyExists');
  }
  await claimQuota(tx, projectId, 'security_group');
  await claimQuota(tx, projectId, 'security_group_rule', (await firstRules(tx.db, false)).length);
  return createGroup(tx, context, projectId, {
    name: body.name ?? '',
    description: body.description ?? '',
    is_default: 0,
    stateful: bit(toBool(body.stateful ?? true, 'stateful')),
  });
}

async function updateSecurityGroup(
  tx: Tx,
  context: Context,
  row: SecurityGroupsTable,
  body: Static<typeof GroupUpdate>,
): Promise<void> {
  if (row.is_default && body.name !== undefined && body.name !== row.name) {
    throw conflict('Updating default security group not allowed.', 'SecurityGroupCannotUpdateDefault');
  }
  if (!row.is_default && body.name?.toLowerCase() === 'default') {
    throw conflict('Default security group already exists.', 'SecurityGroupDefaultAlreadyExists');
  }
  const stateful = bit(toBool(body.stateful ?? row.stateful === 1, 'stateful'));
  if (stateful !== row.stateful) await checkUnused(tx.db, row.id);
  await tx.db
    .updateTable('security_groups')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
      stateful,
    })
    .where('id', '=', row.id)
    .execute();
}

async function removeSecurityGroup(tx: Tx, context: Context, row: SecurityGroupsTable): Promise<void> {
  await checkUnused(tx.db, row.id);
  if (row.is_default && !context.isAdmin) {
    throw conflict('Insufficient rights for removing default security group.', 'SecurityGroupCannotRemoveDefault');
  }
  await tx.db.deleteFrom('security_groups').where('id', '=', row.id).execute();
}

async function checkUnused(db: Reader, id: string): Promise<void> {
  const port = await db
    .selectFrom('port_security_groups')
    .select('port_id')
    .where('security_group_id', '=', id)
    .executeTakeFirst();
  if (port) throw conflict(`Security Group ${id} in use.`, 'SecurityGroupInUse');
}

const { name: _name, ...ruleStandard } = standardCreate;
const RuleCreate = Strict({
  ...ruleStandard,
  security_group_id: Uuid,
  direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
  ethertype: Type.Optional(Nullable(Type.String({ maxLength: 16 }))),
  protocol: Type.Optional(Nullable(Type.Union([Type.String({ maxLength: 40 }), Type.Integer()]))),
  port_range_min: Type.Optional(Nullable(Int)),
  port_range_max: Type.Optional(Nullable(Int)),
  remote_ip_prefix: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  // Neutron looks for whatever text is given, and does not find it.
  remote_group_id: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  remote_address_group_id: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
});

export const securityGroupRuleChanges: Changes<SecurityGroupRulesTable, typeof RuleCreate, typeof RuleCreate> = {
  create: { body: RuleCreate, bulk: true, run: createRule },
  update: null,
  async remove(tx, context, row) {
    await tx.db.deleteFrom('security_group_rules').where('id', '=', row.id).execute();
    await touchGroup(tx, context, row.security_group_id);
  },
};

async function createRule(tx: Tx, context: Context, body: Static<typeof RuleCreate>): Promise<string> {
  const group = await findRow(tx.db, context, securityGroups, body.security_group_id);
  if (!context.isAdmin && group.project_id !== context.projectId) throw notAuthorized('create_security_group_rule');
  const projectId = (body.project_id ?? body.tenant_id) ? projectOf(context, body) : group.project_id;
  if (isGiven(body.remote_group_id)) await resolveGroups(tx.db, context, [body.remote_group_id]);
  if (isGiven(body.remote_address_group_id)) await addressGroupFor(tx.db, context, body.remote_address_group_id);
  const input = {
    ...body,
    port_range_min: !isGiven(body.port_range_min) ? null : toInt(body.port_range_min),
    port_range_max: !isGiven(body.port_range_max) ? null : toInt(body.port_range_max),
  };
  const { canonical } = normalizeRule(input);
  const same = await tx.db
    .selectFrom('security_group_rules')
    .select('id')
    .where('security_group_id', '=', group.id)
    .where('canonical', '=', canonical)
    .executeTakeFirst();
  if (same) throw conflict(`Security group rule already exists. Rule id is ${same.id}.`, 'SecurityGroupRuleExists');
  await claimQuota(tx, projectId, 'security_group_rule');
  const id = await insertRule(tx, context, projectId, group.id, input, body.description ?? '');
  await touchGroup(tx, context, group.id);
  return id;
}

/** A group's revision moves with its rules, as Neutron's does. */
async function touchGroup(tx: Tx, context: Context, id: string): Promise<void> {
  const row = await tx.db.selectFrom('security_groups').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw badRequest(`Security group ${id} does not exist`, 'SecurityGroupNotFound');
  await tx.db.updateTable('security_groups').set(touched(context, row)).where('id', '=', id).execute();
}

async function renderGroups(db: Reader, context: Context, rows: readonly SecurityGroupsTable[]) {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const rules = await db
    .selectFrom('security_group_rules')
    .selectAll()
    .where('security_group_id', 'in', ids)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const tags = await renderTags(db, securityGroupRules.path, rules);
  const shared = await sharedWith(db, context, ids);
  const rulesOf = Map.groupBy(rules, (rule) => rule.security_group_id);
  return rows.map((row) => ({
    name: row.name,
    stateful: row.stateful === 1,
    shared: shared.has(row.id),
    security_group_rules: (rulesOf.get(row.id) ?? []).map((rule) => ({
      id: rule.id,
      project_id: rule.project_id,
      tenant_id: rule.project_id,
      ...renderRule(rule, row.is_default === 1),
      description: rule.description,
      revision_number: rule.revision_number,
      created_at: isoSeconds(rule.created_at),
      updated_at: isoSeconds(rule.updated_at),
      tags: tags.get(rule.id) ?? [],
    })),
  }));
}

async function renderRules(db: Reader, _context: Context, rows: readonly SecurityGroupRulesTable[]) {
  const ids = [...new Set(rows.map((row) => row.security_group_id))];
  if (ids.length === 0) return [];
  const defaults = await db
    .selectFrom('security_groups')
    .select('id')
    .where('is_default', '=', 1)
    .where('id', 'in', ids)
    .execute();
  const known = new Set(defaults.map((group) => group.id));
  return rows.map((row) => renderRule(row, known.has(row.security_group_id)));
}

function renderRule(row: SecurityGroupRulesTable, isDefault: boolean) {
  return {
    security_group_id: row.security_group_id,
    direction: row.direction,
    ethertype: row.ethertype,
    protocol: row.protocol,
    port_range_min: row.port_range_min,
    port_range_max: row.port_range_max,
    remote_ip_prefix: row.remote_ip_prefix,
    normalized_cidr: normalizedCidr(row.remote_ip_prefix),
    remote_group_id: row.remote_group_id,
    remote_address_group_id: row.remote_address_group_id,
    belongs_to_default_sg: isDefault,
  };
}
