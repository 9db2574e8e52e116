import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, networkCloud } from './testing.ts';

test('a network and its subnet are made, shown, changed and deleted with what hangs on them', async (t) => {
  const api = await networkCloud(t);
  const { network, subnet } = await api.network();
  assert.equal(network.mtu, 1442);
  assert.equal('provider:network_type' in network, false);
  assert.equal(subnet.gateway_ip, '10.0.0.1');
  assert.deepEqual(subnet.allocation_pools, [{ start: '10.0.0.2', end: '10.0.0.254' }]);
  const metadata = (await api.get('ports?device_owner=network:distributed')).body.ports;
  assert.deepEqual(
    metadata.map((port: { device_id: string; fixed_ips: { ip_address: string }[] }) => [
      port.device_id,
      port.fixed_ips[0]?.ip_address,
    ]),
    [[`ovnmeta-${network.id}`, '10.0.0.2']],
  );
  const changed = await api.put(`networks/${network.id}`, { network: { name: 'x', mtu: '1400' } });
  assert.deepEqual(
    [changed.body.network.name, changed.body.network.mtu, changed.body.network.revision_number],
    ['x', 1400, 3],
  );
  assert.equal((await api.del(`networks/${network.id}`)).status, 204);
  failed(await api.get(`networks/${network.id}`), 404, 'NetworkNotFound');
  failed(await api.get(`subnets/${subnet.id}`), 404, 'SubnetNotFound');
  assert.equal((await api.get('ports', undefined, 'admin')).body.ports.length, 0);
});

test('another project sees and changes nothing, unless the network is shared', async (t) => {
  const api = await networkCloud(t);
  const { network, subnet } = await api.network();
  failed(await api.get(`networks/${network.id}`, undefined, 'other'), 404, 'NetworkNotFound');
  failed(await api.put(`networks/${network.id}`, { network: { name: 'x' } }, 'other'), 404, 'NetworkNotFound');
  failed(await api.del(`subnets/${subnet.id}`, undefined, 'other'), 404, 'SubnetNotFound');
  failed(await api.post('ports', { port: { network_id: network.id } }, 'other'), 404, 'NetworkNotFound');
  assert.deepEqual((await api.get('networks', undefined, 'other')).body.networks, []);
  failed(await api.put(`networks/${network.id}`, { network: { shared: true } }), 403, 'PolicyNotAuthorized');
  await api.put(`networks/${network.id}`, { network: { shared: true } }, 'admin');
  assert.equal((await api.get('networks', undefined, 'other')).body.networks.length, 1);
  failed(await api.del(`networks/${network.id}`, undefined, 'other'), 403, 'PolicyNotAuthorized');
  const { port } = (await api.post('ports', { port: { network_id: network.id } }, 'other')).body;
  assert.equal(port.fixed_ips[0].ip_address, '10.0.0.3');
  const fixed = { network_id: network.id, fixed_ips: [{ ip_address: '10.0.0.9' }] };
  failed(await api.post('ports', { port: fixed }, 'other'), 403, 'PolicyNotAuthorized');
  failed(await api.put(`networks/${network.id}`, { network: { shared: false } }, 'admin'), 409, 'InvalidSharedSetting');
  failed(await api.del(`networks/${network.id}`), 409, 'NetworkInUse');
  const foreign = { network: { name: 'x', project_id: 'project-other' } };
  failed(await api.post('networks', foreign), 400, 'HTTPBadRequest');
  assert.equal((await api.post('networks', foreign, 'admin')).body.network.project_id, 'project-other');
  assert.equal((await api.post('networks', { network: {} }, 'reader')).status, 403);
});

test('lists are filtered, sorted, cut into pages and reduced to fields', async (t) => {
  const api = await networkCloud(t);
  for (const name of ['a', 'b', 'c', 'd', 'e']) await api.make('networks', 'network', { name, description: name });
  const names = async (query: string) =>
    (await api.get(`networks?${query}`)).body.networks.map((one: { name: string }) => one.name);
  assert.deepEqual(await names('name=b&name=d&sort_key=name'), ['b', 'd']);
  assert.deepEqual(await names('admin_state_up=False'), []);
  assert.deepEqual(await names('sort_key=name&sort_dir=desc&limit=0'), ['e', 'd', 'c', 'b', 'a']);
  assert.deepEqual((await api.get('networks?fields=name&name=a')).body, { networks: [{ name: 'a' }] });
  const seen: string[] = [];
  let path: string | undefined = 'networks?limit=2&sort_key=name';
  let last = '';
  while (path !== undefined) {
    const { body } = await api.get(path);
    seen.push(...body.networks.map((one: { name: string }) => one.name));
    last = body.networks[0]?.id ?? last;
    const next = body.networks_links.find((link: { rel: string }) => link.rel === 'next');
    path = next?.href.replace(/^.*\/v2.0\//, '');
  }
  assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(await names(`limit=2&sort_key=name&marker=${last}&page_reverse=true`), ['c', 'd']);
  failed(await api.get('networks?nosuch=1'), 400, 'HTTPBadRequest');
  failed(await api.get('networks?limit=x'), 400, 'HTTPBadRequest');
  failed(await api.get('networks?sort_key=subnets'), 400, 'HTTPBadRequest');
  failed(await api.get('networks?marker=nosuch'), 400, 'HTTPBadRequest');
});

test('tags are added, replaced, removed and searched', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  assert.equal((await api.put(`networks/${network.id}/tags`, { tags: ['red', 'blue'] })).status, 200);
  assert.equal((await api.put(`networks/${network.id}/tags/green`)).status, 201);
  assert.deepEqual((await api.get(`networks/${network.id}/tags`)).body, { tags: ['blue', 'green', 'red'] });
  assert.equal((await api.get(`networks/${network.id}/tags/red`)).status, 204);
  failed(await api.get(`networks/${network.id}/tags/nosuch`), 404, 'TagResourceNotFound');
  assert.equal((await api.del(`networks/${network.id}/tags/red`)).status, 204);
  const count = async (query: string) => (await api.get(`networks?${query}`)).body.networks.length;
  assert.deepEqual(
    [await count('tags=blue,green'), await count('tags=blue,red'), await count('tags-any=blue,red')],
    [1, 0, 1],
  );
  assert.deepEqual([await count('not-tags=blue,green'), await count('not-tags-any=red')], [0, 1]);
  failed(await api.put(`networks/${network.id}/tags/x`, undefined, 'other'), 404, 'NetworkNotFound');
});

test('a change can be tied to a revision', async (t) => {
  const api = await networkCloud(t);
  const { network } = await api.network();
  const change = (revision: number) =>
    api.put(`networks/${network.id}`, { network: { name: 'x' } }, 'member', {
      'if-match': `revision_number=${revision}`,
    });
  failed(await change(7), 412, 'RevisionNumberConstraintFailed');
  assert.equal((await change(2)).status, 200, 'its subnet moved it on');
  failed(await change(2), 412, 'RevisionNumberConstraintFailed');
});

test('provider networks are an administrator matter, and one wire is one network', async (t) => {
  const api = await networkCloud(t);
  const flat = { 'provider:network_type': 'flat', 'provider:physical_network': 'p' };
  failed(await api.post('networks', { network: flat }), 403, 'PolicyNotAuthorized');
  const network = await api.make('networks', 'network', flat, 'admin');
  assert.deepEqual([network.mtu, network['provider:segmentation_id']], [1500, null]);
  failed(await api.post('networks', { network: flat }, 'admin'), 409, 'FlatNetworkInUse');
  failed(await api.post('networks', { network: { 'provider:network_type': 'flat' } }, 'admin'), 400, 'InvalidInput');
  failed(await api.post('networks', { network: { 'provider:network_type': 'gre' } }, 'admin'), 400, 'InvalidInput');
  const vlan = { 'provider:network_type': 'vlan', 'provider:physical_network': 'p', 'provider:segmentation_id': '12' };
  assert.equal((await api.make('networks', 'network', vlan, 'admin'))['provider:segmentation_id'], 12);
  failed(await api.post('networks', { network: { mtu: 9000 } }), 400, 'InvalidInput');
});

test('quotas are claimed by what is made, shown, changed and reset', async (t) => {
  const api = await networkCloud(t);
  await api.network();
  const set = await api.put('quotas/project-demo', { quota: { network: '1', port: 1 } }, 'admin');
  assert.equal(set.body.quota.network, 1);
  failed(await api.post('networks', { network: {} }), 409, 'OverQuota');
  failed(await api.post('networks', { networks: [{}, {}] }), 409, 'OverQuota');
  assert.deepEqual((await api.get('quotas/project-demo/details.json')).body.quota.network, {
    limit: 1,
    used: 1,
    reserved: 0,
  });
  assert.equal((await api.get('quotas/project-demo/details.json')).body.quota.port.used, 0);
  assert.equal((await api.get('quotas/project-demo/default')).body.quota.network, 100);
  failed(await api.get('quotas/project-demo', undefined, 'other'), 403, 'PolicyNotAuthorized');
  assert.equal((await api.put('quotas/project-demo', { quota: { network: 9 } })).status, 403);
  assert.equal((await api.put('quotas/project-demo', { quota: { network: -2 } }, 'admin')).status, 400);
  assert.equal((await api.get('quotas', undefined, 'admin')).body.quotas.length, 1);
  assert.equal((await api.del('quotas/project-demo', undefined, 'admin')).status, 204);
  assert.equal((await api.post('networks', { networks: [{}, {}] })).body.networks.length, 2);
});

test('version documents and extensions are what clients look for', async (t) => {
  const api = await networkCloud(t);
  const versions = await api.cloud.request('GET', '/network/', { as: 'nobody' });
  assert.deepEqual(versions.body.versions[0].id, 'v2.0');
  assert.equal((await api.get('')).body.resources[0].collection, 'networks');
  const { extensions } = (await api.get('extensions')).body;
  assert.ok(extensions.some((one: { alias: string }) => one.alias === 'security-group'));
  assert.equal((await api.get('extensions/router')).body.extension.alias, 'router');
  assert.equal((await api.get('extensions/nosuch')).status, 404);
});
