import { isIPv4 } from 'node:net';
import { fromJson } from '../../store/json.ts';
import { OWNER } from '../tables.ts';
import { nameservers } from './dhcp.ts';
import { planForwarding } from './forwarding.ts';
import { rankFor } from './hash.ts';
import { byKey, type Index } from './lookup.ts';
import { add, routerName, routerPortName, switchName, type NbRows, type Plan, type Strings } from './model.ts';
import type { FloatingIpRow, PortRow, RouterRow, SubnetRow } from './rows.ts';
import { planScopes, scopeOf } from './scopes.ts';
import { cidrOf } from './switches.ts';

/** Hosts that stand ready for one router's gateway; each watches the others, so they should be few. */
const MOST_GATEWAYS = 5;
const HIGHEST_PRIORITY = 32_767;

interface Route {
  destination: string;
  nexthop: string;
}

/** A router with a port per interface, a gateway port on the first living host of its group, NAT and routes. */
export function planRouters(plan: Plan, index: Index): void {
  const interfaces = byKey(
    index.rows.ports.filter((port) => port.device_owner === OWNER.routerInterface),
    (port) => port.device_id,
  );
  const chassis = [...new Set(index.rows.chassis.values())].toSorted();
  for (const router of index.rows.routers) {
    const inner = interfaces.get(router.id) ?? [];
    const gateway = index.ports.get(router.gateway_port_id ?? '') ?? null;
    const ports = [...inner, ...(gateway ? [gateway] : [])].filter((port) => addressesOf(index, port).length > 0);
    const outside = gateway === null ? [] : chassis.filter((one) => reaches(index, one, gateway));
    const group = outside.length > 0 ? [gatewayGroup(plan, router, outside)] : [];
    add(plan, 'Logical_Router', router.id, {
      name: routerName(router.id),
      enabled: [router.admin_state_up === 1],
      // Many routers share an external network: each learns only the neighbours it talks to, and forgets them again.
      options: {
        always_learn_from_arp_request: 'false',
        dynamic_neigh_routers: 'true',
        mac_binding_age_threshold: '300',
      },
      ports: ports.map((port) => routerPort(plan, index, port, inner, gateway, port === gateway ? group : [])),
      nat: gateway ? planNat(plan, index, router, gateway, inner, index.floatingOf.get(router.id) ?? []) : [],
      static_routes: planRoutes(plan, index, router, gateway),
      policies: planScopes(plan, index, router, inner),
      load_balancer: gateway ? planForwarding(plan, index, router) : [],
      external_ids: { 'neutron:router_name': router.name },
    });
  }
}

/** Whether a host is connected to the physical network behind a gateway; a network without one is everywhere. */
function reaches(index: Index, chassis: string, gateway: PortRow): boolean {
  const physical = index.networks.get(gateway.network_id)?.physical_network ?? null;
  return physical === null || (index.rows.reach?.get(chassis)?.includes(physical) ?? true);
}

interface RouterAddress {
  address: string;
  subnet: SubnetRow;
}

function addressesOf(index: Index, port: PortRow): RouterAddress[] {
  return (index.addressesOf.get(port.id) ?? []).flatMap((one) => {
    const subnet = index.subnets.get(one.subnet_id);
    return subnet ? [{ address: one.address, subnet }] : [];
  });
}

/** One group per router, so that gateways spread over the hosts and each router has its own order of succession. */
function gatewayGroup(plan: Plan, router: RouterRow, chassis: readonly string[]): string {
  return add(plan, 'HA_Chassis_Group', router.id, {
    name: routerName(router.id),
    ha_chassis: rankFor(router.id, chassis)
      .slice(0, MOST_GATEWAYS)
      .map((name, place) =>
        add(plan, 'HA_Chassis', `${router.id} ${name}`, {
          chassis_name: name,
          priority: HIGHEST_PRIORITY - place,
          external_ids: {},
        }),
      ),
    external_ids: { 'neutron:router_id': router.id },
  });
}

function routerPort(
  plan: Plan,
  index: Index,
  port: PortRow,
  inner: readonly PortRow[],
  gateway: PortRow | null,
  group: string[],
): string {
  const network = index.networks.get(port.network_id);
  const addresses = addressesOf(index, port);
  const isGateway = port === gateway;
  const mtus = [port, ...inner].map((one) => index.networks.get(one.network_id)?.mtu ?? 1500);
  const onWire = network !== undefined && network.physical_network !== null;
  return add(plan, 'Logical_Router_Port', port.id, {
    name: routerPortName(port.id),
    mac: port.mac_address,
    networks: addresses.map((one) => cidrOf(index, one.subnet.id, one.address)),
    enabled: [port.admin_state_up === 1],
    options: {
      // The world outside learns that packets must be smaller than its own wire allows.
      ...(isGateway && { gateway_mtu: String(Math.min(...mtus)) }),
      // On a wire all hosts share, only one of them may answer for the router's MAC address.
      ...(!isGateway && onWire && gateway && { 'reside-on-redirect-chassis': 'true' }),
    },
    ipv6_ra_configs: advertisements(addresses, network?.mtu ?? 1500, isGateway && network?.external === 1),
    ha_chassis_group: group,
    external_ids: {
      'neutron:network_name': switchName(port.network_id),
      'neutron:router_name': routerName(port.device_id),
      'neutron:subnet_ids': addresses.map((one) => one.subnet.id).join(' '),
      'neutron:is_ext_gw': isGateway ? 'True' : 'False',
    },
  });
}

/** What a router tells about a network's IPv6, when its subnets say that it should (`ipv6_ra_mode`). */
function advertisements(addresses: readonly RouterAddress[], mtu: number, outside: boolean): Strings {
  const subnet = addresses.find((one) => one.subnet.ipv6_ra_mode !== null)?.subnet;
  if (!subnet) return {};
  const [server] = nameservers(subnet).filter((address) => !isIPv4(address));
  return {
    address_mode: (subnet.ipv6_ra_mode ?? '').replace('-', '_'),
    mtu: String(mtu),
    // Towards the world outside it answers when asked, and does not offer itself.
    send_periodic: outside ? 'false' : 'true',
    ...(server !== undefined && { rdnss: server }),
  };
}

/**
 * Source NAT of each IPv4 subnet behind the router, and the floating addresses. All of it happens on the gateway's
 * host: translating on each server's own host would need the external network's wire on every one of them.
 */
function planNat(
  plan: Plan,
  index: Index,
  router: RouterRow,
  gateway: PortRow,
  inner: readonly PortRow[],
  floating: readonly FloatingIpRow[],
): string[] {
  const outside = addressesOf(index, gateway).find((one) => one.subnet.ip_version === 4);
  const external = outside?.address;
  const scope = outside ? scopeOf(index, outside.subnet) : null;
  const subnets = new Set(
    inner
      .flatMap((port) => addressesOf(index, port))
      .filter((one) => one.subnet.ip_version === 4)
      // In the address scope of the world outside addresses are known there as they are.
      .filter((one) => scope === null || scopeOf(index, one.subnet) !== scope)
      .map((one) => one.subnet.cidr),
  );
  const nat = (key: string, row: Omit<NbRows['NAT'], 'external_ids' | 'options'>, external_ids: Strings) =>
    add(plan, 'NAT', key, { ...row, options: {}, external_ids });
  const keys: string[] = [];
  if (router.enable_snat === 1 && external !== undefined) {
    for (const cidr of subnets) {
      keys.push(nat(`${router.id} ${cidr}`, { type: 'snat', external_ip: external, logical_ip: cidr }, {}));
    }
  }
  for (const one of floating) {
    if (one.port_id === null || one.fixed_ip_address === null) continue;
    keys.push(
      nat(
        one.id,
        { type: 'dnat_and_snat', external_ip: one.floating_ip_address, logical_ip: one.fixed_ip_address },
        {
          'neutron:fip_id': one.id,
          'neutron:fip_port_id': one.port_id,
          'neutron:fip_network_id': one.floating_network_id,
          'neutron:router_name': routerName(router.id),
        },
      ),
    );
  }
  return keys;
}

function planRoutes(plan: Plan, index: Index, router: RouterRow, gateway: PortRow | null): string[] {
  const routes = new Map<string, { route: Route; outside: boolean }>();
  const put = (route: Route, outside: boolean) =>
    routes.set(`${router.id} ${route.destination} ${route.nexthop}`, { route, outside });
  for (const version of [4, 6] as const) {
    const all = gateway ? addressesOf(index, gateway) : [];
    const nexthop = all.find((one) => one.subnet.ip_version === version && one.subnet.gateway_ip)?.subnet.gateway_ip;
    if (nexthop) put({ destination: version === 4 ? '0.0.0.0/0' : '::/0', nexthop }, true);
  }
  for (const route of fromJson<Route[]>(router.routes)) put(route, false);
  return [...routes].map(([key, { route, outside }]) =>
    add(plan, 'Logical_Router_Static_Route', key, {
      ip_prefix: route.destination,
      nexthop: route.nexthop,
      external_ids: { 'neutron:is_static_route': 'true', ...(outside && { 'neutron:is_ext_gw': 'true' }) },
    }),
  );
}
