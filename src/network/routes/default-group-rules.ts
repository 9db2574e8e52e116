import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { bit } from '../../store/json.ts';
import type { Tx } from '../../store/store.ts';
import { addressGroupFor } from '../address-groups.ts';
import { resolveGroups } from '../groups.ts';
import { Bool, Int, isGiven, toBool, toInt } from '../resource/body.ts';
import { newStandard, type Changes } from '../resource/change.ts';
import { bit as bitAttribute, integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import { normalizeRule } from '../rules.ts';
import type { DefaultGroupRulesTable } from '../tables.ts';

const CreateBody = Strict({
  description: Type.Optional(Type.String({ maxLength: 255 })),
  direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
  ethertype: Type.Optional(Nullable(Type.String({ maxLength: 16 }))),
  protocol: Type.Optional(Nullable(Type.Union([Type.String({ maxLength: 40 }), Type.Integer()]))),
  port_range_min: Type.Optional(Nullable(Int)),
  port_range_max: Type.Optional(Nullable(Int)),
  remote_ip_prefix: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  remote_group_id: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  remote_address_group_id: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  used_in_default_sg: Type.Optional(Bool),
  used_in_non_default_sg: Type.Optional(Bool),
  project_id: Type.Optional(Type.String({ maxLength: 255 })),
  tenant_id: Type.Optional(Type.String({ maxLength: 255 })),
});

const { project_id: _project, tenant_id: _tenant, ...attributes } = standardAttributes('default-security-group-rules');

/** https://docs.openstack.org/api-ref/network/v2/#security-group-default-rules */
export const defaultGroupRules: Collection<DefaultGroupRulesTable> = {
  singular: 'default_security_group_rule',
  plural: 'default_security_group_rules',
  path: 'default-security-group-rules',
  table: 'default_group_rules',
  without: ['project_id', 'tenant_id', 'revision_number', 'created_at', 'updated_at', 'tags'],
  attributes: {
    ...attributes,
    direction: text,
    ethertype: text,
    protocol: text,
    port_range_min: integer,
    port_range_max: integer,
    remote_ip_prefix: text,
    remote_group_id: text,
    remote_address_group_id: text,
    used_in_default_sg: bitAttribute,
    used_in_non_default_sg: bitAttribute,
  },
  // Everybody may know what a new group begins with.
  visible: () => sql`1 = 1`,
  notFound: (id) => notFound(`Default Security Group rule ${id} does not exist.`, 'DefaultSecurityGroupRuleNotFound'),
  render: async (_db, _context, rows) =>
    rows.map((row) => ({
      direction: row.direction,
      ethertype: row.ethertype,
      protocol: row.protocol,
      port_range_min: row.port_range_min,
      port_range_max: row.port_range_max,
      remote_ip_prefix: row.remote_ip_prefix,
      remote_group_id: row.remote_group_id,
      remote_address_group_id: row.remote_address_group_id,
      used_in_default_sg: row.used_in_default_sg === 1,
      used_in_non_default_sg: row.used_in_non_default_sg === 1,
    })),
};

export const defaultGroupRuleChanges: Changes<DefaultGroupRulesTable, typeof CreateBody, typeof CreateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: null,
  async remove(tx, _context, row) {
    await tx.db.deleteFrom('default_group_rules').where('id', '=', row.id).execute();
  },
};

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const rule = normalizeRule({
    ...body,
    port_range_min: isGiven(body.port_range_min) ? toInt(body.port_range_min) : null,
    port_range_max: isGiven(body.port_range_max) ? toInt(body.port_range_max) : null,
  });
  if (rule.remote_group_id !== null && rule.remote_group_id !== 'PARENT') {
    await resolveGroups(tx.db, context, [rule.remote_group_id]);
  }
  if (rule.remote_address_group_id !== null) await addressGroupFor(tx.db, context, rule.remote_address_group_id);
  const same = await tx.db
    .selectFrom('default_group_rules')
    .select('id')
    .where('canonical', '=', rule.canonical)
    .executeTakeFirst();
  if (same) {
    throw conflict(
      `Default Security group rule already exists. Rule id is ${same.id}.`,
      'DefaultSecurityGroupRuleExists',
    );
  }
  const id = newUuid();
  await tx.db
    .insertInto('default_group_rules')
    .values({
      id,
      ...newStandard(context, body),
      project_id: '',
      ...rule,
      used_in_default_sg: bit(toBool(body.used_in_default_sg ?? false, 'used_in_default_sg')),
      used_in_non_default_sg: bit(toBool(body.used_in_non_default_sg ?? true, 'used_in_non_default_sg')),
    })
    .execute();
  return id;
}
