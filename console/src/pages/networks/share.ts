import type { Network, Sharing } from '../../api/queries/network.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';
import { nameOf } from '../../parts/format.ts';

/** Stands for every project: https://docs.openstack.org/api-ref/network/v2/#rbac-policies */
export const EVERYBODY = '*';

/** The policies that let others use a network; that it leads outside is another kind of them. Pure. */
export const sharedWith = (policies: readonly Sharing[]): Sharing[] =>
  policies.filter(({ action }) => action === 'access_as_shared');

/** Lets a project use a network; everybody only by administrators. */
export const shareNetwork = (network: Pick<Network, 'id' | 'name'>, project: string): Operation => ({
  request: request('POST /network/v2.0/rbac-policies', {
    body: {
      rbac_policy: {
        ...{ object_type: 'network', object_id: network.id, action: 'access_as_shared', target_tenant: project },
      },
    },
  }),
  command: openstack(
    ...['network', 'rbac', 'create', '--type', 'network', '--action', 'access_as_shared'],
    project === EVERYBODY ? '--target-all-projects' : ['--target-project', project],
    nameOf(network),
  ),
});

export const unshareNetwork = (policy: Pick<Sharing, 'id'>): Operation => ({
  request: request('DELETE /network/v2.0/rbac-policies/{id}', { path: { id: policy.id } }),
  command: openstack('network', 'rbac', 'delete', policy.id),
});
