import { conflict, notFound } from '../core/errors.ts';
import type { NetworkId, RouterId } from '../core/ids.ts';
import type { Reader } from '../store/store.ts';
import { badL3Request, portNotFound } from './errors.ts';
import { OWNER, type FloatingIpsTable, type PortsTable } from './tables.ts';

export type Target = Pick<FloatingIpsTable, 'port_id' | 'fixed_ip_address' | 'router_id' | 'status'>;

export const NO_TARGET: Target = { port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' };

/**
 * What a floating address of `networkId` is translated to: an IPv4 address of the port, and the router between them.
 * Throws ApiError 400, 404 or 409 as Neutron does.
 */
export async function planTarget(
  db: Reader,
  floating: { id: string | null; networkId: NetworkId; address: string },
  port: PortsTable,
  wantedAddress: string | null,
): Promise<Target> {
  const addresses = (
    await db.selectFrom('port_addresses').selectAll().where('port_id', '=', port.id).orderBy('position').execute()
  ).filter((one) => !one.address.includes(':'));
  const [first, second] = addresses;
  if (!first)
    throw badL3Request('floatingip', `Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses`);
  if (wantedAddress === null && second) {
    throw badL3Request(
      'floatingip',
      `Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`,
    );
  }
  const fixed = wantedAddress === null ? first : addresses.find((one) => one.address === wantedAddress);
  if (!fixed) throw badL3Request('floatingip', `Port ${port.id} does not have fixed ip ${wantedAddress}`);
  const router = await routerBetween(db, fixed.subnet_id, floating.networkId);
  if (router === null) {
    throw notFound(
      `External network ${floating.networkId} is not reachable from subnet ${fixed.subnet_id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
      'ExternalGatewayForFloatingIPNotFound',
    );
  }
  const other = await db
    .selectFrom('floating_ips')
    .selectAll()
    .where('port_id', '=', port.id)
    .where('fixed_ip_address', '=', fixed.address)
    .where('floating_network_id', '=', floating.networkId)
    .executeTakeFirst();
  if (other && other.id !== floating.id) {
    throw conflict(
      `Cannot associate floating IP ${floating.address} (${floating.id ?? 'new'}) with port ${port.id} using fixed IP ${fixed.address}, as that fixed IP already has a floating IP on external network ${floating.networkId}.`,
      'FloatingIPPortAlreadyAssociated',
    );
  }
  return { port_id: port.id, fixed_ip_address: fixed.address, router_id: router, status: 'ACTIVE' };
}

/** The router with an interface in the subnet and its gateway in the external network; its own gateway's first. */
export async function routerBetween(db: Reader, subnetId: string, networkId: NetworkId): Promise<RouterId | null> {
  const rows = await db
    .selectFrom('ports')
    .innerJoin('port_addresses', 'port_addresses.port_id', 'ports.id')
    .innerJoin('subnets', 'subnets.id', 'port_addresses.subnet_id')
    .innerJoin('routers', 'routers.id', 'ports.device_id')
    .select(['routers.id', 'subnets.gateway_ip', 'port_addresses.address'])
    .where('port_addresses.subnet_id', '=', subnetId)
    .where('ports.device_owner', '=', OWNER.routerInterface)
    .where('routers.gateway_network_id', '=', networkId)
    .orderBy('routers.created_at')
    .execute();
  const best = rows.find((row) => row.gateway_ip === row.address) ?? rows[0];
  return best ? (best.id as RouterId) : null;
}

export async function targetPort(
  db: Reader,
  id: string,
  isVisible: (port: PortsTable) => boolean,
): Promise<PortsTable> {
  const port = await db.selectFrom('ports').selectAll().where('id', '=', id).executeTakeFirst();
  if (!port || !isVisible(port)) throw portNotFound(id);
  return port;
}
