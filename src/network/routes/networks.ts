import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { newUuid, type NetworkId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { invalidInput, networkInUse, networkNotFound } from '../errors.ts';
import { ensureDefaultGroup } from '../groups.ts';
import { defaultMtu, parseSegment, largestMtu } from '../provider.ts';
import { claimQuota } from '../quota.ts';
import {
  adminOnly,
  Bool,
  Int,
  projectOf,
  standardCreate,
  standardUpdate,
  toBool,
  toInt,
  isGiven,
} from '../resource/body.ts';
import { newStandard, touched, type Changes } from '../resource/change.ts';
import { bit as bitAttribute, integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import type { NetworksTable } from '../tables.ts';
import { OWNER } from '../tables.ts';

const common = {
  admin_state_up: Type.Optional(Bool),
  shared: Type.Optional(Bool),
  'router:external': Type.Optional(Bool),
  is_default: Type.Optional(Bool),
  port_security_enabled: Type.Optional(Bool),
  mtu: Type.Optional(Nullable(Int)),
};
const CreateBody = Strict({
  ...standardCreate,
  ...common,
  'provider:network_type': Type.Optional(Nullable(Type.String())),
  'provider:physical_network': Type.Optional(Nullable(Type.String())),
  'provider:segmentation_id': Type.Optional(Nullable(Int)),
  availability_zone_hints: Type.Optional(Type.Array(Type.String({ maxLength: 255 }))),
});
const UpdateBody = Strict({ ...standardUpdate, ...common });

const ADMIN_ONLY = [
  'shared',
  'router:external',
  'is_default',
  'provider:network_type',
  'provider:physical_network',
  'provider:segmentation_id',
];

export const networks: Collection<NetworksTable> = {
  singular: 'network',
  plural: 'networks',
  path: 'networks',
  table: 'networks',
  attributes: {
    ...standardAttributes('networks'),
    name: text,
    admin_state_up: bitAttribute,
    shared: bitAttribute,
    status: { kind: 'text', filter: (values) => (values.includes('ACTIVE') ? sql`1 = 1` : sql`1 = 0`) },
    'router:external': { kind: 'bit', column: 'external' },
    is_default: bitAttribute,
    port_security_enabled: bitAttribute,
    mtu: integer,
    'provider:network_type': { kind: 'text', column: 'network_type' },
    'provider:physical_network': { kind: 'text', column: 'physical_network' },
    'provider:segmentation_id': { kind: 'integer', column: 'segmentation_id' },
  },
  visible: (context) => sql`r.project_id = ${context.projectId} or r.shared = 1 or r.external = 1`,
  notFound: networkNotFound,
  render: renderNetworks,
};

export const networkChanges: Changes<NetworksTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: createNetwork },
  update: { body: UpdateBody, run: updateNetwork },
  remove: removeNetwork,
};

async function createNetwork(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const projectId = projectOf(context, body, 'create_network');
  adminOnly(context, body, 'create_network', ADMIN_ONLY);
  await claimQuota(tx, projectId, 'network');
  const segment = await parseSegment(tx.db, {
    type: body['provider:network_type'] ?? null,
    physicalNetwork: body['provider:physical_network'] ?? null,
    segmentationId: !isGiven(body['provider:segmentation_id']) ? null : toInt(body['provider:segmentation_id']),
  });
  const external = toBool(body['router:external'] ?? false, 'router:external');
  const isDefault = toBool(body.is_default ?? false, 'is_default');
  if (isDefault) await clearDefault(tx, external);
  const id = newUuid<'network'>();
  await tx.db
    .insertInto('networks')
    .values({
      id,
      ...newStandard(context, body),
      project_id: projectId,
      name: body.name ?? '',
      admin_state_up: bit(toBool(body.admin_state_up ?? true, 'admin_state_up')),
      shared: bit(toBool(body.shared ?? false, 'shared')),
      external: bit(external),
      is_default: bit(isDefault),
      port_security_enabled: bit(toBool(body.port_security_enabled ?? true, 'port_security_enabled')),
      mtu: mtuOf(body.mtu, segment.network_type),
      dns_domain: '',
      ...segment,
      availability_zone_hints: toJson(body.availability_zone_hints ?? []),
    })
    .execute();
  await ensureDefaultGroup(tx, context, projectId);
  return id;
}

function mtuOf(given: Static<typeof Int> | null | undefined, type: NetworksTable['network_type']): number {
  const mtu = !isGiven(given) ? 0 : toInt(given);
  if (mtu === 0) return defaultMtu(type);
  if (mtu < 68) throw invalidInput(`Requested MTU ${mtu} is too small, minimum is 68`);
  if (mtu > largestMtu(type)) throw invalidInput(`Requested MTU is too big, maximum is ${largestMtu(type)}`);
  return mtu;
}

/** There is one default external network; naming another takes it from the first. */
async function clearDefault(tx: Tx, external: boolean): Promise<void> {
  if (!external) throw badRequest('Only an external network can be the default one.', 'HTTPBadRequest');
  await tx.db.updateTable('networks').set({ is_default: 0 }).where('is_default', '=', 1).execute();
}

async function updateNetwork(
  tx: Tx,
  context: Context,
  row: NetworksTable,
  body: Static<typeof UpdateBody>,
): Promise<void> {
  adminOnly(context, body, 'update_network', ADMIN_ONLY);
  const external = toBool(body['router:external'] ?? row.external === 1, 'router:external');
  const shared = toBool(body.shared ?? row.shared === 1, 'shared');
  if (row.external && !external) await checkNoExternalUse(tx.db, row.id);
  if (row.shared && !shared) await checkNoForeignPorts(tx.db, row);
  const isDefault = toBool(body.is_default ?? row.is_default === 1, 'is_default') && external;
  if (isDefault && !row.is_default) await clearDefault(tx, external);
  await tx.db
    .updateTable('networks')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
      admin_state_up: bit(toBool(body.admin_state_up ?? row.admin_state_up === 1, 'admin_state_up')),
      shared: bit(shared),
      external: bit(external),
      is_default: bit(isDefault),
      port_security_enabled: bit(
        toBool(body.port_security_enabled ?? row.port_security_enabled === 1, 'port_security_enabled'),
      ),
      mtu: body.mtu === undefined ? row.mtu : mtuOf(body.mtu, row.network_type),
    })
    .where('id', '=', row.id)
    .execute();
}

async function checkNoExternalUse(db: Reader, id: NetworkId): Promise<void> {
  const port = await db
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', id)
    .where('device_owner', 'in', [OWNER.routerGateway, OWNER.floatingIp])
    .executeTakeFirst();
  if (port) {
    throw conflict(
      `External network ${id} cannot be updated to be made non-external, since it has existing gateway ports.`,
      'ExternalNetworkInUse',
    );
  }
}

async function checkNoForeignPorts(db: Reader, row: NetworksTable): Promise<void> {
  const port = await db
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', row.id)
    .where('project_id', 'not in', [row.project_id, ''])
    .executeTakeFirst();
  if (port) {
    throw conflict(
      `Unable to reconfigure sharing settings for network ${row.id}. Multiple tenants are using it.`,
      'InvalidSharedSetting',
    );
  }
}

async function removeNetwork(tx: Tx, _context: Context, row: NetworksTable): Promise<void> {
  const used = await tx.db
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', row.id)
    .where('device_owner', '<>', OWNER.metadata)
    .executeTakeFirst();
  if (used) throw networkInUse(row.id);
  const subnets = tx.db.selectFrom('subnets').select('id').where('network_id', '=', row.id);
  const ports = tx.db.selectFrom('ports').select('id').where('network_id', '=', row.id);
  await tx.db
    .deleteFrom('network_tags')
    .where((match) => match.or([match('resource_id', 'in', subnets), match('resource_id', 'in', ports)]))
    .execute();
  await tx.db.deleteFrom('ports').where('network_id', '=', row.id).execute();
  await tx.db.deleteFrom('subnets').where('network_id', '=', row.id).execute();
  await tx.db.deleteFrom('networks').where('id', '=', row.id).execute();
}

async function renderNetworks(db: Reader, context: Context, rows: readonly NetworksTable[]) {
  const ids = rows.map((row) => row.id);
  const subnets =
    ids.length === 0
      ? []
      : await db
          .selectFrom('subnets')
          .select(['id', 'network_id', 'ip_version'])
          .where('network_id', 'in', ids)
          .orderBy('created_at')
          .execute();
  return rows.map((row) => ({
    name: row.name,
    admin_state_up: row.admin_state_up === 1,
    status: 'ACTIVE',
    shared: row.shared === 1,
    'router:external': row.external === 1,
    ...(row.external && { is_default: row.is_default === 1 }),
    subnets: subnets.filter((subnet) => subnet.network_id === row.id).map((subnet) => subnet.id),
    mtu: row.mtu,
    port_security_enabled: row.port_security_enabled === 1,
    availability_zone_hints: fromJson<string[]>(row.availability_zone_hints),
    availability_zones: ['nova'],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    ...(context.isAdmin && {
      'provider:network_type': row.network_type,
      'provider:physical_network': row.physical_network,
      'provider:segmentation_id': row.segmentation_id,
    }),
  }));
}
