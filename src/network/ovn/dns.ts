import { parseIp } from '../address.ts';
import { assignments, DEFAULT_DOMAIN } from '../dns.ts';
import { isService, type Index } from './lookup.ts';
import { add, type Plan } from './model.ts';
import type { NetworkRow, PortRow } from './rows.ts';

/** The domain of a network without its last dot, as DHCP tells it. */
export const domainOf = (network: Pick<NetworkRow, 'dns_domain'>): string =>
  (network.dns_domain === '' ? DEFAULT_DOMAIN : network.dns_domain).replace(/\.$/, '');

/** What names of a port are made of. */
export type NamedPort = Pick<PortRow, 'device_owner' | 'dns_name' | 'dns_domain'> & { addresses: readonly string[] };

/** The names of a network's ports; its key, for the switch. */
export function planDns(plan: Plan, index: Index, network: NetworkRow): string[] {
  const ports = (index.portsOf.get(network.id) ?? []).map((port) => ({
    ...port,
    addresses: (index.addressesOf.get(port.id) ?? []).map((one) => one.address),
  }));
  return addNames(plan, network, ports);
}

/**
 * The names of a network's ports, which OVN itself answers whatever name server a guest asks: short, full, and
 * backwards. Two ports of the same name share it. See ovn-nb(5), DNS.
 */
export function addNames(plan: Plan, network: NetworkRow, ports: readonly NamedPort[]): string[] {
  const names = new Map<string, Set<string>>();
  const put = (name: string, value: string) => names.set(name, (names.get(name) ?? new Set()).add(value));
  for (const port of ports) {
    if (isService(port)) continue;
    for (const { hostname, ip_address: address, fqdn } of assignments(port, domainOf(network), port.addresses)) {
      const full = fqdn.replace(/\.$/, '');
      put(hostname.replace(/\.$/, ''), address);
      put(full, address);
      put(reverseName(address), full);
    }
  }
  if (names.size === 0) return [];
  const records = Object.fromEntries([...names].map(([name, values]) => [name, [...values].join(' ')]));
  return [add(plan, 'DNS', network.id, { records, external_ids: { ls_name: `neutron-${network.id}` } })];
}

/** `4.0.0.10.in-addr.arpa` (RFC 1035, section 3.5; RFC 3596, section 2.5). */
export function reverseName(address: string): string {
  const ip = parseIp(address);
  if (!ip) return address;
  if (ip.version === 4) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  return `${ip.value.toString(16).padStart(32, '0').split('').toReversed().join('.')}.ip6.arpa`;
}
