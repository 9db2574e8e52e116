import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../core/errors.ts';
import type { HostId, ProjectId } from '../core/ids.ts';
import { systemContext } from '../http/context.ts';
import {
  addServerSecurityGroup,
  attachPort,
  checkServerNetworks,
  createServerPorts,
  deleteServerPorts,
  detachPort,
  hostNetworks,
  removeServerSecurityGroup,
  serverPorts,
  type RequestedNetworks,
} from './index.ts';
import { hostName } from './server-attach.ts';
import { networkCloud } from './testing.ts';

const context = { ...systemContext(1), projectId: 'project-demo' as ProjectId, isAdmin: false, roles: ['member'] };
const server = { serverId: 'server-1', serverName: 'My server', hostId: 'host-1' as HostId, availabilityZone: 'nova' };

type Api = Awaited<ReturnType<typeof networkCloud>>;

const create = (api: Api, requested: RequestedNetworks, securityGroups: string[] = [], serverId = 'server-1') =>
  api.app.store.transaction(async (tx) => {
    await createServerPorts(tx, context, { ...server, serverId, requested, securityGroups });
    return (await serverPorts(tx.db, [serverId])).get(serverId) ?? [];
  });

const refused = (work: Promise<unknown>, status: number, type: string) =>
  assert.rejects(work, (error) => error instanceof ApiError && error.status === status && error.type === type);

test('a server gets a port on the only network there is', async (t) => {
  const api = await networkCloud(t);
  assert.deepEqual(await create(api, 'auto'), []);
  const { network, subnet } = await api.network();
  // Whoever clears a network away port by port may delete this one; the next server has it again.
  const [metadata] = (await api.get('ports')).body.ports;
  assert.equal((await api.del(`ports/${metadata.id}`)).status, 204);
  const before = api.app.signals.count('ovn-ports');
  const [port, ...others] = await create(api, 'auto');
  assert.equal(api.app.signals.count('ovn-ports'), before + 1);
  assert.equal(others.length, 0);
  assert.deepEqual(
    { ...port, id: '', mac: '', securityGroups: port?.securityGroups.map((group) => group.name) },
    {
      id: '',
      networkId: network.id,
      networkName: 'n',
      mac: '',
      mtu: 1442,
      status: 'DOWN',
      statusReason: null,
      index: 0,
      tag: null,
      addresses: [
        { address: '10.0.0.3', version: 4, prefix: 24, subnetId: subnet.id, gateway: '10.0.0.1', nameservers: [] },
      ],
      floatingAddresses: [],
      securityGroups: ['default'],
    },
  );
  const [hosted] = await hostNetworks(api.app.store.read, server.hostId);
  assert.deepEqual([hosted?.id, hosted?.metadataPort.cidrs], [network.id, ['10.0.0.2/24']]);
  await api.network('10.1.0.0/24');
  await refused(create(api, 'auto', [], 'server-2'), 409, 'NetworkAmbiguous');
  assert.deepEqual(await create(api, 'none', [], 'server-2'), []);
  const made = api.app.signals.count('ovn-ports');
  await api.app.store.transaction((tx) => deleteServerPorts(tx, server.serverId));
  assert.equal(api.app.signals.count('ovn-ports'), made + 1, 'the ports that went');
  assert.deepEqual(await hostNetworks(api.app.store.read, server.hostId), []);
  assert.equal((await serverPorts(api.app.store.read, [server.serverId])).size, 0);
});

test('ports the user brought are bound, and given back', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const port = await api.make('ports', 'port', { network_id: network.id });
  const ports = await create(api, [
    { portId: port.id, tag: 'a' },
    { networkId: network.id, fixedIp: '10.0.0.77' },
  ]);
  assert.deepEqual(
    ports.map((one) => [one.index, one.tag, one.addresses[0]?.address]),
    [
      [0, 'a', '10.0.0.3'],
      [1, null, '10.0.0.77'],
    ],
  );
  const shown = (await api.get(`ports/${port.id}`)).body.port;
  assert.deepEqual([shown.device_id, shown.device_owner], ['server-1', 'compute:nova']);
  await refused(create(api, [{ portId: port.id }], [], 'server-2'), 409, 'PortInUse');
  await api.app.store.transaction((tx) => deleteServerPorts(tx, server.serverId));
  const left = (await api.get('ports?device_owner=')).body.ports;
  assert.deepEqual(
    left.map((one: { id: string; device_id: string }) => [one.id, one.device_id]),
    [[port.id, '']],
  );
});

test('what a server cannot have is refused as Nova does, and nothing is left of it', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const external = await api.external();
  const empty = await api.make('networks', 'network', {});
  const foreign = await api.network('10.2.0.0/24', 'other');
  await refused(create(api, [{ networkId: 'nosuch' }]), 400, 'NetworkNotFound');
  const { read } = api.app.store;
  await refused(checkServerNetworks(read, context, [{ networkId: 'nosuch' }], []), 400, 'NetworkNotFound');
  await refused(checkServerNetworks(read, context, 'none', ['nosuch']), 400, 'SecurityGroupNotFound');
  await checkServerNetworks(read, context, [{ networkId: network.id }], ['default']);
  await refused(create(api, [{ networkId: foreign.network.id }]), 400, 'NetworkNotFound');
  await refused(create(api, [{ networkId: external.network.id }]), 403, 'ExternalNetworkAttachForbidden');
  await refused(create(api, [{ networkId: empty.id }]), 400, 'NetworkRequiresSubnet');
  await refused(create(api, [{ portId: 'nosuch' }]), 400, 'PortNotFound');
  await refused(create(api, [{ networkId: network.id, fixedIp: '10.0.0.2' }]), 400, 'FixedIpAlreadyInUse');
  await refused(create(api, [{ networkId: network.id, fixedIp: '10.9.0.2' }]), 400, 'InvalidIpForNetwork');
  await refused(create(api, [{ networkId: network.id }], ['nosuch']), 400, 'SecurityGroupNotFound');
  await api.make('security-groups', 'security_group', { name: 'twin' });
  await api.make('security-groups', 'security_group', { name: 'twin' });
  await refused(create(api, [{ networkId: network.id }], ['twin']), 409, 'NoUniqueMatch');
  await api.put('quotas/project-demo', { quota: { port: 1 } }, 'admin');
  await refused(create(api, [{ networkId: network.id }, { networkId: network.id }]), 403, 'PortLimitExceeded');
  assert.equal((await serverPorts(api.app.store.read, [server.serverId])).size, 0);
});

test('interfaces and groups of a running server change', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const group = await api.make('security-groups', 'security_group', { name: 'web' });
  await create(api, 'auto');
  const transaction: Api['app']['store']['transaction'] = (work) => api.app.store.transaction(work);
  const second = await transaction((tx) =>
    attachPort(tx, context, { ...server, requested: { networkId: network.id } }),
  );
  assert.equal(second.index, 1);
  await transaction((tx) => addServerSecurityGroup(tx, context, server.serverId, 'web'));
  await transaction((tx) => addServerSecurityGroup(tx, context, server.serverId, group.id));
  const names = async () =>
    (await serverPorts(api.app.store.read, [server.serverId]))
      .get(server.serverId)
      ?.map((port) => port.securityGroups.map((one) => one.name).join());
  assert.deepEqual(await names(), ['default,web', 'default,web']);
  await transaction((tx) => removeServerSecurityGroup(tx, context, server.serverId, 'web'));
  assert.deepEqual(await names(), ['default', 'default']);
  const again = transaction((tx) => removeServerSecurityGroup(tx, context, server.serverId, 'web'));
  await refused(again, 404, 'SecurityGroupNotExistsForInstance');
  await transaction((tx) => detachPort(tx, server.serverId, second.id));
  assert.deepEqual(await names(), ['default']);
  await refused(
    transaction((tx) => detachPort(tx, server.serverId, second.id)),
    404,
    'PortNotFound',
  );
});

test('names become DNS labels', () => {
  assert.deepEqual(['My server', 'web_1.example', '---', 'Größe', 'a'.repeat(70)].map(hostName), [
    'my-server',
    'web-1-example',
    '',
    'gre',
    'a'.repeat(63),
  ]);
});
