import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, conflict } from '../../core/errors.ts';
import { newUuid, type NetworkId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, parseBool, Strict } from '../../http/schemas.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { formatCidr, overlaps, parseIp } from '../address.ts';
import { cidrOfSubnet, isAutomatic, subnetsOf, takeAddresses } from '../allocation.ts';
import { invalidInput, notAuthorized, subnetInUse, subnetNotFound } from '../errors.ts';
import { syncMetadataPort } from '../metadata-port.ts';
import { checkGatewayOutsidePools, parseGateway, parsePools, poolColumns, type Pool } from '../pools.ts';
import { claimQuota } from '../quota.ts';
import {
  Address,
  adminOnly,
  Bool,
  Int,
  NullableArray,
  Pools,
  projectOf,
  Route,
  standardCreate,
  standardUpdate,
  toBool,
  Uuid,
  isGiven,
} from '../resource/body.ts';
import { newStandard, touched, type Changes } from '../resource/change.ts';
import { bit as bitAttribute, integer, standardAttributes, text, type Collection } from '../resource/collection.ts';
import { findRow } from '../resource/list.ts';
import {
  checkDhcp,
  checkIpv6Modes,
  ipText,
  parseHostRoutes,
  parseNameservers,
  parseSubnetCidr,
  planRanges,
} from '../subnet-input.ts';
import { OWNER, type NetworksTable, type PortsTable, type SubnetsTable } from '../tables.ts';
import { checkOneScope, cutFromPool } from '../subnet-pool.ts';
import { reachOf } from '../routed.ts';
import { changeSegment, segmentFor } from '../segments.ts';
import { networks } from './networks.ts';

const Mode = Nullable(
  Type.Union([Type.Literal('slaac'), Type.Literal('dhcpv6-stateful'), Type.Literal('dhcpv6-stateless')]),
);
const common = {
  gateway_ip: Type.Optional(Nullable(Address)),
  allocation_pools: Type.Optional(Nullable(Pools)),
  dns_nameservers: Type.Optional(NullableArray(Address)),
  host_routes: Type.Optional(NullableArray(Route)),
  enable_dhcp: Type.Optional(Bool),
  dns_publish_fixed_ip: Type.Optional(Bool),
  service_types: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }))),
  segment_id: Type.Optional(Nullable(Uuid)),
};
const CreateBody = Strict({
  ...standardCreate,
  ...common,
  network_id: Uuid,
  ip_version: Type.Optional(Int),
  cidr: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
  subnetpool_id: Type.Optional(Nullable(Type.String({ maxLength: 36 }))),
  use_default_subnetpool: Type.Optional(Bool),
  prefixlen: Type.Optional(Int),
  ipv6_ra_mode: Type.Optional(Mode),
  ipv6_address_mode: Type.Optional(Mode),
});
const UpdateBody = Strict({ ...standardUpdate, ...common });
const ADMIN_ONLY = ['segment_id'];

export const subnets: Collection<SubnetsTable> = {
  singular: 'subnet',
  plural: 'subnets',
  path: 'subnets',
  table: 'subnets',
  attributes: {
    ...standardAttributes('subnets'),
    name: text,
    network_id: text,
    ip_version: integer,
    cidr: text,
    gateway_ip: text,
    enable_dhcp: bitAttribute,
    ipv6_ra_mode: text,
    ipv6_address_mode: text,
    subnetpool_id: text,
    dns_publish_fixed_ip: bitAttribute,
    segment_id: text,
    shared: {
      kind: 'bit',
      filter: (values, context) => {
        const shared = sql`exists (select 1 from network_rbac a where a.object_id = r.network_id
          and a.action = 'access_as_shared' and a.target_project in ('*', ${context.projectId}))`;
        return values.some((value) => parseBool(value) === true) ? shared : sql`not ${shared}`;
      },
    },
    'router:external': {
      kind: 'bit',
      filter: (values) =>
        sql`(select n.external from networks n where n.id = r.network_id) = ${bit(values.some((value) => parseBool(value) === true))}`,
    },
  },
  visible: (context) => sql`r.project_id = ${context.projectId} or exists (select 1 from networks n
    where n.id = r.network_id and n.project_id = ${context.projectId}) or exists (select 1 from network_rbac a
    where a.object_id = r.network_id and a.action = 'access_as_shared'
      and a.target_project in ('*', ${context.projectId}))`,
  notFound: subnetNotFound,
  render: renderSubnets,
};

export const subnetChanges: Changes<SubnetsTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: createSubnet },
  update: { body: UpdateBody, run: updateSubnet },
  remove: removeSubnet,
};

async function createSubnet(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const network = await findRow(tx.db, context, networks, body.network_id);
  if (!context.isAdmin && network.project_id !== context.projectId) throw notAuthorized('create_subnet');
  adminOnly(context, body, 'create_subnet', ADMIN_ONLY);
  const projectId = projectOf(context, body);
  await claimQuota(tx, projectId, 'subnet');
  const version = ipVersionOf(body);
  const { cidr, poolId } = await chooseCidr(tx, context, body, version);
  const cidrText = formatCidr(cidr);
  const dhcp = toBool(body.enable_dhcp ?? true, 'enable_dhcp');
  const modes = { ipv6_ra_mode: body.ipv6_ra_mode ?? null, ipv6_address_mode: body.ipv6_address_mode ?? null };
  checkIpv6Modes(version, cidr, dhcp, modes.ipv6_ra_mode, modes.ipv6_address_mode);
  checkDhcp(cidr, dhcp);
  await checkNoOverlap(tx.db, network.id, cidr);
  await checkOneScope(tx.db, network.id, version, poolId);
  const { gateway, pools } = planRanges(cidr, cidrText, body.gateway_ip, body.allocation_pools ?? undefined);
  const row: SubnetsTable = {
    id: newUuid<'subnet'>(),
    ...newStandard(context, body),
    project_id: projectId,
    network_id: network.id,
    name: body.name ?? '',
    ip_version: version,
    cidr: cidrText,
    gateway_ip: ipText(gateway),
    enable_dhcp: bit(dhcp),
    ...modes,
    dns_nameservers: toJson(parseNameservers(body.dns_nameservers ?? [])),
    host_routes: toJson(parseHostRoutes(body.host_routes ?? [], version)),
    dns_publish_fixed_ip: bit(toBool(body.dns_publish_fixed_ip ?? false, 'dns_publish_fixed_ip')),
    service_types: toJson(body.service_types ?? []),
    subnetpool_id: poolId,
    segment_id: await segmentFor(tx.db, network.id, body.segment_id ?? null),
  };
  await tx.db.insertInto('subnets').values(row).execute();
  await insertPools(tx, row, pools);
  if (isAutomatic(row)) await addAutomaticAddresses(tx, row);
  await syncMetadataPort(tx, context, network);
  await touchNetwork(tx, context, network.id);
  return row.id;
}

function ipVersionOf(body: Static<typeof CreateBody>): 4 | 6 {
  const version = Number(body.ip_version ?? (body.cidr?.includes(':') ? 6 : 4));
  if (version !== 4 && version !== 6) throw invalidInput(`ip_version must be 4 or 6, not ${version}`);
  return version;
}

async function chooseCidr(tx: Tx, context: Context, body: Static<typeof CreateBody>, version: 4 | 6) {
  const useDefault = toBool(body.use_default_subnetpool ?? false, 'use_default_subnetpool');
  const poolId = body.subnetpool_id ?? null;
  if (poolId === null && !useDefault) {
    if (!isGiven(body.cidr)) {
      throw badRequest('Bad subnets request: a subnetpool must be specified in the absence of a cidr.', 'BadRequest');
    }
    return { cidr: parseSubnetCidr(body.cidr, version), poolId: null };
  }
  return cutFromPool(tx, context, {
    poolId,
    version,
    cidr: !isGiven(body.cidr) ? null : parseSubnetCidr(body.cidr, version),
    prefixLength: body.prefixlen === undefined ? null : Number(body.prefixlen),
    projectId: projectOf(context, body),
  });
}

async function checkNoOverlap(db: Reader, networkId: NetworkId, cidr: ReturnType<typeof cidrOfSubnet>): Promise<void> {
  for (const other of await subnetsOf(db, networkId)) {
    if (overlaps(cidrOfSubnet(other), cidr)) {
      throw invalidInput(
        `Requested subnet with cidr: ${formatCidr(cidr)} for network: ${networkId} overlaps with another subnet (${other.cidr}, ${other.id})`,
      );
    }
  }
}

async function insertPools(tx: Tx, subnet: SubnetsTable, pools: readonly Pool[]): Promise<void> {
  await tx.db.deleteFrom('subnet_allocation_pools').where('subnet_id', '=', subnet.id).execute();
  if (pools.length === 0) return;
  await tx.db
    .insertInto('subnet_allocation_pools')
    .values(pools.map((pool) => ({ subnet_id: subnet.id, ...poolColumns(pool) })))
    .execute();
}

/** Ports that are there already configure themselves from the new router advertisements, and Neutron records it. */
async function addAutomaticAddresses(tx: Tx, subnet: SubnetsTable): Promise<void> {
  const ports = await tx.db
    .selectFrom('ports')
    .selectAll()
    .where('network_id', '=', subnet.network_id)
    .where('device_owner', 'not in', Object.values(OWNER))
    .execute();
  for (const port of ports) {
    // On a routed network only the ports of the same wire hear the advertisements.
    if (!(await reaches(tx.db, port, subnet))) continue;
    const { last } = await tx.db
      .selectFrom('port_addresses')
      .select((row) => row.fn.max('position').as('last'))
      .where('port_id', '=', port.id)
      .executeTakeFirstOrThrow();
    await takeAddresses(tx, port, [{ kind: 'eui64', subnet }], Number(last ?? -1) + 1);
  }
}

async function reaches(db: Reader, port: PortsTable, subnet: SubnetsTable): Promise<boolean> {
  if (subnet.segment_id === null) return true;
  const at = { hostId: port.binding_host_id, owner: port.device_owner };
  const { subnets: near, deferred } = await reachOf(db, subnet.network_id, at);
  return !deferred && near.some((one) => one.id === subnet.id);
}

async function updateSubnet(
  tx: Tx,
  context: Context,
  row: SubnetsTable,
  body: Static<typeof UpdateBody>,
): Promise<void> {
  adminOnly(context, body, 'update_subnet', ADMIN_ONLY);
  const cidr = cidrOfSubnet(row);
  const dhcp = toBool(body.enable_dhcp ?? row.enable_dhcp === 1, 'enable_dhcp');
  checkIpv6Modes(row.ip_version, cidr, dhcp, row.ipv6_ra_mode, row.ipv6_address_mode);
  if (body.enable_dhcp !== undefined) checkDhcp(cidr, dhcp);
  const gateway = body.gateway_ip === undefined ? row.gateway_ip : await newGateway(tx.db, row, body.gateway_ip);
  const pools = !isGiven(body.allocation_pools)
    ? await poolsOf(tx.db, row)
    : parsePools(body.allocation_pools, cidr, row.cidr);
  const gatewayIp = gateway === null ? null : parseIp(gateway);
  if (gatewayIp) checkGatewayOutsidePools(gatewayIp, pools);
  if (isGiven(body.allocation_pools)) await insertPools(tx, row, pools);
  await tx.db
    .updateTable('subnets')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
      gateway_ip: gateway,
      enable_dhcp: bit(dhcp),
      ...(body.dns_nameservers !== undefined && {
        dns_nameservers: toJson(parseNameservers(body.dns_nameservers ?? [])),
      }),
      ...(body.host_routes !== undefined && {
        host_routes: toJson(parseHostRoutes(body.host_routes ?? [], row.ip_version)),
      }),
      dns_publish_fixed_ip: bit(
        toBool(body.dns_publish_fixed_ip ?? row.dns_publish_fixed_ip === 1, 'dns_publish_fixed_ip'),
      ),
      ...(body.service_types && { service_types: toJson(body.service_types) }),
      ...(body.segment_id !== undefined && { segment_id: await changeSegment(tx.db, row, body.segment_id) }),
    })
    .where('id', '=', row.id)
    .execute();
  await touchNetwork(tx, context, row.network_id);
  if (dhcp !== (row.enable_dhcp === 1)) await syncMetadataPort(tx, context, await networkOf(tx.db, row));
}

/** A network's revision moves with its subnets, as Neutron's does. */
async function touchNetwork(tx: Tx, context: Context, id: NetworkId): Promise<void> {
  await tx.db
    .updateTable('networks')
    .set((row) => ({ revision_number: row('revision_number', '+', 1), updated_at: context.now }))
    .where('id', '=', id)
    .execute();
}

async function newGateway(db: Reader, row: SubnetsTable, text: string | null): Promise<string | null> {
  const gateway = text === null ? null : ipText(parseGateway(text, cidrOfSubnet(row)));
  if (row.gateway_ip === null || gateway === row.gateway_ip) return gateway;
  const holder = await db
    .selectFrom('port_addresses')
    .innerJoin('ports', 'ports.id', 'port_addresses.port_id')
    .select('ports.id')
    .where('port_addresses.subnet_id', '=', row.id)
    .where('port_addresses.address', '=', row.gateway_ip)
    .where('ports.device_owner', '=', OWNER.routerInterface)
    .executeTakeFirst();
  if (holder) {
    throw conflict(
      `Current gateway ip ${row.gateway_ip} already in use by port ${holder.id}. Unable to update.`,
      'GatewayIpInUse',
    );
  }
  return gateway;
}

async function poolsOf(db: Reader, row: SubnetsTable): Promise<Pool[]> {
  const rows = await db.selectFrom('subnet_allocation_pools').selectAll().where('subnet_id', '=', row.id).execute();
  return rows.map((pool) => ({
    version: row.ip_version,
    first: BigInt(`0x${pool.first_key}`),
    last: BigInt(`0x${pool.last_key}`),
  }));
}

const networkOf = (db: Reader, row: SubnetsTable): Promise<NetworksTable> =>
  db.selectFrom('networks').selectAll().where('id', '=', row.network_id).executeTakeFirstOrThrow();

async function removeSubnet(tx: Tx, context: Context, row: SubnetsTable): Promise<void> {
  const holders = await tx.db
    .selectFrom('port_addresses')
    .innerJoin('ports', 'ports.id', 'port_addresses.port_id')
    .select(['ports.id', 'ports.device_owner'])
    .where('port_addresses.subnet_id', '=', row.id)
    .where('ports.device_owner', '<>', OWNER.metadata)
    .execute();
  // Addresses that ports gave themselves go with the advertisements; a router's is there on purpose.
  const blocking = holders.find(
    (port) =>
      !isAutomatic(row) || port.device_owner === OWNER.routerInterface || port.device_owner === OWNER.routerGateway,
  );
  if (blocking) throw subnetInUse(row.id);
  await tx.db.deleteFrom('port_addresses').where('subnet_id', '=', row.id).execute();
  await tx.db.deleteFrom('subnets').where('id', '=', row.id).execute();
  await touchNetwork(tx, context, row.network_id);
  await syncMetadataPort(tx, context, await networkOf(tx.db, row));
}

async function renderSubnets(db: Reader, _context: Context, rows: readonly SubnetsTable[]) {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const pools = await db
    .selectFrom('subnet_allocation_pools')
    .selectAll()
    .where('subnet_id', 'in', ids)
    .orderBy('first_key')
    .execute();
  const outside = await db
    .selectFrom('networks')
    .select('id')
    .where('external', '=', 1)
    .where('id', 'in', [...new Set(rows.map((row) => row.network_id))])
    .execute();
  const external = new Set(outside.map((network) => network.id));
  return rows.map((row) => ({
    name: row.name,
    network_id: row.network_id,
    ip_version: row.ip_version,
    cidr: row.cidr,
    gateway_ip: row.gateway_ip,
    enable_dhcp: row.enable_dhcp === 1,
    ipv6_ra_mode: row.ipv6_ra_mode,
    ipv6_address_mode: row.ipv6_address_mode,
    allocation_pools: pools
      .filter((pool) => pool.subnet_id === row.id)
      .map((pool) => ({ start: pool.first_ip, end: pool.last_ip })),
    dns_nameservers: fromJson<string[]>(row.dns_nameservers),
    host_routes: fromJson<{ destination: string; nexthop: string }[]>(row.host_routes),
    dns_publish_fixed_ip: row.dns_publish_fixed_ip === 1,
    service_types: fromJson<string[]>(row.service_types),
    subnetpool_id: row.subnetpool_id,
    segment_id: row.segment_id,
    'router:external': external.has(row.network_id),
  }));
}
