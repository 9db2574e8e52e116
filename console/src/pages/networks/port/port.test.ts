import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Port } from '../../../api/queries/network.ts';
import { shellText } from '../../../how/operation.ts';
import { changesOf, membersOf, newPort, problemsOf, valuesOf } from './input.ts';
import { changePort, createPort } from './operations.ts';

const port = {
  ...{ id: 'p', name: 'vip', description: '', mac_address: 'fa:16:3e:00:00:01', port_security_enabled: true },
  fixed_ips: [{ subnet_id: 's', ip_address: '10.0.0.5' }],
  security_groups: ['g1', 'g2'],
  allowed_address_pairs: [{ ip_address: '10.0.0.100', mac_address: 'fa:16:3e:00:00:01' }],
} as unknown as Port;
const network = { id: 'n', name: 'garden' };

test('a new port says only what was filled in; without protection it has no rules', () => {
  assert.deepEqual(membersOf(newPort(['g'])), { security_groups: ['g'] });
  const full = membersOf({
    ...newPort(['g']),
    ...{ name: ' vip ', addresses: '10.0.0.5, 10.0.0.6', pairs: [['10.0.0.100', ''] as const, ['', ''] as const] },
  });
  assert.deepEqual(full, {
    name: 'vip',
    fixed_ips: [{ ip_address: '10.0.0.5' }, { ip_address: '10.0.0.6' }],
    security_groups: ['g'],
    allowed_address_pairs: [{ ip_address: '10.0.0.100' }],
  });
  assert.equal(
    shellText(createPort(network, full).command ?? []).replaceAll(' \\\n ', ''),
    'openstack port create --network garden --fixed-ip ip-address=10.0.0.5 --fixed-ip ip-address=10.0.0.6 --security-group g --allowed-address ip-address=10.0.0.100 vip',
  );
  const open = membersOf({ ...newPort(['g']), secured: false, pairs: [['10.0.0.100', '']] });
  assert.deepEqual(open, { security_groups: [], port_security_enabled: false });
});

test('of a port only what differs is sent', () => {
  const same = valuesOf(port);
  assert.deepEqual(changesOf(port, same), {});
  assert.deepEqual(changesOf(port, { ...same, groups: ['g2', 'g1'] }), {});
  assert.deepEqual(changesOf(port, { ...same, more: 's6' }), {
    fixed_ips: [{ ip_address: '10.0.0.5' }, { subnet_id: 's6' }],
  });
  assert.deepEqual(changesOf(port, { ...same, secured: false }), {
    ...{ security_groups: [], port_security_enabled: false, allowed_address_pairs: [] },
  });
  const changed = changesOf(port, { ...same, name: 'web', groups: ['g1'] });
  assert.equal(
    shellText(changePort(port, changed).command ?? []).replaceAll(' \\\n ', ''),
    'openstack port set --name web --no-security-group --security-group g1 p',
  );
});

test('what is no address is told before it is sent', () => {
  const problems = (more: Partial<ReturnType<typeof newPort>>) => problemsOf({ ...newPort([]), ...more });
  assert.deepEqual(problems({ addresses: '10.0.0.5 2001:db8::5' }), { addresses: null, pairs: null });
  assert.equal(problems({ addresses: '10.0.0.555' }).addresses, 'address');
  assert.equal(problems({ pairs: [['10.8.0.0/16', '']] }).pairs, null);
  assert.equal(problems({ pairs: [['10.8.0.0/64', '']] }).pairs, 'pair');
  assert.equal(problems({ pairs: [['10.8.0.1', 'fa:16']] }).pairs, 'pair-mac');
  assert.equal(
    problems({ pairs: Array.from({ length: 11 }, (_, n) => [`10.0.0.${n}`, ''] as const) }).pairs,
    'pairs-many',
  );
});
