import type { Network, Router, Subnet } from '../../api/queries/network.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';
import { nameOf } from '../../parts/format.ts';
import type { Removal } from '../../parts/remove.tsx';

type Named = Pick<Network, 'id' | 'name'>;

export const listNetworks: Operation = {
  request: request('GET /network/v2.0/networks', {}),
  command: openstack('network', 'list'),
};
export const listRouters: Operation = {
  request: request('GET /network/v2.0/routers', {}),
  command: openstack('router', 'list'),
};
export const showNetwork = (id: string): Operation => ({
  request: request('GET /network/v2.0/networks/{id}', { path: { id } }),
  command: openstack('network', 'show', id),
});
export const showRouter = (id: string): Operation => ({
  request: request('GET /network/v2.0/routers/{id}', { path: { id } }),
  command: openstack('router', 'show', id),
});

export const createNetwork = (name: string): Operation => ({
  request: request('POST /network/v2.0/networks', { body: { network: { name } } }),
  command: openstack('network', 'create', name),
});

export const renameNetwork = (network: Named, name: string): Operation => ({
  request: request('PUT /network/v2.0/networks/{id}', { path: { id: network.id }, body: { network: { name } } }),
  command: openstack('network', 'set', ['--name', name], nameOf(network)),
});

export const deleteNetwork = (network: Named): Operation => ({
  request: request('DELETE /network/v2.0/networks/{id}', { path: { id: network.id } }),
  command: openstack('network', 'delete', nameOf(network)),
});

export const networkRemoval: Omit<Removal<Named>, 'words'> = {
  operation: deleteNetwork,
  kinds: ['networks', 'subnets', 'quotas'],
};

/** `gateway`: the external network it leads to. */
export const createRouter = (name: string, gateway: Named | null): Operation => ({
  request: request('POST /network/v2.0/routers', {
    body: { router: { name, ...(gateway && { external_gateway_info: { network_id: gateway.id } }) } },
  }),
  command: openstack('router', 'create', gateway && ['--external-gateway', gateway.name], name),
});

export const setGateway = (router: Pick<Router, 'id' | 'name'>, gateway: Named | null): Operation => ({
  request: request('PUT /network/v2.0/routers/{id}', {
    path: { id: router.id },
    body: { router: { external_gateway_info: gateway && { network_id: gateway.id } } },
  }),
  command:
    gateway === null
      ? openstack('router', 'unset', '--external-gateway', nameOf(router))
      : openstack('router', 'set', ['--external-gateway', gateway.name], nameOf(router)),
});

export const deleteRouter = (router: Pick<Router, 'id' | 'name'>): Operation => ({
  request: request('DELETE /network/v2.0/routers/{id}', { path: { id: router.id } }),
  command: openstack('router', 'delete', nameOf(router)),
});

export const routerRemoval: Omit<Removal<Pick<Router, 'id' | 'name'>>, 'words'> = {
  operation: deleteRouter,
  kinds: ['routers', 'ports', 'quotas'],
};

export const connectSubnet = (router: Pick<Router, 'id' | 'name'>, subnet: Pick<Subnet, 'id' | 'name'>): Operation => ({
  request: request('PUT /network/v2.0/routers/{id}/add_router_interface', {
    path: { id: router.id },
    body: { subnet_id: subnet.id },
  }),
  command: openstack('router', 'add', 'subnet', nameOf(router), nameOf(subnet)),
});

export const disconnectSubnet = (
  router: Pick<Router, 'id' | 'name'>,
  subnet: Pick<Subnet, 'id' | 'name'>,
): Operation => ({
  request: request('PUT /network/v2.0/routers/{id}/remove_router_interface', {
    path: { id: router.id },
    body: { subnet_id: subnet.id },
  }),
  command: openstack('router', 'remove', 'subnet', nameOf(router), nameOf(subnet)),
});

export const deletePort = (port: { id: string; name: string }): Operation => ({
  request: request('DELETE /network/v2.0/ports/{id}', { path: { id: port.id } }),
  command: openstack('port', 'delete', port.id),
});

/** All static routes of a router, in place of those it has. */
export const routeBy = (
  router: Pick<Router, 'id' | 'name'>,
  routes: { destination: string; nexthop: string }[],
): Operation => ({
  request: request('PUT /network/v2.0/routers/{id}', { path: { id: router.id }, body: { router: { routes } } }),
  command: openstack(
    ...['router', 'set', '--no-route'],
    ...routes.map((one) => ['--route', `destination=${one.destination},gateway=${one.nexthop}`]),
    nameOf(router),
  ),
});

export const renameRouter = (router: Pick<Router, 'id' | 'name'>, name: string): Operation => ({
  request: request('PUT /network/v2.0/routers/{id}', { path: { id: router.id }, body: { router: { name } } }),
  command: openstack('router', 'set', ['--name', name], nameOf(router)),
});
