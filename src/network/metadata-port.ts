import type { NetworkId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Tx } from '../store/store.ts';
import { nextAddress, subnetsOf, takeAddresses } from './allocation.ts';
import { createPort, deletePort } from './ports.ts';
import { OWNER, type NetworksTable } from './tables.ts';

export const metadataDevice = (networkId: NetworkId) => `ovnmeta-${networkId}`;

/**
 * Gives the network the port behind which hosts answer guests on 169.254.169.254, with an address in each IPv4 subnet
 * that has DHCP; without such a subnet there is none. Idempotent. A subnet without a free address is left out: its
 * servers then have the config drive.
 */
export async function syncMetadataPort(tx: Tx, context: Context, network: NetworksTable): Promise<void> {
  const subnets = (await subnetsOf(tx.db, network.id)).filter(
    (subnet) => subnet.ip_version === 4 && subnet.enable_dhcp === 1,
  );
  const device = metadataDevice(network.id);
  let port = await tx.db
    .selectFrom('ports')
    .selectAll()
    .where('network_id', '=', network.id)
    .where('device_owner', '=', OWNER.metadata)
    .where('device_id', '=', device)
    .executeTakeFirst();
  if (subnets.length === 0) {
    if (port) await deletePort(tx, context, port.id);
    return;
  }
  port ??= await createPort(tx, context, network, {
    projectId: network.project_id,
    deviceId: device,
    deviceOwner: OWNER.metadata,
    fixedIps: [],
    portSecurity: false,
  });
  const held = await tx.db.selectFrom('port_addresses').selectAll().where('port_id', '=', port.id).execute();
  for (const address of held) {
    if (subnets.some((subnet) => subnet.id === address.subnet_id)) continue;
    await tx.db
      .deleteFrom('port_addresses')
      .where('subnet_id', '=', address.subnet_id)
      .where('address_key', '=', address.address_key)
      .execute();
  }
  for (const subnet of subnets) {
    if (held.some((address) => address.subnet_id === subnet.id)) continue;
    const ip = await nextAddress(tx.db, subnet.id);
    if (ip) await takeAddresses(tx, port, [{ kind: 'exact', subnet, ip }], held.length);
  }
}
