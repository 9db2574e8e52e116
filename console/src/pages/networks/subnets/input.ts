import type { Subnet } from '../../../api/queries/network.ts';
import { filledPairs, type Pair } from '../../../parts/form/pairs.ts';
import { isAddress, rangeVersion, wordsOf } from '../addresses.ts';

/** What the form of a range of addresses holds. */
export interface SubnetValues {
  /** Empty: the one proposed. */
  range: string;
  dns: string;
  /** Whether machines are given their addresses. */
  automatic: boolean;
  /** Empty: the first address of a new range, and what it was of one that is there. */
  gateway: string;
  noGateway: boolean;
  /** First and last address of what is given. */
  pools: readonly Pair[];
  /** Where to send what is for a range: the range, and the machine. */
  routes: readonly Pair[];
}

export type SubnetProblem = 'address' | 'pool' | 'route';

export const NEW_SUBNET: SubnetValues = {
  ...{ range: '', dns: '', automatic: true, gateway: '', noGateway: false, pools: [], routes: [] },
};

export const valuesOf = (subnet: Subnet): SubnetValues => ({
  range: subnet.cidr,
  dns: subnet.dns_nameservers.join(' '),
  automatic: subnet.enable_dhcp,
  gateway: subnet.gateway_ip ?? '',
  noGateway: subnet.gateway_ip === null,
  pools: subnet.allocation_pools.map(({ start, end }) => [start, end]),
  routes: subnet.host_routes.map(({ destination, nexthop }) => [destination, nexthop]),
});

/** What is wrong with it, by field; the range itself is looked at where it is known. Pure. */
export function problemsOf(values: SubnetValues): Record<'dns' | 'gateway' | 'pools' | 'routes', SubnetProblem | null> {
  const { gateway, noGateway, dns, pools, routes } = values;
  return {
    dns: wordsOf(dns).every(isAddress) ? null : 'address',
    gateway: noGateway || gateway.trim() === '' || isAddress(gateway) ? null : 'address',
    pools: filledPairs(pools).every(([first, last]) => isAddress(first) && isAddress(last)) ? null : 'pool',
    routes: filledPairs(routes).every(([range, by]) => isRange(range) && isAddress(by)) ? null : 'route',
  };
}

/** In routes a range may be one address (/32), or everything (/0). */
export function isRange(text: string): boolean {
  const [address = '', bits = ''] = text.trim().split('/');
  if (!/^\d{1,3}$/.test(bits)) return false;
  return rangeVersion(text) !== null || (isAddress(address) && ['0', '31', '32', '127', '128'].includes(bits));
}

export interface SubnetMembers {
  gateway_ip?: string | null;
  enable_dhcp?: boolean;
  dns_nameservers?: string[];
  allocation_pools?: { start: string; end: string }[];
  host_routes?: { destination: string; nexthop: string }[];
}

const poolMembers = (pools: readonly Pair[]) => filledPairs(pools).map(([start, end]) => ({ start, end }));
export const routeMembers = (routes: readonly Pair[]) =>
  filledPairs(routes).map(([destination, nexthop]) => ({ destination, nexthop }));

/** What differs from `before`: nothing else is said. Pure. */
export function changesOf(before: SubnetValues, values: SubnetValues): SubnetMembers {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const gateway = (one: SubnetValues) => (one.noGateway ? null : one.gateway.trim());
  const [was, is] = [gateway(before), gateway(values)];
  const [pools, routes, dns] = [poolMembers(values.pools), routeMembers(values.routes), wordsOf(values.dns)];
  return {
    ...(is !== was && is !== '' && { gateway_ip: is }),
    ...(values.automatic !== before.automatic && { enable_dhcp: values.automatic }),
    ...(!same(dns, wordsOf(before.dns)) && { dns_nameservers: dns }),
    ...(!same(pools, poolMembers(before.pools)) && { allocation_pools: pools }),
    ...(!same(routes, routeMembers(before.routes)) && { host_routes: routes }),
  };
}
