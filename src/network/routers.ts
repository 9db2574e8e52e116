import { badRequest, conflict, notFound } from '../core/errors.ts';
import type { NetworkId, PortId, RouterId, SubnetId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { fromJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { contains, overlaps, parseIp } from './address.ts';
import { cidrOfSubnet, type FixedIpRequest } from './allocation.ts';
import { badL3Request, networkNotFound } from './errors.ts';
import { createPort, deletePort } from './ports.ts';
import type { HostRoute } from './subnet-input.ts';
import { OWNER, type NetworksTable, type PortsTable, type RoutersTable, type SubnetsTable } from './tables.ts';

export interface Leg {
  port: PortsTable;
  subnet: SubnetsTable;
  address: string;
}

/** The router's ports with the subnets they are in: interfaces, and the gateway if `gateway` is set. */
export async function routerLegs(db: Reader, routerId: RouterId, gateway: boolean): Promise<Leg[]> {
  const owners: string[] = gateway ? [OWNER.routerInterface, OWNER.routerGateway] : [OWNER.routerInterface];
  const ports = await db
    .selectFrom('ports')
    .selectAll()
    .where('device_id', '=', routerId)
    .where('device_owner', 'in', owners)
    .execute();
  if (ports.length === 0) return [];
  const addresses = await db
    .selectFrom('port_addresses')
    .selectAll()
    .where(
      'port_id',
      'in',
      ports.map((port) => port.id),
    )
    .orderBy('position')
    .execute();
  if (addresses.length === 0) return [];
  const subnets = await db
    .selectFrom('subnets')
    .selectAll()
    .where('id', 'in', [...new Set(addresses.map((address) => address.subnet_id))])
    .execute();
  return addresses.flatMap(({ port_id, subnet_id, address }) => {
    const port = ports.find((one) => one.id === port_id);
    const subnet = subnets.find((one) => one.id === subnet_id);
    return port && subnet ? [{ port, subnet, address }] : [];
  });
}

/** Gives the router a gateway port in an external network, in place of the one it has. Throws ApiError 400 or 409. */
export async function setGateway(
  tx: Tx,
  context: Context,
  router: RoutersTable,
  wish: { networkId: NetworkId; fixedIps: readonly FixedIpRequest[] | null } | null,
): Promise<{ gateway_network_id: NetworkId | null; gateway_port_id: PortId | null }> {
  const network = wish && (await externalNetwork(tx.db, wish.networkId));
  const stays = network !== null && router.gateway_network_id === network.id;
  if (stays && wish?.fixedIps === null) {
    return { gateway_network_id: router.gateway_network_id, gateway_port_id: router.gateway_port_id };
  }
  if (router.gateway_port_id !== null && !stays) await checkNoFloatingIps(tx.db, router);
  const before = router.gateway_port_id;
  if (before !== null) {
    const none = { gateway_network_id: null, gateway_port_id: null };
    await tx.db.updateTable('routers').set(none).where('id', '=', router.id).execute();
    await deletePort(tx, context, before);
  }
  if (!network || !wish) return { gateway_network_id: null, gateway_port_id: null };
  const port = await createPort(tx, context, network, {
    projectId: '',
    deviceId: router.id,
    deviceOwner: OWNER.routerGateway,
    fixedIps: wish.fixedIps,
  });
  const gateway = (await routerLegs(tx.db, router.id, true)).filter((leg) => leg.port.id === port.id);
  for (const leg of await routerLegs(tx.db, router.id, false)) {
    for (const { subnet } of gateway) checkApart(leg.subnet, subnet);
  }
  return { gateway_network_id: network.id, gateway_port_id: port.id };
}

async function externalNetwork(db: Reader, id: NetworkId): Promise<NetworksTable> {
  const network = await db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirst();
  if (!network) throw networkNotFound(id);
  if (!network.external) throw badL3Request('router', `Network ${id} is not an external network`);
  return network;
}

async function checkNoFloatingIps(db: Reader, router: RoutersTable): Promise<void> {
  const used = await db.selectFrom('floating_ips').select('id').where('router_id', '=', router.id).executeTakeFirst();
  if (used) {
    throw conflict(
      `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${router.gateway_network_id} is required by one or more floating IPs.`,
      'RouterExternalGatewayInUseByFloatingIp',
    );
  }
}

function checkApart(one: SubnetsTable, other: SubnetsTable): void {
  if (one.id === other.id) throw badL3Request('router', `Router already has a port on subnet ${one.id}`);
  if (overlaps(cidrOfSubnet(one), cidrOfSubnet(other))) {
    throw badL3Request(
      'router',
      `Cidr ${one.cidr} of subnet ${one.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`,
    );
  }
}

/** What the answers to adding and removing an interface say. */
export interface InterfaceChange {
  port: PortsTable;
  subnetIds: SubnetId[];
}

/** Connects a subnet through its gateway address. Throws ApiError 400 or 409 as Neutron does. */
export async function addInterfaceBySubnet(
  tx: Tx,
  context: Context,
  router: RoutersTable,
  subnet: SubnetsTable,
): Promise<InterfaceChange> {
  if (subnet.gateway_ip === null) throw badL3Request('router', 'Subnet for router interface must have a gateway IP');
  if (subnet.ip_version === 6 && subnet.ipv6_ra_mode === null && subnet.ipv6_address_mode !== null) {
    throw badL3Request(
      'router',
      `IPv6 subnet ${subnet.id} configured to receive RAs from an external router cannot be added to Neutron Router.`,
    );
  }
  const legs = await routerLegs(tx.db, router.id, true);
  for (const leg of legs) checkApart(leg.subnet, subnet);
  const network = await tx.db
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', subnet.network_id)
    .executeTakeFirstOrThrow();
  const port = await createPort(tx, context, network, {
    projectId: router.project_id,
    deviceId: router.id,
    deviceOwner: OWNER.routerInterface,
    fixedIps: [{ subnet_id: subnet.id, ip_address: subnet.gateway_ip }],
  });
  return { port, subnetIds: [subnet.id] };
}

/** Makes a port the router's interface. Throws ApiError 400 or 409 as Neutron does. */
export async function addInterfaceByPort(tx: Tx, router: RoutersTable, port: PortsTable): Promise<InterfaceChange> {
  if (port.device_id !== '') {
    throw conflict(
      `Unable to complete operation on port ${port.id} for network ${port.network_id}. Port already has an attached device ${port.device_id}.`,
      'PortInUse',
    );
  }
  const held = await tx.db.selectFrom('port_addresses').selectAll().where('port_id', '=', port.id).execute();
  if (held.length === 0) throw badL3Request('router', 'Router port must have at least one fixed IP');
  const subnetIds = held.map((address) => address.subnet_id);
  const subnets = await tx.db.selectFrom('subnets').selectAll().where('id', 'in', subnetIds).execute();
  if (subnets.filter((subnet) => subnet.ip_version === 4).length > 1) {
    throw badL3Request('router', 'Cannot have multiple IPv4 subnets on router port');
  }
  for (const leg of await routerLegs(tx.db, router.id, true)) {
    for (const subnet of subnets) checkApart(leg.subnet, subnet);
  }
  await tx.db
    .updateTable('ports')
    .set((row) => ({
      device_id: router.id,
      device_owner: OWNER.routerInterface,
      revision_number: row('revision_number', '+', 1),
    }))
    .where('id', '=', port.id)
    .execute();
  await tx.db.deleteFrom('port_security_groups').where('port_id', '=', port.id).execute();
  return { port, subnetIds };
}

/** Disconnects by port, by subnet, or by both if they belong together. Throws ApiError 400, 404 or 409. */
export async function removeInterface(
  tx: Tx,
  context: Context,
  router: RoutersTable,
  wish: { portId: string | null; subnetId: string | null },
): Promise<InterfaceChange> {
  const legs = await routerLegs(tx.db, router.id, false);
  const hit = legs.find(
    (leg) =>
      (wish.portId === null || leg.port.id === wish.portId) &&
      (wish.subnetId === null || leg.subnet.id === wish.subnetId),
  );
  if (!hit) {
    if (wish.portId !== null && wish.subnetId !== null && legs.some((leg) => leg.port.id === wish.portId)) {
      throw badRequest(
        `Subnet ID mismatch: port ${wish.portId} is not on subnet ${wish.subnetId}.`,
        'SubnetMismatchForPort',
      );
    }
    throw wish.portId !== null
      ? notFound(`Router ${router.id} does not have an interface with id ${wish.portId}`, 'RouterInterfaceNotFound')
      : notFound(`Router ${router.id} has no interface on subnet ${wish.subnetId}`, 'RouterInterfaceNotFoundForSubnet');
  }
  const gone = legs.filter((leg) => leg.port.id === hit.port.id);
  for (const { subnet } of gone) await checkInterfaceUnused(tx.db, router, subnet);
  await deletePort(tx, context, hit.port.id);
  return { port: hit.port, subnetIds: gone.map((leg) => leg.subnet.id) };
}

async function checkInterfaceUnused(db: Reader, router: RoutersTable, subnet: SubnetsTable): Promise<void> {
  const floating = await db
    .selectFrom('floating_ips')
    .innerJoin('port_addresses', (join) =>
      join
        .onRef('port_addresses.port_id', '=', 'floating_ips.port_id')
        .onRef('port_addresses.address', '=', 'floating_ips.fixed_ip_address'),
    )
    .select('floating_ips.id')
    .where('floating_ips.router_id', '=', router.id)
    .where('port_addresses.subnet_id', '=', subnet.id)
    .executeTakeFirst();
  const forwarding = await db
    .selectFrom('port_forwardings')
    .innerJoin('floating_ips', 'floating_ips.id', 'port_forwardings.floating_ip_id')
    .innerJoin('port_addresses', (join) =>
      join
        .onRef('port_addresses.port_id', '=', 'port_forwardings.internal_port_id')
        .onRef('port_addresses.address', '=', 'port_forwardings.internal_ip_address'),
    )
    .select('port_forwardings.id')
    .where('floating_ips.router_id', '=', router.id)
    .where('port_addresses.subnet_id', '=', subnet.id)
    .executeTakeFirst();
  if (floating ?? forwarding) {
    throw conflict(
      `Router interface for subnet ${subnet.id} on router ${router.id} cannot be deleted, as it is required by one or more floating IPs.`,
      'RouterInterfaceInUseByFloatingIP',
    );
  }
  const cidr = cidrOfSubnet(subnet);
  const needed = fromJson<HostRoute[]>(router.routes).some(({ nexthop }) => {
    const ip = parseIp(nexthop);
    return ip !== null && contains(cidr, ip);
  });
  if (needed) {
    throw conflict(
      `Router interface for subnet ${subnet.id} on router ${router.id} cannot be deleted, as it is required by one or more routes.`,
      'RouterInterfaceInUseByRoute',
    );
  }
}

/** Neutron's max_routes. */
const MOST_ROUTES = 30;

/** Throws ApiError 400 when a next hop is not a neighbour of the router, or is the router. */
export function checkRoutes(routerId: RouterId, routes: readonly HostRoute[], legs: readonly Leg[]): void {
  if (routes.length > MOST_ROUTES) {
    throw badRequest(
      `Unable to complete operation for ${routerId}. The number of routes exceeds the maximum ${MOST_ROUTES}.`,
      'RoutesExhausted',
    );
  }
  for (const route of routes) {
    const ip = parseIp(route.nexthop);
    const near = ip !== null && legs.some((leg) => contains(cidrOfSubnet(leg.subnet), ip));
    const own = legs.some((leg) => leg.address === route.nexthop);
    if (near && !own) continue;
    const reason = own ? 'the nexthop is used by router' : 'the nexthop is not connected with router';
    throw badRequest(`Invalid format for routes: ${JSON.stringify(route)}, ${reason}`, 'InvalidRoutes');
  }
}
