import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComputeLimits, Flavor } from '../../../api/queries/compute.ts';
import type { Image } from '../../../api/queries/image.ts';
import type { Network, Port, Router, SecurityGroup } from '../../../api/queries/network.ts';
import { shellText, type Operation } from '../../../how/operation.ts';
import { letsSshIn, loginUser, misfit, proposeName, reachOf, usableImages, usualNetwork } from './fit.ts';
import { base64Text, planOperations, type ServerPlan } from './plan.ts';

const flavor = { id: 'f', name: 'small', vcpus: 1, ram: 1024, disk: 10 } as Flavor;
const image = {
  id: 'i',
  name: 'debian 13',
  status: 'active',
  min_disk: 3,
  min_ram: 512,
  os_distro: 'debian',
  visibility: 'public',
  os_hidden: false,
} as Image;
const limits = {
  maxTotalInstances: 10,
  totalInstancesUsed: 9,
  maxTotalCores: -1,
  totalCoresUsed: 50,
  maxTotalRAMSize: 2048,
  totalRAMUsed: 1024,
} as ComputeLimits;

test('a size fits the image and the quota, or there is a reason why not', () => {
  assert.equal(misfit(flavor, image, limits), null);
  assert.equal(misfit({ ...flavor, ram: 256 }, image, limits), 'memory');
  assert.equal(misfit({ ...flavor, disk: 1 }, image, limits), 'disk');
  assert.equal(misfit({ ...flavor, disk: 0 }, image, limits), null);
  assert.equal(misfit({ ...flavor, ram: 2048 }, image, limits), 'memory-quota');
  assert.equal(misfit(flavor, image, { ...limits, totalInstancesUsed: 10 }), 'servers-quota');
  assert.equal(misfit(flavor, undefined, { ...limits, maxTotalCores: 50 }), 'cores-quota');
});

test('familiar images come first, unfinished ones not at all', () => {
  const others = [
    { ...image, id: 'a', name: 'alpine', os_distro: 'alpine' },
    { ...image, id: 'q', status: 'queued' },
    image,
  ] as Image[];
  assert.deepEqual(
    usableImages(others).map(({ id }) => id),
    ['i', 'a'],
  );
  assert.equal(loginUser(image), 'debian');
  assert.equal(loginUser({ ...image, image_original_user: 'ann' }), 'ann');
  assert.equal(loginUser({ ...image, os_distro: 'own' }), null);
});

test('the usual network is the project’s own with a way out, by a floating IP', () => {
  const own = {
    id: 'n1',
    name: 'own',
    project_id: 'p',
    admin_state_up: true,
    subnets: ['s'],
    shared: false,
    'router:external': false,
  } as Network;
  const closed = { ...own, id: 'n0', name: 'closed' };
  const common = { ...own, id: 'n2', name: 'common', project_id: 'x', shared: true };
  const outside = { ...own, id: 'ext', name: 'public', project_id: 'x', 'router:external': true };
  const routers = [{ id: 'r', external_gateway_info: { network_id: 'ext' } } as Router];
  const ports = [{ network_id: 'n1', device_owner: 'network:router_interface', device_id: 'r' } as Port];
  assert.equal(usualNetwork([outside, common, closed, own], routers, ports, 'p'), own);
  assert.equal(usualNetwork([outside, common], routers, ports, 'p'), common);
  assert.equal(usualNetwork([outside], routers, ports, 'p'), undefined);
  assert.deepEqual(reachOf(own, routers, ports), { kind: 'floating', networkId: 'ext' });
  assert.deepEqual(reachOf(outside, routers, ports), { kind: 'direct' });
  assert.deepEqual(reachOf(closed, routers, ports), { kind: 'none' });
});

test('whether SSH may come in is read from the rules', () => {
  const rule = {
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol: 'tcp',
    port_range_min: 22,
    port_range_max: 22,
    remote_ip_prefix: null,
    remote_group_id: null,
  };
  const with_ = (change: object) => letsSshIn([{ security_group_rules: [{ ...rule, ...change }] } as SecurityGroup]);
  assert.ok(with_({}));
  assert.ok(with_({ protocol: null, port_range_min: null, port_range_max: null }));
  assert.ok(with_({ port_range_min: 1, port_range_max: 100, remote_ip_prefix: '0.0.0.0/0' }));
  for (const not of [
    { direction: 'egress' },
    { remote_group_id: 'g' },
    { port_range_min: 80, port_range_max: 80 },
    { ethertype: 'IPv6' },
    { remote_ip_prefix: '10.0.0.0/8' },
  ]) {
    assert.ok(!with_(not), JSON.stringify(not));
  }
});

test('a name is proposed that nobody has', () => {
  assert.equal(proposeName(['a', 'b'], ['b'], 0.99), 'a');
  assert.equal(proposeName(['a', 'b'], ['a', 'b', 'a-2'], 0), 'b-2');
});

/** The body of the request for a server. */
function serverIn(operation: Operation | undefined): Record<string, unknown> {
  assert.ok(operation);
  return (operation.request.body as { server: Record<string, unknown> }).server;
}

test('what is sent and what is shown are one plan', () => {
  const plan: ServerPlan = {
    ...{ name: 'thyme', image, flavor, key: { kind: 'given', name: 'ann', publicKey: ' ssh-ed25519 AAAA ann ' } },
    ...{
      network: { id: 'n1', name: 'own' },
      securityGroups: [{ id: 'g1', name: 'default' }],
      openSsh: { id: 'g1', name: 'default' },
    },
    ...{
      bootVolume: null,
      dataVolume: 5,
      userData: 'é',
      serverGroup: null,
      zone: '',
      floating: { id: 'ext', name: 'public' },
    },
  };
  const [key, rule, server, floating] = planOperations(plan);
  assert.deepEqual(key?.request.body, { keypair: { name: 'ann', type: 'ssh', public_key: 'ssh-ed25519 AAAA ann' } });
  assert.equal(rule?.request.path, '/network/v2.0/security-group-rules');
  const body = serverIn(server);
  assert.deepEqual(body['networks'], [{ uuid: 'n1' }]);
  assert.equal(body['user_data'], base64Text('é'));
  assert.equal((body['block_device_mapping_v2'] as object[]).length, 2);
  assert.equal(
    shellText(floating?.command ?? []),
    'openstack floating ip create \\\n  --port $(openstack port list --server thyme -f value -c ID) public',
  );
  const [alone] = planOperations({
    ...plan,
    key: { kind: 'none' },
    openSsh: null,
    bootVolume: 8,
    dataVolume: null,
    network: null,
    floating: null,
  });
  const other = serverIn(alone);
  assert.deepEqual([other['networks'], other['imageRef'], other['key_name']], ['auto', undefined, undefined]);
});
