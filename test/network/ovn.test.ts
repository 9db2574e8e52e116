import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../src/core/log.ts';
import { waitFor } from '../../src/machine/wait.ts';
import { KEY, TABLES } from '../../src/network/ovn/model.ts';
import { createOvnReconciler } from '../../src/network/ovn/reconcile.ts';
import { inNamespace, plugGuest } from './guest.ts';
import { chassisOf, OUTSIDE, patience, startWorld, type Row } from './world.ts';

/**
 * The network API against real OVN and Open vSwitch in the userspace datapath, with network namespaces for servers.
 * Needs root; touches nothing of the machine but its own namespaces and a temporary directory.
 */
test('networks as guests see them', { timeout: 240_000 }, async (t) => {
  const world = await startWorld(t);
  const { daemons } = world;
  const outside = inNamespace(daemons.namespace, daemons.directory);
  world.undo.push(() => outside.stop());
  await outside.ip('addr', 'add', `${OUTSIDE}/24`, 'dev', 'br-ex');
  await outside.ip('link', 'set', 'br-ex', 'up');
  await outside.does('ethtool', '-K', 'br-ex', 'tx', 'off');
  await outside.listen(8080, 'outside sees');

  const provider = { 'provider:network_type': 'flat', 'provider:physical_network': 'public' };
  const external = { name: 'public', 'router:external': true, ...provider };
  const wan = await world.post('networks', 'network', external, 'admin');
  const pool = { network_id: wan.id, ip_version: 4, cidr: '172.24.4.0/24', gateway_ip: OUTSIDE, enable_dhcp: false };
  await world.post('subnets', 'subnet', pool, 'admin');

  const lan = async (name: string, cidr: string) => {
    const network = await world.post('networks', 'network', { name });
    const subnet = { network_id: network.id, ip_version: 4, cidr, dns_nameservers: ['9.9.9.9'] };
    return { network, subnet: await world.post('subnets', 'subnet', subnet) };
  };
  const one = await lan('one', '10.1.0.0/24');
  const two = await lan('two', '10.2.0.0/24');
  const router = await world.post('routers', 'router', { external_gateway_info: { network_id: wan.id } });
  for (const { subnet } of [one, two]) {
    await world.put(`routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  }
  const open = await world.post('security-groups', 'security_group', { name: 'web' });
  for (const rule of [{ protocol: 'tcp', port_range_min: 80, port_range_max: 80 }, { protocol: 'icmp' }]) {
    const body = { security_group_id: open.id, direction: 'ingress', ethertype: 'IPv4', ...rule };
    await world.post('security-group-rules', 'security_group_rule', body);
  }

  const a = await world.serverPort(one.network.id, { security_groups: [open.id] });
  const b = await world.serverPort(one.network.id);
  const c = await world.serverPort(two.network.id);
  const begin = performance.now();
  const guestA = await world.boot(a);
  t.diagnostic(
    `the first port was ACTIVE and had its address ${Math.round(performance.now() - begin)} ms after plugging`,
  );
  const guestB = await world.boot(b);
  const guestC = await world.boot(c);
  await guestA.listen(80, 'web');
  await guestA.listen(81, 'closed');

  await t.test('DHCP gives address, routes, name server and MTU', () => {
    assert.equal(guestA.lease['ip'], guestA.address);
    assert.equal(guestA.lease['dns'], '9.9.9.9');
    assert.equal(guestA.lease['mtu'], '1442');
    assert.match(guestA.lease['staticroutes'] ?? '', /169\.254\.169\.254\/32 10\.1\.0\.\d+ 0\.0\.0\.0\/0 10\.1\.0\.1/);
    assert.equal(guestC.lease['ip'], guestC.address);
  });

  await t.test('a rule opens a port, and what no rule opens is closed', async () => {
    assert.equal(await guestB.hears(guestA.address, 80), `web ${guestB.address}`);
    assert.equal(await guestC.hears(guestA.address, 80), `web ${guestC.address}`, 'through the router');
    assert.equal(await guestB.hears(guestA.address, 81), null);
    assert.equal(await guestB.pings(guestA.address), true);
    assert.equal(await guestA.pings(guestB.address), false, 'the default group lets in its own members only');
    assert.equal(await guestC.pings(guestB.address), true, 'members of the default group reach each other');
  });

  await t.test('a guest cannot take an address that is not its own', async () => {
    await guestB.ip('addr', 'add', '10.1.0.200/24', 'dev', 'eth0');
    const spoofed = ['ping', '-c1', '-W1', '-I', '10.1.0.200', guestA.address] as const;
    assert.equal(await guestB.does(...spoofed), false);
    await guestB.ip('addr', 'del', '10.1.0.200/24', 'dev', 'eth0');
  });

  await t.test('the world outside is reached through the router, under its address', async () => {
    const gateway = (await world.cloud.request('GET', `/network/v2.0/routers/${router.id}`)).body.router;
    const address = gateway.external_gateway_info.external_fixed_ips[0].ip_address as string;
    assert.equal(await guestA.hears(OUTSIDE, 8080), `outside sees ${address}`);
    assert.equal(await guestC.hears(OUTSIDE, 8080), `outside sees ${address}`);
  });

  const floating = await world.post('floatingips', 'floatingip', { floating_network_id: wan.id, port_id: a.id });
  await t.test('a floating address is reached from outside, on open ports only', async () => {
    const address = floating.floating_ip_address;
    await waitFor('the floating address', () => outside.pings(address), patience);
    assert.equal(await outside.hears(address, 80), `web ${OUTSIDE}`);
    assert.equal(await outside.hears(address, 81), null);
    assert.equal(await guestA.hears(OUTSIDE, 8080), `outside sees ${address}`);
    assert.match((await guestC.hears(address, 80)) ?? '', /^web /, 'also from behind the same router');
    const seen = await world.cloud.request('GET', `/network/v2.0/floatingips/${floating.id}`);
    assert.equal(seen.body.floatingip.status, 'ACTIVE');
  });

  await t.test('the metadata address answers, whatever the rules', async () => {
    const ports = (
      await world.cloud.request('GET', `/network/v2.0/ports?network_id=${one.network.id}`, { as: 'admin' })
    ).body.ports as (Row & { device_owner: string })[];
    const port = ports.find((candidate) => candidate.device_owner === 'network:distributed');
    assert.ok(port);
    assert.equal(port.status, 'ACTIVE');
    const service = await plugGuest(daemons, port);
    world.undo.push(() => service.stop());
    await service.ip('addr', 'add', `${port.fixed_ips[0]?.ip_address}/24`, 'dev', 'eth0');
    await service.ip('addr', 'add', '169.254.169.254/32', 'dev', 'eth0');
    await service.listen(80, 'metadata for');
    const closed = await world.post('security-groups', 'security_group', { name: 'closed' });
    const rules = (
      await world.cloud.request('GET', `/network/v2.0/security-group-rules?security_group_id=${closed.id}`)
    ).body.security_group_rules as Row[];
    for (const rule of rules) await world.cloud.request('DELETE', `/network/v2.0/security-group-rules/${rule.id}`);
    await world.put(`ports/${b.id}`, { port: { security_groups: [closed.id] } });
    await waitFor(
      'the metadata address',
      async () => (await guestB.hears('169.254.169.254', 80)) === `metadata for ${guestB.address}`,
      patience,
    );
    await waitFor('the rules to be gone', async () => !(await guestB.pings(guestA.address)), patience);
    assert.equal((await guestB.dhcp())['ip'], guestB.address, 'DHCP works without rules');
  });

  await t.test('another run changes nothing', async () => {
    const events: string[] = [];
    const log = createLog('info', (line) => events.push(line));
    await createOvnReconciler({ ...world.cloud.app, log }, { readChassis: chassisOf(daemons) }).run();
    assert.equal(events.filter((line) => line.includes('ovsdb-connected')).length, 1);
    assert.deepEqual(
      events.filter((line) => line.includes('ovn-changed')),
      [],
    );
  });

  await t.test('rows that others made stay', async () => {
    await daemons.nbctl('ls-add', 'theirs', '--', 'lsp-add', 'theirs', 'their-port');
    await daemons.nbctl('lsp-add', `neutron-${one.network.id}`, 'guest-of-theirs');
    await world.put(`networks/${one.network.id}`, { network: { name: 'renamed' } });
    const name = ['--bare', '--columns=external_ids', 'find', 'Logical_Switch', `name=neutron-${one.network.id}`];
    await waitFor('the new name', async () => (await daemons.nbctl(...name)).includes('renamed'), patience);
    assert.match(await daemons.nbctl('show'), /guest-of-theirs/);
    assert.match(await daemons.nbctl('show'), /their-port/);
    await daemons.nbctl('lsp-del', 'guest-of-theirs');
  });

  await t.test('a row that OVN refuses keeps nothing else out, and is made once the way is free', async () => {
    const port = await world.post('ports', 'port', { network_id: one.network.id });
    await waitFor('the port', async () => (await daemons.nbctl('show')).includes(port.id), patience);
    // Somebody takes the name of a group that is not in use yet.
    const group = await world.post('security-groups', 'security_group', { name: 'taken' });
    const name = `pg_${group.id.replaceAll('-', '_')}`;
    await daemons.nbctl('pg-add', name);
    await world.put(`ports/${port.id}`, { port: { security_groups: [group.id] } });
    const after = await world.post('ports', 'port', { network_id: one.network.id });
    await waitFor('the next port', async () => (await daemons.nbctl('show')).includes(after.id), patience);
    const acls = async () => (await daemons.nbctl('acl-list', name)).includes(name);
    assert.equal(await acls(), false);
    await daemons.nbctl('pg-del', name);
    await waitFor('the rules of the group', () => acls().catch(() => false), patience);
    for (const { id } of [port, after]) await world.cloud.request('DELETE', `/network/v2.0/ports/${id}`);
  });

  await t.test('rows that somebody removed come back at once', async () => {
    await daemons.nbctl('lsp-del', a.id);
    await waitFor('the port', async () => (await daemons.nbctl('show')).includes(a.id), patience);
    await waitFor('the floating address', () => outside.pings(floating.floating_ip_address), patience);
  });

  await t.test('IPv6: addresses from the router, and ways between guests and networks', async () => {
    const six = await world.post('networks', 'network', { name: 'six' });
    const modes = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
    const subnet = { network_id: six.id, ip_version: 6, cidr: 'fd00:6::/64', ...modes };
    const { id } = await world.post('subnets', 'subnet', subnet);
    await world.put(`routers/${router.id}/add_router_interface`, { subnet_id: id });
    const guests = [await world.boot(await world.serverPort(six.id)), await world.boot(await world.serverPort(six.id))];
    for (const guest of guests) {
      await waitFor(
        'the address',
        async () => (await guest.ip('-6', 'addr')).includes(`${guest.address}/64`),
        patience,
      );
    }
    const [left, right] = guests;
    assert.ok(left && right);
    await waitFor('the other guest', () => left.pings(right.address), patience);
    await waitFor('the router', () => left.pings('fd00:6::1'), patience);
    await world.put(`routers/${router.id}/remove_router_interface`, { subnet_id: id });
  });

  for (const empty of [false, true]) {
    await t.test(`the northbound database is killed and comes back ${empty ? 'empty' : 'as it was'}`, async () => {
      await daemons.crashNorthbound({ empty });
      const d = await world.serverPort(two.network.id);
      const guestD = await world.boot(d);
      assert.equal(guestD.lease['ip'], guestD.address);
      await waitFor('the floating address', () => outside.pings(floating.floating_ip_address), patience);
      assert.equal(await guestA.hears(OUTSIDE, 8080), `outside sees ${floating.floating_ip_address}`);
    });
  }

  await t.test('what is deleted leaves nothing', async () => {
    await world.cloud.request('DELETE', `/network/v2.0/ports/${c.id}`);
    await waitFor('the port to be gone', async () => !(await daemons.nbctl('show')).includes(c.id), patience);
    const remove = async (path: string) => {
      const reply = await world.cloud.request('DELETE', `/network/v2.0/${path}`, { as: 'admin' });
      assert.equal(reply.status, 204, `${path}: ${JSON.stringify(reply.body)}`);
    };
    await remove(`floatingips/${floating.id}`);
    for (const { subnet } of [one, two]) {
      await world.put(`routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id });
    }
    await remove(`routers/${router.id}`);
    const ports = (await world.cloud.request('GET', '/network/v2.0/ports', { as: 'admin' })).body.ports as Row[];
    for (const port of ports as (Row & { device_owner: string })[]) {
      if (!port.device_owner.startsWith('network:')) await remove(`ports/${port.id}`);
    }
    const networks = (await world.cloud.request('GET', '/network/v2.0/networks', { as: 'admin' })).body
      .networks as Row[];
    for (const network of networks) await remove(`networks/${network.id}`);
    const left = async () => {
      const rows = await Promise.all(
        TABLES.map((table) => daemons.nbctl('--bare', '--columns=external_ids', 'list', table)),
      );
      return rows
        .join('')
        .split('\n')
        .filter((line) => line.includes(KEY));
    };
    await waitFor('all rows to be gone', async () => (await left()).length === 0, patience);
  });
});
