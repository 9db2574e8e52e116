import type { SecurityGroup } from '../../api/queries/network.ts';
import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';
import type { Removal } from '../../parts/remove.tsx';

type Named = Pick<SecurityGroup, 'id' | 'name'>;

export interface NewRule {
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol?: string;
  port_range_min?: number;
  port_range_max?: number;
  remote_ip_prefix?: string;
  remote_group_id?: string;
  description?: string;
}

export const listSecurityGroups: Operation = {
  request: request('GET /network/v2.0/security-groups', {}),
  command: openstack('security', 'group', 'list'),
};

export const showSecurityGroup = (id: string): Operation => ({
  request: request('GET /network/v2.0/security-groups/{id}', { path: { id } }),
  command: openstack('security', 'group', 'show', id),
});

export const createSecurityGroup = (values: { name: string; description: string }): Operation => ({
  request: request('POST /network/v2.0/security-groups', { body: { security_group: values } }),
  command: openstack(
    'security',
    'group',
    'create',
    values.description !== '' && ['--description', values.description],
    values.name,
  ),
});

export const changeSecurityGroup = (group: Named, values: { name: string; description: string }): Operation => ({
  request: request('PUT /network/v2.0/security-groups/{id}', {
    path: { id: group.id },
    body: { security_group: values },
  }),
  command: openstack(
    'security',
    'group',
    'set',
    ['--name', values.name],
    ['--description', values.description],
    group.name,
  ),
});

export const deleteSecurityGroup = (group: Named): Operation => ({
  request: request('DELETE /network/v2.0/security-groups/{id}', { path: { id: group.id } }),
  command: openstack('security', 'group', 'delete', group.name),
});

export const securityGroupRemoval: Omit<Removal<Named>, 'words'> = {
  operation: deleteSecurityGroup,
  kinds: ['security-groups', 'quotas'],
};

export function createRule(group: Named, rule: NewRule): Operation {
  const { port_range_min: from, port_range_max: to } = rule;
  return {
    request: request('POST /network/v2.0/security-group-rules', {
      body: { security_group_rule: { security_group_id: group.id, ...rule } },
    }),
    command: openstack(
      'security',
      'group',
      'rule',
      'create',
      rule.direction === 'egress' && '--egress',
      ['--ethertype', rule.ethertype],
      rule.protocol !== undefined && ['--protocol', rule.protocol],
      from !== undefined && ['--dst-port', to === from ? String(from) : `${from}:${to ?? from}`],
      rule.remote_ip_prefix !== undefined && ['--remote-ip', rule.remote_ip_prefix],
      rule.remote_group_id !== undefined && ['--remote-group', rule.remote_group_id],
      rule.description !== undefined && ['--description', rule.description],
      group.name,
    ),
  };
}

export const deleteRule = (id: string): Operation => ({
  request: request('DELETE /network/v2.0/security-group-rules/{id}', { path: { id } }),
  command: openstack('security', 'group', 'rule', 'delete', id),
});
