import type { FloatingIp } from '../../api/queries/network.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';

type Address = Pick<FloatingIp, 'id' | 'floating_ip_address'>;

export const listFloatingIps: Operation = {
  request: request('GET /network/v2.0/floatingips', {}),
  command: openstack('floating', 'ip', 'list'),
};

/** A new address of an external network, bound to a port at once when there is one. */
export function createFloatingIp({
  network,
  port,
  description,
}: {
  network: { id: string; name: string };
  port: string;
  description: string;
}): Operation {
  return {
    request: request('POST /network/v2.0/floatingips', {
      body: {
        floatingip: {
          floating_network_id: network.id,
          ...(port !== '' && { port_id: port }),
          ...(description !== '' && { description }),
        },
      },
    }),
    command: openstack(
      'floating',
      'ip',
      'create',
      port !== '' && ['--port', port],
      description !== '' && ['--description', description],
      network.name,
    ),
  };
}

export const bindFloatingIp = (address: Address, port: string): Operation => ({
  request: request('PUT /network/v2.0/floatingips/{id}', {
    path: { id: address.id },
    body: { floatingip: { port_id: port } },
  }),
  command: openstack('floating', 'ip', 'set', ['--port', port], address.floating_ip_address),
});

export const unbindFloatingIp = (address: Address): Operation => ({
  request: request('PUT /network/v2.0/floatingips/{id}', {
    path: { id: address.id },
    body: { floatingip: { port_id: null } },
  }),
  command: openstack('floating', 'ip', 'unset', '--port', address.floating_ip_address),
});

export const releaseFloatingIp = (address: Address): Operation => ({
  request: request('DELETE /network/v2.0/floatingips/{id}', { path: { id: address.id } }),
  command: openstack('floating', 'ip', 'delete', address.floating_ip_address),
});
