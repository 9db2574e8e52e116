import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../core/errors.ts';
import { normalizeRule, type RuleInput } from './rules.ts';

const rule = (input: Partial<RuleInput>) => normalizeRule({ direction: 'ingress', ...input });

function refused(input: Partial<RuleInput>, type: string): void {
  assert.throws(
    () => rule(input),
    (error) => error instanceof ApiError && error.status === 400 && error.type === type,
    JSON.stringify(input),
  );
}

test('a rule is stored as Neutron would show it', () => {
  assert.deepEqual(rule({ protocol: 'TCP', port_range_min: 22, port_range_max: 22, remote_ip_prefix: '192.0.2.5' }), {
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: 'tcp',
    port_range_min: 22,
    port_range_max: 22,
    remote_ip_prefix: '192.0.2.5/32',
    remote_group_id: null,
    remote_address_group_id: null,
    canonical: 'ingress IPv4 6 22-22 192.0.2.5/32',
  });
  assert.equal(rule({ ethertype: 'ipv6', protocol: 'icmp' }).protocol, 'ipv6-icmp');
  assert.equal(rule({ ethertype: 'IPv6', protocol: 1 }).protocol, '58');
  assert.equal(rule({ protocol: 'any' }).protocol, null);
  assert.equal(rule({ protocol: 17 }).protocol, '17');
});

test('two ways to say the same are the same rule', () => {
  const same = (a: Partial<RuleInput>, b: Partial<RuleInput>) => assert.equal(rule(a).canonical, rule(b).canonical);
  same({ protocol: 'tcp' }, { protocol: 6, remote_ip_prefix: '0.0.0.0/0' });
  same({ protocol: 'tcp' }, { protocol: 'tcp', port_range_min: 1, port_range_max: 65535 });
  same({ remote_ip_prefix: '10.0.0.1/8' }, { remote_ip_prefix: '10.0.0.0/8' });
  assert.notEqual(rule({ protocol: 'icmp', port_range_min: 8 }).canonical, rule({ protocol: 'icmp' }).canonical);
});

test('what cannot be meant is refused by name', () => {
  refused({ protocol: 'bad' }, 'SecurityGroupRuleInvalidProtocol');
  refused({ protocol: 256 }, 'SecurityGroupRuleInvalidProtocol');
  refused({ ethertype: 'bad' }, 'SecurityGroupRuleInvalidEtherType');
  refused({ protocol: 'ipv6-icmp' }, 'SecurityGroupEthertypeConflictWithProtocol');
  refused({ port_range_min: 1, port_range_max: 2 }, 'SecurityGroupProtocolRequiredWithPorts');
  refused({ protocol: 'gre', port_range_min: 1, port_range_max: 2 }, 'SecurityGroupInvalidProtocolForPort');
  refused({ protocol: 'tcp', port_range_min: -16, port_range_max: 80 }, 'SecurityGroupInvalidPortValue');
  refused({ protocol: 'tcp', port_range_min: 80, port_range_max: 65536 }, 'SecurityGroupInvalidPortValue');
  refused({ protocol: 'tcp', port_range_min: 80, port_range_max: 79 }, 'SecurityGroupInvalidPortRange');
  refused({ protocol: 'tcp', port_range_max: 6 }, 'SecurityGroupInvalidPortRange');
  refused({ protocol: 'icmp', port_range_min: 1, port_range_max: 256 }, 'SecurityGroupInvalidIcmpValue');
  refused({ protocol: 'icmp', port_range_min: 300, port_range_max: 1 }, 'SecurityGroupInvalidIcmpValue');
  refused({ protocol: 'icmp', port_range_max: 6 }, 'SecurityGroupMissingIcmpType');
  refused({ remote_ip_prefix: 'fd00::/8' }, 'SecurityGroupRuleParameterConflict');
  refused(
    { remote_ip_prefix: 'fd00::/8', ethertype: 'IPv6', remote_group_id: 'g' },
    'SecurityGroupRemoteGroupAndRemoteIpPrefix',
  );
  for (const prefix of ['192.168.1./24', '192.168.1.1/33', 'bad_prefix', '256']) {
    refused({ remote_ip_prefix: prefix }, 'InvalidInput');
  }
});
