import { conflict } from '../core/errors.ts';
import type { NetworkId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Tx } from '../store/store.ts';
import { nextAddress, subnetsOf, takeAddresses } from './allocation.ts';
import { createPort, deletePort } from './ports.ts';
import { OWNER, type NetworksTable, type PortsTable } from './tables.ts';

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

/**
 * Deletes it, as Neutron lets a project that clears its network away port by port; it is made anew for the network's
 * next server. Throws ApiError 409 while servers are there, which would lose their metadata.
 */
export async function removeMetadataPort(tx: Tx, context: Context, port: PortsTable): Promise<void> {
  const user = await tx.db
    .selectFrom('ports')
    .select('device_id')
    .where('network_id', '=', port.network_id)
    .where('binding_host_id', '<>', '')
    .executeTakeFirst();
  if (user) {
    throw conflict(
      `Port ${port.id} cannot be deleted: server ${user.device_id} finds its metadata behind it. Delete the servers of the network first.`,
      'ServicePortInUse',
    );
  }
  await deletePort(tx, context, port.id);
}

/** Makes it anew for a network that lost it, before a server comes. */
export async function ensureMetadataPort(tx: Tx, context: Context, networkId: NetworkId): Promise<void> {
  const port = await tx.db
    .selectFrom('ports')
    .select('id')
    .where('network_id', '=', networkId)
    .where('device_owner', '=', OWNER.metadata)
    .executeTakeFirst();
  if (port) return;
  const network = await tx.db.selectFrom('networks').selectAll().where('id', '=', networkId).executeTakeFirstOrThrow();
  await syncMetadataPort(tx, context, network);
}
