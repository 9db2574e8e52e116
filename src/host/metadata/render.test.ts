import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostDocument, HostServer } from '../document.ts';
import { linkLocal } from './addresses.ts';
import { findClient } from './index.ts';
import { netmask, networkData } from './openstack.ts';
import { configDriveFiles, metadataItem } from './render.ts';

const server: HostServer = {
  ...{ id: '6f70656e-7374-4163-8b20-696e2d610001', power: 'running', build: 1, boot: 1, shutdown: 'soft' },
  ...{ softSeconds: 60, onFailure: 'stop', vcpus: 1, memoryMib: 512, configDrive: true },
  disk: {
    image: { id: '8a6b0000-0000-4000-8000-000000000001', sha256: '', sizeBytes: 1, format: 'raw' },
    layersGib: [1],
  },
  ...{
    attachments: [],
    rescue: null,
    hardware: {},
    localDisks: [
      { name: 'ephemeral0', layersMib: [1024], format: 'ext4', device: 'vdb', bus: 'virtio' },
      { name: 'swap', layersMib: [64], format: 'swap', device: 'vdc', bus: 'virtio' },
    ],
  },
  ports: [
    {
      ...{ id: 'aabbccdd-eeff-4000-8000-000000000001', networkId: 'n1', mac: 'fa:16:3e:12:34:56', mtu: 1442 },
      addresses: [
        { address: '10.0.0.7', version: 4, prefix: 24, gateway: '10.0.0.1', nameservers: ['9.9.9.9'] },
        { address: 'fd00::7', version: 6, prefix: 64, gateway: 'fd00::1', nameservers: [] },
      ],
    },
  ],
  metadata: {
    ...{ name: 'Web', hostname: 'web', projectId: 'p1', userId: 'u1', availabilityZone: 'nova' },
    keys: [{ name: 'mine', type: 'ssh', data: 'ssh-ed25519 AAAA' }],
    meta: { role: 'web' },
    userData: Buffer.from('#cloud-config\n').toString('base64'),
    ...{ adminPassword: 'secret', securityGroups: ['default', 'web'], flavorName: 'm1.small', launchIndex: 0 },
    ...{ reservationId: 'r-abc', floatingAddress: '203.0.113.5' },
  },
};

const get = (path: string) => metadataItem(server, path)?.body.toString() ?? null;
const json = (path: string) => JSON.parse(get(path) ?? 'null') as Record<string, unknown>;

test('the OpenStack tree is listed and served by version', () => {
  assert.match(get('/openstack') ?? '', /^2012-08-10\n.*\n2020-10-14\nlatest$/s);
  assert.equal(get('/openstack/2012-08-10/'), 'meta_data.json\nuser_data');
  assert.equal(
    get('/openstack/latest'),
    'meta_data.json\nuser_data\npassword\nvendor_data.json\nnetwork_data.json\nvendor_data2.json',
  );
  assert.equal(get('/openstack/latest/user_data'), '#cloud-config\n');
  assert.equal(get('/openstack/latest/password'), '');
  assert.equal(get('/openstack/2012-08-10/network_data.json'), null);
  assert.equal(get('/openstack/2099-01-01/vendor_data2.json'), '{"static":{}}');
  assert.equal(get('/openstack/latest/nothing'), null);
});

test('meta_data.json says who the server is, and never the password over the network', () => {
  const { random_seed: seed, ...rest } = json('/openstack/latest/meta_data.json');
  assert.equal(Buffer.from(String(seed), 'base64').length, 512);
  assert.deepEqual(rest, {
    ...{ uuid: server.id, meta: { role: 'web' }, public_keys: { mine: 'ssh-ed25519 AAAA' } },
    keys: [{ name: 'mine', type: 'ssh', data: 'ssh-ed25519 AAAA' }],
    ...{ hostname: 'web.novalocal', name: 'Web', launch_index: 0, availability_zone: 'nova', project_id: 'p1' },
    ...{ devices: [], dedicated_cpus: [] },
  });
  assert.equal('project_id' in json('/openstack/2013-10-17/meta_data.json'), false);
});

test('the config drive has the same, with the password', () => {
  const files = configDriveFiles(server);
  const data = JSON.parse(String(files.get('openstack/latest/meta_data.json'))) as Record<string, unknown>;
  assert.equal(data.admin_pass, 'secret');
  assert.equal(files.has('openstack/latest/password'), false);
  assert.equal(files.has('openstack/2018-08-27/network_data.json'), true);
  assert.equal(String(files.get('ec2/latest/user-data')), '#cloud-config\n');
  assert.equal(
    (JSON.parse(String(files.get('ec2/2009-04-04/meta-data.json'))) as typeof data)['instance-id'],
    'i-6f70656e',
  );
});

test('network_data.json names links, addresses and name servers', () => {
  assert.deepEqual(networkData(server), {
    links: [
      {
        ...{ id: 'tapaabbccdd-ee', vif_id: server.ports[0]?.id, type: 'ovs', mtu: 1442 },
        ethernet_mac_address: 'fa:16:3e:12:34:56',
      },
    ],
    networks: [
      { id: 'network0', type: 'ipv4_dhcp', link: 'tapaabbccdd-ee', network_id: 'n1' },
      {
        ...{ id: 'network1', type: 'ipv6', link: 'tapaabbccdd-ee', network_id: 'n1', ip_address: 'fd00::7' },
        ...{
          netmask: 'ffff:ffff:ffff:ffff::',
          routes: [{ network: '::', netmask: '::', gateway: 'fd00::1' }],
          services: [],
        },
      },
    ],
    services: [{ type: 'dns', address: '9.9.9.9' }],
  });
  assert.deepEqual([netmask(4, 22), netmask(4, 0), netmask(6, 128)].map(String), [
    ...['255.255.252.0', '0.0.0.0'],
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ]);
});

test('the EC2 tree is listed and served by version', () => {
  assert.match(get('/') ?? '', /^1\.0\n.*2009-04-04\nlatest$/s);
  assert.equal(get('/latest'), 'meta-data/\nuser-data');
  assert.match(get('/latest/meta-data/') ?? '', /\npublic-keys\/\n/);
  assert.equal(get('/latest/meta-data/public-keys/'), '0=mine');
  assert.equal(get('/latest/meta-data/public-keys/0'), 'openssh-key');
  assert.equal(get('/latest/meta-data/public-keys/0/openssh-key'), 'ssh-ed25519 AAAA');
  assert.equal(get('/2009-04-04/meta-data/security-groups'), 'default\nweb');
  assert.equal(get('/latest/meta-data/placement/availability-zone'), 'nova');
  assert.equal(get('/latest/meta-data/public-ipv4'), '203.0.113.5');
  assert.equal(get('/1.0/meta-data/public-ipv4'), null);
  assert.equal(get('/latest/meta-data/constructor'), null);
  assert.equal(get('/latest/meta-data/block-device-mapping'), 'ami\nroot\nswap\nephemeral0');
  assert.equal(get('/latest/meta-data/block-device-mapping/ephemeral0'), '/dev/vdb');
  assert.equal(get('/latest/user-data'), '#cloud-config\n');
});

test('a client is known by its address in its own network only', () => {
  const document: HostDocument = {
    ...{ host: 'h', generation: 1, servers: [server], networks: [], volumes: [], uploads: [] },
  };
  const find = (network: string, address: string) => findClient(document, network, address)?.id ?? null;
  assert.equal(find('n1', '::ffff:10.0.0.7'), server.id);
  assert.equal(find('n1', 'fd00::7'), server.id);
  assert.equal(find('n1', `${linkLocal('fa:16:3e:12:34:56')}%pli`), server.id);
  assert.equal(linkLocal('fa:16:3e:12:34:56'), 'fe80::f816:3eff:fe12:3456');
  assert.equal(find('n2', '10.0.0.7'), null);
  assert.equal(find('n1', '10.0.0.8'), null);
});
