import type { Index } from './lookup.ts';
import { add, type Plan } from './model.ts';
import type { RouterRow } from './rows.ts';

/**
 * Forwarded ports of floating addresses as load balancers with one destination each, one for a floating address and
 * protocol. Their keys, for the router. See ovn-nb(5), Load_Balancer.
 */
export function planForwarding(plan: Plan, index: Index, router: RouterRow): string[] {
  const keys: string[] = [];
  for (const floating of index.floatingOf.get(router.id) ?? []) {
    const forwardings = index.forwardingsOf.get(floating.id) ?? [];
    for (const [protocol, rows] of Map.groupBy(forwardings, (row) => row.protocol)) {
      const vips: Record<string, string> = {};
      for (const row of rows) {
        const same = row.internal_first === row.internal_last;
        for (let port = row.external_first; port <= row.external_last; port++) {
          const inner = same ? row.internal_first : row.internal_first + port - row.external_first;
          vips[`${floating.floating_ip_address}:${port}`] = `${row.internal_ip_address}:${inner}`;
        }
      }
      const key = add(plan, 'Load_Balancer', `${floating.id} ${protocol}`, {
        name: `pf-floatingip-${floating.id}-${protocol}`,
        vips,
        protocol: [protocol],
        // A guest that reaches itself by the floating address is answered under that address.
        options: { hairpin_snat_ip: floating.floating_ip_address },
        external_ids: { 'neutron:fip_id': floating.id, 'neutron:device_owner': 'port_forwarding_plugin' },
      });
      keys.push(key);
    }
  }
  return keys;
}
