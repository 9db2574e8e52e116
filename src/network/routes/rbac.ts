import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { newUuid, type NetworkId, type ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Strict } from '../../http/schemas.ts';
import { bit } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { invalidInput, notAuthorized } from '../errors.ts';
import { claimQuota } from '../quota.ts';
import { checkStillOpen, EVERYBODY, isKnownAction, isSharedWith } from '../rbac.ts';
import { projectOf, Uuid } from '../resource/body.ts';
import { newStandard, touched, type Changes } from '../resource/change.ts';
import { ownRows, standardAttributes, text, type Collection } from '../resource/collection.ts';
import type { NetworkRbacTable, SharedType } from '../tables.ts';

/** The table of each kind of object that can be shared. */
const TABLES: Record<SharedType, string> = {
  network: 'networks',
  qos_policy: 'qos_policies',
  security_group: 'security_groups',
  address_scope: 'address_scopes',
  subnetpool: 'subnet_pools',
  address_group: 'address_groups',
};
const Target = Type.String({ minLength: 1, maxLength: 255 });
const CreateBody = Strict({
  object_type: Type.String({ maxLength: 64 }),
  object_id: Uuid,
  action: Type.String({ maxLength: 64 }),
  target_tenant: Target,
  project_id: Type.Optional(Type.String({ maxLength: 255 })),
  tenant_id: Type.Optional(Type.String({ maxLength: 255 })),
});
const UpdateBody = Strict({ target_tenant: Type.Optional(Target) });

const { id, project_id, tenant_id } = standardAttributes('rbac-policies');

/** https://docs.openstack.org/api-ref/network/v2/#rbac-policies */
export const rbacPolicies: Collection<NetworkRbacTable> = {
  singular: 'rbac_policy',
  plural: 'rbac_policies',
  path: 'rbac-policies',
  table: 'network_rbac',
  without: ['description', 'revision_number', 'created_at', 'updated_at', 'tags'],
  attributes: {
    ...(id && project_id && tenant_id && { id, project_id, tenant_id }),
    object_type: text,
    object_id: text,
    action: text,
    target_tenant: { kind: 'text', column: 'target_project' },
    target_project: { kind: 'text', column: 'target_project' },
  },
  visible: ownRows,
  notFound: (wanted) => notFound(`RBAC policy of type * with ID ${wanted} not found`, 'RbacPolicyNotFound'),
  render: async (_db, _context, rows) =>
    rows.map((row) => ({
      object_type: row.object_type,
      object_id: row.object_id,
      action: row.action,
      target_tenant: row.target_project,
    })),
};

export const rbacChanges: Changes<NetworkRbacTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  remove,
};

const isSharedType = (name: string): name is SharedType => Object.hasOwn(TABLES, name);

async function objectOf(db: Reader, type: SharedType, wanted: string) {
  const { rows } = await sql<{ id: string; project_id: ProjectId }>`select id, project_id
    from ${sql.table(TABLES[type])} where id = ${wanted}`.execute(db);
  return rows[0] ?? null;
}

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const { object_type: type, action, target_tenant: target } = body;
  const projectId = projectOf(context, body);
  if (!isSharedType(type)) {
    throw badRequest(
      `Invalid input for object_type. Reason: '${type}' is none of ${Object.keys(TABLES).join(', ')}.`,
      'HTTPBadRequest',
    );
  }
  if (!isKnownAction(type, action)) {
    throw badRequest(`Invalid action '${action}' for object type '${type}'.`, 'InvalidInput');
  }
  checkTarget(context, target, 'create_rbac_policy');
  const object = await objectOf(tx.db, type, body.object_id);
  // Who does not own it learns nothing of it.
  if (!object || !(context.isAdmin || object.project_id === context.projectId)) {
    throw invalidInput(`Only admins can manipulate policies on objects they do not own: ${type} ${body.object_id}`);
  }
  const same = await tx.db
    .selectFrom('network_rbac')
    .select('id')
    .where('object_id', '=', object.id)
    .where('action', '=', action)
    .where('target_project', '=', target)
    .executeTakeFirst();
  if (same) throw conflict('An RBAC policy already exists with those values.', 'DuplicateRbacPolicy');
  if (type === 'subnetpool') await checkScopeOpen(tx.db, context, object.id, target);
  await claimQuota(tx, projectId, 'rbac_policy');
  const row: NetworkRbacTable = {
    id: newUuid(),
    ...newStandard(context, {}),
    project_id: projectId,
    object_type: type,
    object_id: object.id,
    action,
    target_project: target,
  };
  await tx.db.insertInto('network_rbac').values(row).execute();
  await touchObject(tx, context, row);
  await follow(tx, row);
  return row.id;
}

/** Who gets a pool needs to see its address scope, or would have subnets that belong nowhere. Throws ApiError 400. */
async function checkScopeOpen(db: Reader, context: Context, poolId: string, target: string): Promise<void> {
  const scope = await db
    .selectFrom('subnet_pools')
    .innerJoin('address_scopes', 'address_scopes.id', 'subnet_pools.address_scope_id')
    .select(['address_scopes.id', 'address_scopes.project_id'])
    .where('subnet_pools.id', '=', poolId)
    .executeTakeFirst();
  if (!scope || context.isAdmin || scope.project_id === target) return;
  if (await isSharedWith(db, { projectId: target }, scope.id)) return;
  throw badRequest(
    `Invalid input for operation: project ${target} has no access to address scope ${scope.id} of subnet pool ${poolId}.`,
    'InvalidInput',
  );
}

/** Who is told that everybody may have something is for administrators to decide. */
function checkTarget(context: Context, target: string, operation: string): void {
  if (!context.isAdmin && target === EVERYBODY) throw notAuthorized(`${operation}:target_tenant`);
}

async function update(tx: Tx, context: Context, row: NetworkRbacTable, body: Static<typeof UpdateBody>): Promise<void> {
  const target = body.target_tenant ?? row.target_project;
  if (target === row.target_project) return;
  checkTarget(context, target, 'update_rbac_policy');
  const same = await tx.db
    .selectFrom('network_rbac')
    .select('id')
    .where('object_id', '=', row.object_id)
    .where('action', '=', row.action)
    .where('target_project', '=', target)
    .executeTakeFirst();
  if (same) throw conflict('An RBAC policy already exists with those values.', 'DuplicateRbacPolicy');
  await tx.db
    .updateTable('network_rbac')
    .set({ ...touched(context, row), target_project: target })
    .where('id', '=', row.id)
    .execute();
  await touchObject(tx, context, row);
  await settle(tx, row);
}

async function remove(tx: Tx, context: Context, row: NetworkRbacTable): Promise<void> {
  await tx.db.deleteFrom('network_rbac').where('id', '=', row.id).execute();
  await touchObject(tx, context, row);
  await settle(tx, row);
}

/** Who may use it is a part of what an object is: its revision moves on. */
async function touchObject(tx: Tx, context: Context, row: NetworkRbacTable): Promise<void> {
  await tx.db
    .updateTable(TABLES[row.object_type] as 'networks')
    .set((eb) => ({ revision_number: eb('revision_number', '+', 1), updated_at: context.now }))
    .where('id', '=', row.object_id as NetworkId)
    .execute();
}

/** What must hold once a policy is gone or points elsewhere. */
async function settle(tx: Tx, row: NetworkRbacTable): Promise<void> {
  if (row.object_type === 'network') await checkNotDefault(tx.db, row);
  const object = await objectOf(tx.db, row.object_type, row.object_id);
  if (!object) throw invalidInput(`the object ${row.object_id} is gone`);
  await checkStillOpen(tx, row.object_type, row.action, object);
  await follow(tx, row);
}

/** The default external network is there for everybody: that is what it means. */
async function checkNotDefault(db: Reader, row: NetworkRbacTable): Promise<void> {
  if (row.action !== 'access_as_external' || row.target_project !== EVERYBODY) return;
  const network = await db
    .selectFrom('networks')
    .select('is_default')
    .where('id', '=', row.object_id)
    .executeTakeFirst();
  if (network?.is_default !== 1) return;
  throw conflict(
    `RBAC policy on object ${row.object_id} cannot be removed because it is the default external network.`,
    'RbacPolicyInUse',
  );
}

/** Keeps the flags in the objects' own rows, by which whole tables are searched, in step with their policies. */
async function follow(tx: Tx, row: NetworkRbacTable): Promise<void> {
  const all = await tx.db
    .selectFrom('network_rbac')
    .select(['target_project', 'action'])
    .where('object_id', '=', row.object_id)
    .execute();
  const shared = bit(all.some((one) => one.action === 'access_as_shared' && one.target_project === EVERYBODY));
  const external = bit(all.some((one) => one.action === 'access_as_external'));
  const own = { network: 'networks', subnetpool: 'subnet_pools', security_group: 'security_groups' } as const;
  if (row.object_type === 'network') {
    await tx.db.updateTable('networks').set({ shared, external }).where('id', '=', row.object_id).execute();
  } else if (row.object_type === 'subnetpool' || row.object_type === 'security_group') {
    await tx.db.updateTable(own[row.object_type]).set({ shared }).where('id', '=', row.object_id).execute();
  }
}
