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
import { scopesOfNetworks } from '../address-scopes.ts';
import { parseDomain } from '../dns.ts';
import { deletePort } from '../ports.ts';
import { defaultMtu, parseSegment, largestMtu, type GivenSegment } from '../provider.ts';
import { defaultPolicyId, policyFor } from '../qos.ts';
import { claimQuota } from '../quota.ts';
import { checkStillOpen, openToAll, ownOrOpened, sharedAttribute, sharedWith } from '../rbac.ts';
import { addSegment, insertSegment, segmentsOf } from '../segments.ts';
import { checkZones } from '../zones.ts';
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
  Uuid,
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
  dns_domain: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  qos_policy_id: Type.Optional(Nullable(Uuid)),
};
const wire = {
  'provider:network_type': Type.Optional(Nullable(Type.String())),
  'provider:physical_network': Type.Optional(Nullable(Type.String())),
  'provider:segmentation_id': Type.Optional(Nullable(Int)),
};
const CreateBody = Strict({
  ...standardCreate,
  ...common,
  ...wire,
  segments: Type.Optional(Type.Array(Strict(wire), { minItems: 1, maxItems: 64 })),
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
  'segments',
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
    shared: sharedAttribute,
    status: { kind: 'text', filter: (values) => (values.includes('ACTIVE') ? sql`1 = 1` : sql`1 = 0`) },
    'router:external': { kind: 'bit', column: 'external' },
    is_default: bitAttribute,
    port_security_enabled: bitAttribute,
    mtu: integer,
    dns_domain: text,
    qos_policy_id: text,
    'provider:network_type': { kind: 'text', column: 'network_type' },
    'provider:physical_network': { kind: 'text', column: 'physical_network' },
    'provider:segmentation_id': { kind: 'integer', column: 'segmentation_id' },
  },
  visible: ownOrOpened,
  notFound: networkNotFound,
  render: renderNetworks,
};

export const networkChanges: Changes<NetworksTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: createNetwork },
  update: { body: UpdateBody, run: updateNetwork },
  remove: removeNetwork,
};

async function createNetwork(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const projectId = projectOf(context, body);
  adminOnly(context, body, 'create_network', ADMIN_ONLY);
  await claimQuota(tx, projectId, 'network');
  const [first = body, ...further] = body.segments ?? [];
  if (body.segments && Object.keys(wire).some((name) => isGiven(body[name as keyof typeof wire]))) {
    throw badRequest('Segments and provider values cannot both be set.', 'SegmentsSetInConjunctionWithProviders');
  }
  const segment = await parseSegment(tx.db, wireOf(first));
  const external = toBool(body['router:external'] ?? false, 'router:external');
  const shared = toBool(body.shared ?? false, 'shared');
  const isDefault = toBool(body.is_default ?? false, 'is_default');
  if (isDefault) await clearDefault(tx, external);
  checkZones(body.availability_zone_hints ?? []);
  const id = newUuid<'network'>();
  const object = { id, project_id: projectId };
  await tx.db
    .insertInto('networks')
    .values({
      ...object,
      ...newStandard(context, body),
      name: body.name ?? '',
      admin_state_up: bit(toBool(body.admin_state_up ?? true, 'admin_state_up')),
      shared: bit(shared),
      external: bit(external),
      is_default: bit(isDefault),
      port_security_enabled: bit(toBool(body.port_security_enabled ?? true, 'port_security_enabled')),
      mtu: mtuOf(body.mtu, segment.network_type),
      dns_domain: parseDomain(body.dns_domain ?? ''),
      ...segment,
      availability_zone_hints: toJson(body.availability_zone_hints ?? []),
      qos_policy_id:
        body.qos_policy_id === undefined
          ? await defaultPolicyId(tx.db, projectId)
          : await policyFor(tx.db, context, body.qos_policy_id),
    })
    .execute();
  await insertSegment(tx, context, { ...object, network_id: id, name: null, ...segment });
  for (const one of further) await addSegment(tx, context, object, { ...wireOf(one), name: null });
  if (shared) await openToAll(tx, context, 'network', object, 'access_as_shared', true);
  if (external) await openToAll(tx, context, 'network', object, 'access_as_external', true);
  await ensureDefaultGroup(tx, context, projectId);
  return id;
}

const wireOf = (body: Partial<Pick<Static<typeof CreateBody>, keyof typeof wire>>): GivenSegment => ({
  type: body['provider:network_type'] ?? null,
  physicalNetwork: body['provider:physical_network'] ?? null,
  segmentationId: !isGiven(body['provider:segmentation_id']) ? null : toInt(body['provider:segmentation_id']),
});

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
  await setSharing(tx, context, row, shared, external);
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
      ...(body.dns_domain !== undefined && { dns_domain: parseDomain(body.dns_domain ?? '') }),
      ...(body.qos_policy_id !== undefined && {
        qos_policy_id: await policyFor(tx.db, context, body.qos_policy_id, row.qos_policy_id),
      }),
    })
    .where('id', '=', row.id)
    .execute();
}

async function setSharing(
  tx: Tx,
  context: Context,
  row: NetworksTable,
  shared: boolean,
  external: boolean,
): Promise<void> {
  if (shared !== (row.shared === 1)) {
    await openToAll(tx, context, 'network', row, 'access_as_shared', shared);
    if (!shared) await checkStillOpen(tx, 'network', 'access_as_shared', row, otherProjectsUse);
  }
  if (external && !row.external) await openToAll(tx, context, 'network', row, 'access_as_external', true);
  if (!external && row.external) {
    await tx.db
      .deleteFrom('network_rbac')
      .where('object_id', '=', row.id)
      .where('action', '=', 'access_as_external')
      .execute();
  }
}

const otherProjectsUse = (id: string) =>
  conflict(
    `Unable to reconfigure sharing settings for network ${id}. Multiple tenants are using it.`,
    'InvalidSharedSetting',
  );

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

async function removeNetwork(tx: Tx, context: Context, row: NetworksTable): Promise<void> {
  await releaseUnused(tx, context, row.id);
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

/** Floating addresses that lead nowhere do not keep their network, as with Neutron. */
async function releaseUnused(tx: Tx, context: Context, id: NetworkId): Promise<void> {
  const unused = await tx.db
    .selectFrom('floating_ips')
    .select(['id', 'floating_port_id'])
    .where('floating_network_id', '=', id)
    .where('port_id', 'is', null)
    .where('id', 'not in', (query) => query.selectFrom('port_forwardings').select('floating_ip_id'))
    .execute();
  for (const one of unused) {
    await tx.db.deleteFrom('floating_ips').where('id', '=', one.id).execute();
    await tx.db.deleteFrom('network_tags').where('resource_id', '=', one.id).execute();
    await deletePort(tx, context, one.floating_port_id);
  }
}

async function renderNetworks(db: Reader, context: Context, rows: readonly NetworksTable[]) {
  const ids = rows.map((row) => row.id);
  const subnets =
    ids.length === 0
      ? []
      : await db
          .selectFrom('subnets')
          .select(['id', 'network_id', 'ip_version', 'segment_id'])
          .where('network_id', 'in', ids)
          .orderBy('created_at')
          .execute();
  const shared = await sharedWith(db, context, ids);
  const scopes = await scopesOfNetworks(db, ids);
  const segments = Map.groupBy(context.isAdmin ? await segmentsOf(db, ids) : [], (one) => one.network_id);
  return rows.map((row) => ({
    name: row.name,
    admin_state_up: row.admin_state_up === 1,
    status: 'ACTIVE',
    shared: shared.has(row.id),
    'router:external': row.external === 1,
    ...(row.external && { is_default: row.is_default === 1 }),
    subnets: subnets.filter((subnet) => subnet.network_id === row.id).map((subnet) => subnet.id),
    mtu: row.mtu,
    port_security_enabled: row.port_security_enabled === 1,
    availability_zone_hints: fromJson<string[]>(row.availability_zone_hints),
    availability_zones: ['nova'],
    dns_domain: row.dns_domain,
    qos_policy_id: row.qos_policy_id,
    ipv4_address_scope: scopes.get(`${row.id} 4`) ?? null,
    ipv6_address_scope: scopes.get(`${row.id} 6`) ?? null,
    // Hosts of a routed network reach each other by way of a router, and not as neighbours.
    l2_adjacency: !subnets.some((subnet) => subnet.network_id === row.id && subnet.segment_id !== null),
    ...(context.isAdmin && wires(row, segments.get(row.id) ?? [])),
  }));
}

type Wire = Pick<NetworksTable, 'network_type' | 'physical_network' | 'segmentation_id'>;

/** One wire is told by attributes of the network, several by a list (Neutron's extension multi-provider). */
function wires(row: Wire, segments: readonly Wire[]) {
  const shown = (one: Wire) => ({
    'provider:network_type': one.network_type,
    'provider:physical_network': one.physical_network,
    'provider:segmentation_id': one.segmentation_id,
  });
  return segments.length > 1 ? { segments: segments.map(shown) } : shown(row);
}
