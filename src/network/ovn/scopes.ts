import type { Index } from './lookup.ts';
import { add, type Plan } from './model.ts';
import type { PortRow, RouterRow, SubnetRow } from './rows.ts';

const DROP_PRIORITY = 1000;

/** The address scope of a subnet; null for none. */
export const scopeOf = (index: Index, subnet: Pick<SubnetRow, 'subnetpool_id'>): string | null =>
  (subnet.subnetpool_id === null ? undefined : index.rows.scopes.get(subnet.subnetpool_id)) ?? null;

/**
 * What a router does not route: between subnets of different address scopes addresses may mean different things, so
 * nothing passes untranslated (https://docs.openstack.org/neutron/latest/admin/config-address-scopes.html).
 */
export function planScopes(plan: Plan, index: Index, router: RouterRow, inner: readonly PortRow[]): string[] {
  if (index.rows.scopes.size === 0) return [];
  const subnets = inner
    .flatMap((port) => index.addressesOf.get(port.id) ?? [])
    .flatMap((address) => index.subnets.get(address.subnet_id) ?? []);
  const keys: string[] = [];
  for (const from of subnets) {
    for (const to of subnets) {
      if (from.ip_version !== to.ip_version || scopeOf(index, from) === scopeOf(index, to)) continue;
      const ip = from.ip_version === 4 ? 'ip4' : 'ip6';
      const key = add(plan, 'Logical_Router_Policy', `${router.id} ${from.id} ${to.id}`, {
        priority: DROP_PRIORITY,
        match: `${ip}.src == ${from.cidr} && ${ip}.dst == ${to.cidr}`,
        action: 'drop',
        external_ids: {},
      });
      keys.push(key);
    }
  }
  return keys;
}
