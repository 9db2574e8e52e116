import { Type, type TSchema } from 'typebox';
import { conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import { notAuthorized } from '../errors.ts';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { Repeatable, Strict } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { DSCP_MARKS, parseRuleValues, renderRule, type RuleInput } from '../qos-rules.ts';
import { Int, toInt } from '../resource/body.ts';
import { change, touched } from '../resource/change.ts';
import { all, findRow, selectFields, type Query } from '../resource/list.ts';
import type { QosKind, QosPoliciesTable, QosRulesTable } from '../tables.ts';
import { qosPolicies } from './qos-policies.ts';
import type { Context } from '../../http/context.ts';

const Direction = Type.Union([Type.Literal('ingress'), Type.Literal('egress')]);
const values: Record<QosKind, Record<string, TSchema>> = {
  bandwidth_limit: {
    max_kbps: Type.Optional(Int),
    max_burst_kbps: Type.Optional(Int),
    direction: Type.Optional(Direction),
  },
  minimum_bandwidth: { min_kbps: Type.Optional(Int), direction: Type.Optional(Direction) },
  dscp_marking: { dscp_mark: Type.Optional(Int) },
};
export const QOS_KINDS = Object.keys(values) as QosKind[];

const Id = Type.String({ maxLength: 255 });
const AnyQuery = Type.Record(Type.String(), Repeatable);

const missing = (policy: string, id: string) =>
  notFound(`QoS rule ${id} for policy ${policy} could not be found.`, 'QosRuleNotFound');

function inputOf(body: unknown, name: string): RuleInput {
  const given = (body as Record<string, Record<string, unknown>>)[name] ?? {};
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, key === 'direction' ? value : toInt(value as number | string)]),
  );
}

async function ruleOf(db: Reader, kind: QosKind, policyId: string | null, id: string): Promise<QosRulesTable> {
  const row = await db.selectFrom('qos_rules').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || row.kind !== kind || (policyId !== null && row.qos_policy_id !== policyId)) {
    throw missing(policyId ?? '', id);
  }
  return row;
}

/** A policy has one rule of a kind and direction, or nobody could say which of them holds. Throws ApiError 409. */
async function checkOnly(db: Reader, rule: QosRulesTable): Promise<void> {
  const rows = await db
    .selectFrom('qos_rules')
    .selectAll()
    .where('qos_policy_id', '=', rule.qos_policy_id)
    .where('id', '<>', rule.id)
    .execute();
  const same = rows.find((row) => row.kind === rule.kind && row.direction === rule.direction);
  if (same) {
    throw conflict(
      `Rule ${rule.id} conflicts with rule ${same.id} which already exists in QoS Policy ${rule.qos_policy_id}.`,
      'QoSRuleParameterConflict',
    );
  }
  const minimum = [rule, ...rows].find((row) => row.kind === 'minimum_bandwidth' && row.direction === rule.direction);
  const limit = [rule, ...rows].find((row) => row.kind === 'bandwidth_limit' && row.direction === rule.direction);
  if (minimum && limit && (minimum.kbps ?? 0) > (limit.kbps ?? 0)) {
    throw conflict(
      `Rule ${minimum.id} asks for more than rule ${limit.id} of QoS Policy ${rule.qos_policy_id} allows.`,
      'QoSRuleParameterConflict',
    );
  }
}

/** Rules are for administrators alone, also those of a project's own policy: 404 for what one does not see, or 403. */
async function policyToChange(tx: Tx, context: Context, id: string): Promise<QosPoliciesTable> {
  const policy = await findRow(tx.db, context, qosPolicies, id);
  if (!context.isAdmin) throw notAuthorized('update_policy_rule');
  return policy;
}

async function touchPolicy(tx: Tx, context: Context, policy: QosPoliciesTable): Promise<void> {
  await tx.db.updateTable('qos_policies').set(touched(context, policy)).where('id', '=', policy.id).execute();
}

/** The operations of one kind of rule below its policy, and again by the rule's id alone. */
function rulesOf(kind: QosKind): Route[] {
  const one = `${kind}_rule`;
  const base = `/qos/policies/:policy_id/${one}s`;
  const Body = Strict({ [one]: Strict(values[kind]) }) as TSchema;
  const Params = Strict({ policy_id: Id });
  const OneParams = Strict({ policy_id: Id, id: Id });
  const update = async (tx: Tx, context: Context, policyId: string, id: string, input: RuleInput) => {
    const policy = await policyToChange(tx, context, policyId);
    const before = await ruleOf(tx.db, kind, policy.id, id);
    const after = { ...before, ...parseRuleValues(kind, input, before) };
    await checkOnly(tx.db, after);
    await tx.db.updateTable('qos_rules').set(after).where('id', '=', id).execute();
    await touchPolicy(tx, context, policy);
  };
  const remove = async (tx: Tx, context: Context, policyId: string, id: string) => {
    const policy = await policyToChange(tx, context, policyId);
    await ruleOf(tx.db, kind, policy.id, id);
    await tx.db.deleteFrom('qos_rules').where('id', '=', id).execute();
    await touchPolicy(tx, context, policy);
  };
  const alias = `/qos/alias_${one}s/:id`;
  const AliasParams = Strict({ id: Id });
  const shown = (row: QosRulesTable) => ({ ...renderRule(row), qos_policy_id: row.qos_policy_id });
  return [
    route({
      operation: `qos-${kind}-rules:list`,
      method: 'GET',
      path: base,
      params: Params,
      query: AnyQuery,
      async handler({ app, context, params, query }) {
        const policy = await findRow(app.store.read, context, qosPolicies, params.policy_id);
        const rows = await app.store.read
          .selectFrom('qos_rules')
          .selectAll()
          .where('qos_policy_id', '=', policy.id)
          .where('kind', '=', kind)
          .orderBy('direction')
          .execute();
        return ok({
          [`${one}s`]: rows
            .map(shown)
            .filter(matches(query))
            .map((item) => selectFields(item, query)),
        });
      },
    }),
    route({
      operation: `qos-${kind}-rule:show`,
      method: 'GET',
      path: `${base}/:id`,
      params: OneParams,
      query: AnyQuery,
      async handler({ app, context, params, query }) {
        const policy = await findRow(app.store.read, context, qosPolicies, params.policy_id);
        return ok({ [one]: selectFields(shown(await ruleOf(app.store.read, kind, policy.id, params.id)), query) });
      },
    }),
    route({
      operation: `qos-${kind}-rule:create`,
      method: 'POST',
      path: base,
      params: Params,
      body: Body,
      async handler({ app, context, params, body }) {
        // Who may not make rules is told so, whatever the policy's id.
        if (!context.isAdmin) throw notAuthorized(`create_policy_${one}`);
        const id = newUuid();
        await change(app, context, `qos-${kind}-rule:create`, async (tx) => {
          const policy = await policyToChange(tx, context, params.policy_id);
          const row = { id, qos_policy_id: policy.id, kind, ...parseRuleValues(kind, inputOf(body, one), null) };
          await checkOnly(tx.db, row);
          await tx.db.insertInto('qos_rules').values(row).execute();
          await touchPolicy(tx, context, policy);
          return [id];
        });
        return created({ [one]: shown(await ruleOf(app.store.read, kind, null, id)) });
      },
    }),
    route({
      operation: `qos-${kind}-rule:update`,
      method: 'PUT',
      path: `${base}/:id`,
      params: OneParams,
      body: Body,
      async handler({ app, context, params, body }) {
        await change(app, context, `qos-${kind}-rule:update`, async (tx) => {
          await update(tx, context, params.policy_id, params.id, inputOf(body, one));
          return [params.id];
        });
        return ok({ [one]: shown(await ruleOf(app.store.read, kind, params.policy_id, params.id)) });
      },
    }),
    route({
      operation: `qos-${kind}-rule:delete`,
      method: 'DELETE',
      path: `${base}/:id`,
      params: OneParams,
      async handler({ app, context, params }) {
        await change(app, context, `qos-${kind}-rule:delete`, async (tx) => {
          await remove(tx, context, params.policy_id, params.id);
          return [params.id];
        });
        return noContent();
      },
    }),
    route({
      operation: `qos-alias-${kind}-rule:show`,
      method: 'GET',
      path: alias,
      params: AliasParams,
      query: AnyQuery,
      async handler({ app, context, params, query }) {
        const row = await ruleOf(app.store.read, kind, null, params.id);
        await findRow(app.store.read, context, qosPolicies, row.qos_policy_id);
        return ok({ [`alias_${one}`]: selectFields(shown(row), query) });
      },
    }),
    route({
      operation: `qos-alias-${kind}-rule:update`,
      method: 'PUT',
      path: alias,
      params: AliasParams,
      body: Strict({ [`alias_${one}`]: Strict(values[kind]) }) as TSchema,
      async handler({ app, context, params, body }) {
        await change(app, context, `qos-alias-${kind}-rule:update`, async (tx) => {
          const row = await ruleOf(tx.db, kind, null, params.id);
          await update(tx, context, row.qos_policy_id, row.id, inputOf(body, `alias_${one}`));
          return [row.id];
        });
        return ok({ [`alias_${one}`]: shown(await ruleOf(app.store.read, kind, null, params.id)) });
      },
    }),
    route({
      operation: `qos-alias-${kind}-rule:delete`,
      method: 'DELETE',
      path: alias,
      params: AliasParams,
      async handler({ app, context, params }) {
        await change(app, context, `qos-alias-${kind}-rule:delete`, async (tx) => {
          const row = await ruleOf(tx.db, kind, null, params.id);
          await remove(tx, context, row.qos_policy_id, row.id);
          return [row.id];
        });
        return noContent();
      },
    }),
  ];
}

/** What a list's filters leave: a policy has five rules at most, so they need no SQL. */
const matches = (query: Query) => (item: Record<string, unknown>) =>
  Object.entries(query).every(([name, given]) => {
    if (given === undefined || !Object.hasOwn(item, name)) return true;
    return all(given).includes(String(item[name]));
  });

const choice = (name: string, list: readonly unknown[]) => ({
  parameter_name: name,
  parameter_type: 'choices',
  parameter_values: list,
});
const range = (name: string) => ({
  parameter_name: name,
  parameter_type: 'range',
  parameter_values: { start: 0, end: 2 ** 31 - 1 },
});
const DETAILS: Record<QosKind, object[]> = {
  bandwidth_limit: [range('max_kbps'), range('max_burst_kbps'), choice('direction', ['ingress', 'egress'])],
  dscp_marking: [choice('dscp_mark', DSCP_MARKS)],
  minimum_bandwidth: [range('min_kbps'), choice('direction', ['egress'])],
};

const typeRoutes: Route[] = [
  route({
    operation: 'qos-rule-types:list',
    method: 'GET',
    path: '/qos/rule-types',
    query: AnyQuery,
    // One engine supports them all, so `all_supported` and `all_rules` leave the same list.
    handler: async () => ok({ rule_types: QOS_KINDS.map((type) => ({ type })) }),
  }),
  route({
    operation: 'qos-rule-type:show',
    method: 'GET',
    path: '/qos/rule-types/:type',
    params: Strict({ type: Id }),
    async handler({ params }) {
      const kind = QOS_KINDS.find((one) => one === params.type);
      if (!kind) throw notFound(`QoS rule type ${params.type} could not be found.`, 'QosRuleTypeNotFound');
      const drivers = [{ name: 'ovn', supported_parameters: DETAILS[kind] }];
      return ok({ rule_type: { type: kind, drivers } });
    },
  }),
];

export const qosRuleRoutes: Route[] = [...QOS_KINDS.flatMap(rulesOf), ...typeRoutes];
