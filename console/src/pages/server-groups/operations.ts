import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';

export const POLICIES = ['anti-affinity', 'soft-anti-affinity', 'affinity', 'soft-affinity'] as const;
export type Policy = (typeof POLICIES)[number];

export const listServerGroups: Operation = {
  request: request('GET /compute/v2.1/os-server-groups', {}),
  command: openstack('server', 'group', 'list'),
};

export const createServerGroup = (name: string, policy: Policy): Operation => ({
  request: request('POST /compute/v2.1/os-server-groups', { body: { server_group: { name, policy } } }),
  command: openstack('server', 'group', 'create', ['--policy', policy], name),
});

export const deleteServerGroup = (group: { id: string; name: string }): Operation => ({
  request: request('DELETE /compute/v2.1/os-server-groups/{server_group_id}', {
    path: { server_group_id: group.id },
  }),
  command: openstack('server', 'group', 'delete', group.name),
});
