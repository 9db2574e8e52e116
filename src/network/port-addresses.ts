import type { Context } from '../http/context.ts';
import type { Tx } from '../store/store.ts';
import { canonicalIp } from './address.ts';
import { planAddresses, takeAddresses, type FixedIpRequest } from './allocation.ts';
import { releaseFloatingIps } from './ports.ts';
import { reachOf } from './routed.ts';
import type { PortsTable } from './tables.ts';

/**
 * Gives a port the addresses asked for instead of those it has, keeping what is in both: a request for a subnet
 * alone is content with the address the port already has there. With null, the addresses stay, except those made from
 * the MAC. Floating addresses of an address that goes are taken off. Throws ApiError 400 or 409.
 */
export async function replaceAddresses(
  tx: Tx,
  context: Context,
  port: PortsTable,
  requested: readonly FixedIpRequest[] | null,
): Promise<void> {
  const held = await tx.db
    .selectFrom('port_addresses')
    .selectAll()
    .where('port_id', '=', port.id)
    .orderBy('position')
    .execute();
  const at = { hostId: port.binding_host_id, owner: port.device_owner };
  const { subnets } = await reachOf(tx.db, port.network_id, at);
  const free = [...held];
  const wishes = (requested ?? held.map((one) => ({ subnet_id: one.subnet_id, ip_address: one.address }))).map(
    (wish) => {
      const subnet = subnets.find((one) => one.id === wish.subnet_id);
      if (subnet && subnet.ipv6_address_mode !== null && subnet.ipv6_address_mode !== 'dhcpv6-stateful') {
        return port.device_owner.startsWith('network:router') ? wish : { subnet_id: subnet.id };
      }
      const address = wish.ip_address === undefined ? null : canonicalIp(wish.ip_address);
      const at = free.findIndex(
        (one) =>
          (wish.subnet_id === undefined || one.subnet_id === wish.subnet_id) &&
          (wish.ip_address === undefined || one.address === address),
      );
      const [kept] = at < 0 ? [] : free.splice(at, 1);
      return kept ? { subnet_id: kept.subnet_id, ip_address: kept.address } : wish;
    },
  );
  const wants = planAddresses(port.network_id, subnets, wishes, port.device_owner);
  await tx.db.deleteFrom('port_addresses').where('port_id', '=', port.id).execute();
  await takeAddresses(tx, port, wants);
  const now = await tx.db.selectFrom('port_addresses').select('address').where('port_id', '=', port.id).execute();
  await releaseFloatingIps(tx, context, port.id, now.length === 0 ? [''] : now.map((one) => one.address));
}
