import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellText } from '../../../how/operation.ts';
import { createExternal, createExternalSubnet, createFlavor } from './operations.ts';

test('what the forms of operators send is what the client would', () => {
  const flavor = createFlavor({ name: 'xl', vcpus: 8, ram: 16384, disk: 80, description: '', everybody: false });
  assert.deepEqual(flavor.request.body, {
    flavor: { name: 'xl', vcpus: 8, ram: 16384, disk: 80, 'os-flavor-access:is_public': false },
  });
  assert.match(shellText(flavor.command ?? []), /--private/);
  const flat = createExternal({ name: 'public', physical: 'public', vlan: null, isDefault: true });
  assert.deepEqual(flat.request.body, {
    network: {
      ...{ name: 'public', 'router:external': true, is_default: true },
      ...{ 'provider:network_type': 'flat', 'provider:physical_network': 'public' },
    },
  });
  const subnet = createExternalSubnet(
    { id: 'n', name: 'public' },
    { cidr: '192.0.2.0/24', gateway: '', first: '192.0.2.10', last: '192.0.2.99' },
  );
  assert.match(JSON.stringify(subnet.request.body), /"ip_version":4.*"gateway_ip":null.*"start":"192.0.2.10"/);
});
