import type { Host } from '../../../api/queries/operators.ts';
import { allServersRequest, explainRequest, hostsRequest } from '../../../api/queries/operators.ts';
import { request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';

/** New servers do not go there any more; those that are there stay. */
export const disableHost = (host: Pick<Host, 'id' | 'name'>, reason: string): Operation => ({
  request: request('PUT /compute/v2.1/os-services/{service_id}', {
    path: { service_id: host.id },
    body: { status: 'disabled', ...(reason !== '' && { disabled_reason: reason }) },
  }),
  command: openstack(
    ...['compute', 'service', 'set', '--disable'],
    reason !== '' && ['--disable-reason', reason],
    ...[host.name, 'nova-compute'],
  ),
});

export const enableHost = (host: Pick<Host, 'id' | 'name'>): Operation => ({
  request: request('PUT /compute/v2.1/os-services/{service_id}', {
    path: { service_id: host.id },
    body: { status: 'enabled' },
  }),
  command: openstack('compute', 'service', 'set', '--enable', host.name, 'nova-compute'),
});

export const listHosts: Operation = { request: hostsRequest, command: openstack('hypervisor', 'list', '--long') };

export const listServers = (host?: string): Operation => ({
  request: allServersRequest(host),
  command: openstack('server', 'list', '--all-projects', '--long', host !== undefined && ['--host', host]),
});

/** The same as `potluck explain` on a controller; the openstack client has no command for it. */
export const explainServer = (id: string): Operation => ({
  request: explainRequest(id),
  command: ['potluck', 'explain', id],
});
