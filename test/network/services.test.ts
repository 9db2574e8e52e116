import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { tryRun } from '../../src/machine/run.ts';
import { waitFor } from '../../src/machine/wait.ts';
import { canonicalIp } from '../../src/network/address.ts';
import { inNamespace } from './guest.ts';
import { OUTSIDE, patience, startWorld, type Row } from './world.ts';

/** Names, limits, forwarded ports, address groups and DHCPv6, against real OVN; see ovn.test.ts. */
test('what networks do for guests besides moving packets', { timeout: 240_000 }, async (t) => {
  const world = await startWorld(t);
  const outside = inNamespace(world.daemons.namespace, world.daemons.directory);
  world.undo.push(() => outside.stop());
  await outside.ip('addr', 'add', `${OUTSIDE}/24`, 'dev', 'br-ex');
  await outside.ip('link', 'set', 'br-ex', 'up');
  await outside.does('ethtool', '-K', 'br-ex', 'tx', 'off');

  const provider = { 'provider:network_type': 'flat', 'provider:physical_network': 'public' };
  const wan = await world.post('networks', 'network', { 'router:external': true, ...provider }, 'admin');
  const pool = { network_id: wan.id, ip_version: 4, cidr: '172.24.4.0/24', gateway_ip: OUTSIDE, enable_dhcp: false };
  await world.post('subnets', 'subnet', pool, 'admin');
  const lan = await world.post('networks', 'network', { dns_domain: 'branch.example.' });
  const inner = { network_id: lan.id, ip_version: 4, cidr: '10.1.0.0/24', dns_nameservers: ['9.9.9.9'] };
  const subnet = await world.post('subnets', 'subnet', inner);
  const router = await world.post('routers', 'router', { external_gateway_info: { network_id: wan.id } });
  await world.put(`routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const open = await world.post('security-groups', 'security_group', { name: 'open' });
  const rule = async (more: object) =>
    world.post('security-group-rules', 'security_group_rule', {
      security_group_id: open.id,
      direction: 'ingress',
      ...more,
    });
  await rule({ protocol: 'tcp', port_range_min: 80, port_range_max: 81 });
  const server = await world.serverPort(lan.id, { security_groups: [open.id], dns_name: 'web' });
  const web = await world.boot(server);
  const client = await world.boot(await world.serverPort(lan.id));
  await web.listen(80, 'web');
  await web.listen(81, 'second');
  await web.listen(82, 'listed');

  await t.test('names are answered by OVN, whatever name server a guest asks', async () => {
    const asks = (name: string, answer: string) =>
      client.does('sh', '-c', `busybox nslookup ${name} 9.9.9.9 | grep -q '${answer}'`);
    assert.equal(client.lease['domain'], 'branch.example');
    await waitFor('the name', () => asks('web.branch.example', web.address), patience);
    assert.equal(await asks(web.address, 'web.branch.example'), true, 'backwards, too');
    assert.equal(await asks('nosuch.branch.example', web.address), false);
  });

  await t.test('an address group opens a port to those in it', async () => {
    const group = await world.post('address-groups', 'address_group', { addresses: [`${client.address}/32`] });
    assert.equal(await client.hears(web.address, 82), null);
    await rule({ protocol: 'tcp', port_range_min: 82, port_range_max: 82, remote_address_group_id: group.id });
    const hears = async () => (await client.hears(web.address, 82)) === `listed ${client.address}`;
    await waitFor('the rule', hears, patience);
    await world.put(`address-groups/${group.id}/remove_addresses`, { addresses: [`${client.address}/32`] });
    await waitFor('the address to be out', async () => !(await hears()), patience);
  });

  await t.test('forwarded ports of a floating address lead to the server', async () => {
    const floating = await world.post('floatingips', 'floatingip', { floating_network_id: wan.id });
    const base = { internal_port_id: server.id, protocol: 'tcp' };
    const path = `floatingips/${floating.id}/port_forwardings`;
    await world.post(path, 'port_forwarding', { ...base, external_port: 8080, internal_port: 80 });
    const range = { external_port_range: '9000:9001', internal_port_range: '81:82' };
    await world.post(path, 'port_forwarding', { ...base, ...range });
    const address = floating.floating_ip_address;
    const said = (port: number, words: string) => async () => (await outside.hears(address, port))?.startsWith(words);
    await waitFor('the forwarded port', async () => (await said(8080, 'web ')()) === true, patience);
    assert.equal(await said(9000, 'second ')(), true);
    assert.equal(await outside.hears(address, 8081), null);
    const shown = await world.cloud.request('GET', `/network/v2.0/floatingips/${floating.id}`);
    assert.equal(shown.body.floatingip.status, 'ACTIVE');
  });

  await t.test('a limit slows a server down, and goes', async () => {
    await web.listen(83, 'x'.repeat(100_000));
    await rule({ protocol: 'tcp', port_range_min: 83, port_range_max: 83 });
    // hears() gives up after two seconds, and 100 KB at 100 kbit/s take eight.
    const fast = async () => ((await client.hears(web.address, 83))?.length ?? 0) > 100_000;
    await waitFor('the port', fast, patience);
    const policy = await world.post('qos/policies', 'policy', { name: 'slow', shared: true }, 'admin');
    const limit = { max_kbps: 100, max_burst_kbps: 100 };
    await world.post(`qos/policies/${policy.id}/bandwidth_limit_rules`, 'bandwidth_limit_rule', limit, 'admin');
    await world.put(`ports/${server.id}`, { port: { qos_policy_id: policy.id } });
    await waitFor('the limit', async () => !(await fast()), patience);
    await world.put(`ports/${server.id}`, { port: { qos_policy_id: null } });
    await waitFor('the limit to be gone', fast, patience);
  });

  await t.test(
    'IPv6: DHCPv6 gives addresses where a subnet says so, and name servers without them elsewhere',
    async () => {
      const asked = async (
        mode: string,
        cidr: string,
      ): Promise<{ port: Row; answer: string; routes: () => Promise<string> }> => {
        const network = await world.post('networks', 'network', {});
        const body = { network_id: network.id, ip_version: 6, cidr, dns_nameservers: ['2620:fe::fe'] };
        const six = await world.post('subnets', 'subnet', { ...body, ipv6_ra_mode: mode, ipv6_address_mode: mode });
        await world.put(`routers/${router.id}/add_router_interface`, { subnet_id: six.id });
        const port = await world.serverPort(network.id);
        const guest = await world.boot(port);
        const script = join(import.meta.dirname, 'dhcpv6.mjs');
        const words = ['netns', 'exec', guest.namespace, process.execPath, script];
        const { stdout } = await tryRun('ip', words, { timeout: 20_000 });
        return { port, answer: stdout.trim(), routes: () => guest.ip('-6', 'route') };
      };
      const stateful = await asked('dhcpv6-stateful', 'fd00:7::/64');
      const [address = '', server6] = stateful.answer.split(' ');
      assert.equal(server6, '2620:00fe:0000:0000:0000:0000:0000:00fe');
      assert.equal(canonicalIp(address), stateful.port.fixed_ips[0]?.ip_address);
      await waitFor('the way out', async () => /default .*via fe80/.test(await stateful.routes()), patience);
      const stateless = await asked('dhcpv6-stateless', 'fd00:8::/64');
      assert.match(stateless.answer, /^none /);
    },
  );
});
