import type { FloatingIp, Network, Port, Router, Subnet } from '../../api/queries/network.ts';

/** A server's port that an address from outside can lead to. */
export interface Target {
  port: string;
  server: string;
  address: string;
}

/**
 * The ports of servers that a floating IP of this external network can be bound to: with an IPv4 address of their own, no
 * floating IP yet, on a subnet whose router has its gateway there. Pure.
 */
export function targets({
  external,
  ports,
  subnets,
  routers,
  floatingIps,
  serverName,
}: {
  external: string;
  ports: readonly Port[];
  subnets: readonly Subnet[];
  routers: readonly Router[];
  floatingIps: readonly FloatingIp[];
  serverName: (id: string) => string | undefined;
}): Target[] {
  const leading = new Set(
    routers.filter((one) => one.external_gateway_info?.network_id === external).map(({ id }) => id),
  );
  const reached = new Set(
    ports
      .filter((port) => leading.has(port.device_id) && port.device_owner.startsWith('network:'))
      .flatMap((port) => port.fixed_ips.map(({ subnet_id: subnet }) => subnet)),
  );
  const four = new Set(subnets.filter(({ ip_version: version }) => version === 4).map(({ id }) => id));
  const bound = new Set(floatingIps.map(({ port_id: port }) => port));
  return ports.flatMap((port) => {
    const server = serverName(port.device_id);
    const fixed = port.fixed_ips.find(({ subnet_id: subnet }) => reached.has(subnet) && four.has(subnet));
    if (!port.device_owner.startsWith('compute:') || server === undefined || fixed === undefined) return [];
    return bound.has(port.id) ? [] : [{ port: port.id, server, address: fixed.ip_address }];
  });
}

/** The external networks that addresses can be had from: those that may be used, the default one first. Pure. */
export const pools = (networks: readonly Network[]): Network[] =>
  networks
    .filter((network) => network['router:external'] && network.status === 'ACTIVE')
    .toSorted((a, b) => a.name.localeCompare(b.name));
