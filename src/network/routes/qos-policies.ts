import { Type, type Static } from 'typebox';
import type { Context } from '../../http/context.ts';
import { newUuid } from '../../core/ids.ts';
import { Strict } from '../../http/schemas.ts';
import { parseBool } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { sql } from 'kysely';
import { conflict } from '../../core/errors.ts';
import { checkPolicyUnused, qosPolicyNotFound } from '../qos.ts';
import { renderRule } from '../qos-rules.ts';
import { checkStillOpen, openToAll, ownOrOpened, sharedAttribute, sharedWith } from '../rbac.ts';
import { Bool, projectOf, standardCreate, standardUpdate, toBool } from '../resource/body.ts';
import { newStandard, touched, type Changes } from '../resource/change.ts';
import { standardAttributes, text, type Collection } from '../resource/collection.ts';
import type { QosPoliciesTable } from '../tables.ts';

const common = { shared: Type.Optional(Bool), is_default: Type.Optional(Bool) };
const CreateBody = Strict({ ...standardCreate, ...common });
const UpdateBody = Strict({ ...standardUpdate, ...common });

/** https://docs.openstack.org/api-ref/network/v2/#quality-of-service */
export const qosPolicies: Collection<QosPoliciesTable> = {
  singular: 'policy',
  plural: 'policies',
  path: 'qos/policies',
  table: 'qos_policies',
  operations: { one: 'qos-policy', many: 'qos-policies' },
  attributes: {
    ...standardAttributes('qos/policies'),
    name: text,
    shared: sharedAttribute,
    is_default: {
      kind: 'bit',
      filter: (values) => {
        const one = sql`exists (select 1 from qos_defaults d where d.qos_policy_id = r.id)`;
        return values.some((value) => parseBool(value) === true) ? one : sql`not ${one}`;
      },
    },
  },
  visible: ownOrOpened,
  notFound: qosPolicyNotFound,
  render: renderPolicies,
};

/** Neutron leaves policies to administrators, who share them with projects; a limit that one sets oneself is none. */
export const qosPolicyChanges: Changes<QosPoliciesTable, typeof CreateBody, typeof UpdateBody> = {
  adminOnly: true,
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  async remove(tx, _context, row) {
    await checkPolicyUnused(tx.db, row.id);
    await tx.db.deleteFrom('qos_policies').where('id', '=', row.id).execute();
  },
};

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const row = {
    id: newUuid(),
    ...newStandard(context, body),
    project_id: projectOf(context, body),
    name: body.name ?? '',
  };
  await tx.db.insertInto('qos_policies').values(row).execute();
  if (toBool(body.shared ?? false, 'shared')) {
    await openToAll(tx, context, 'qos_policy', row, 'access_as_shared', true);
  }
  if (toBool(body.is_default ?? false, 'is_default')) await makeDefault(tx, row);
  return row.id;
}

async function update(tx: Tx, context: Context, row: QosPoliciesTable, body: Static<typeof UpdateBody>): Promise<void> {
  await tx.db
    .updateTable('qos_policies')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
    })
    .where('id', '=', row.id)
    .execute();
  if (body.shared !== undefined) {
    const shared = toBool(body.shared, 'shared');
    await openToAll(tx, context, 'qos_policy', row, 'access_as_shared', shared);
    if (!shared) await checkStillOpen(tx, 'qos_policy', 'access_as_shared', row);
  }
  if (body.is_default === undefined) return;
  if (toBool(body.is_default, 'is_default')) await makeDefault(tx, row);
  else await tx.db.deleteFrom('qos_defaults').where('qos_policy_id', '=', row.id).execute();
}

async function makeDefault(tx: Tx, row: Pick<QosPoliciesTable, 'id' | 'project_id'>): Promise<void> {
  const other = await tx.db
    .selectFrom('qos_defaults')
    .select('qos_policy_id')
    .where('project_id', '=', row.project_id)
    .executeTakeFirst();
  if (other && other.qos_policy_id !== row.id) {
    throw conflict(
      `A default QoS policy exists for project ${row.project_id}: ${other.qos_policy_id}.`,
      'QoSPolicyDefaultAlreadyExists',
    );
  }
  await tx.db
    .insertInto('qos_defaults')
    .values({ project_id: row.project_id, qos_policy_id: row.id })
    .onConflict((clash) => clash.doNothing())
    .execute();
}

async function renderPolicies(db: Reader, context: Context, rows: readonly QosPoliciesTable[]) {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const shared = await sharedWith(db, context, ids);
  const rules = await db
    .selectFrom('qos_rules')
    .selectAll()
    .where('qos_policy_id', 'in', ids)
    .orderBy('kind')
    .orderBy('direction')
    .execute();
  const defaults = await db.selectFrom('qos_defaults').selectAll().where('qos_policy_id', 'in', ids).execute();
  const rulesOf = Map.groupBy(rules, (rule) => rule.qos_policy_id);
  return rows.map((row) => ({
    name: row.name,
    shared: shared.has(row.id),
    is_default: defaults.some((one) => one.qos_policy_id === row.id),
    rules: (rulesOf.get(row.id) ?? []).map((rule) => ({
      ...renderRule(rule),
      qos_policy_id: rule.qos_policy_id,
      type: rule.kind,
    })),
  }));
}
