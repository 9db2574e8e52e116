import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCloud } from '../http/testing.ts';
import { bootstrapIdentity, identityService } from '../identity/index.ts';
import { createProjectNetworkReconciler } from './index.ts';
import { networkService } from './service.ts';

type Named = { id: string; name: string };

test('a project comes with a network, a router and a group for SSH, and takes them along when it goes', async (t) => {
  const cloud = await testCloud(t, [identityService, networkService]);
  const { app } = cloud;
  app.config.projectNetworks = true;
  await bootstrapIdentity(app, { adminPassword: 'x', region: 'r', publicUrl: app.config.publicUrl });
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, status = 201) => {
    const reply = await cloud.request(method, path, { as: 'admin', ...(body !== undefined && { body }) });
    assert.equal(reply.status, status, JSON.stringify(reply.body));
    return reply.body;
  };
  const net = (path: string, body: unknown) => ask('POST', `/network/v2.0/${path}`, body);
  const list = async (path: string, project: string): Promise<Named[]> => {
    const body = await ask('GET', `/network/v2.0/${path}?project_id=${project}`, undefined, 200);
    return body[path];
  };
  const makeProject = async (name: string): Promise<string> =>
    (await ask('POST', '/identity/v3/projects', { project: { name, domain_id: 'default' } })).project.id;

  // Without a default external network there is nothing to plug a router into, and projects are made all the same.
  const early = await makeProject('early');
  assert.deepEqual(await list('networks', early), []);

  const { network: external } = await net('networks', {
    network: { name: 'public', 'router:external': true, is_default: true },
  });
  await net('subnets', {
    subnet: { network_id: external.id, ip_version: 4, cidr: '192.0.2.0/24', enable_dhcp: false },
  });
  const pool = { name: 'projects', prefixes: ['10.128.0.0/9'], default_prefixlen: 24, is_default: true, shared: true };
  await net('subnetpools', { subnetpool: pool });

  const garden = await makeProject('garden');
  const [network] = await list('networks', garden);
  assert.equal(network?.name, 'garden');
  const [subnet] = (await ask('GET', `/network/v2.0/subnets?project_id=${garden}`, undefined, 200)).subnets;
  assert.deepEqual([subnet.cidr, subnet.dns_nameservers], ['10.128.0.0/24', ['9.9.9.9', '1.1.1.1']]);
  const [router] = (await ask('GET', `/network/v2.0/routers?project_id=${garden}`, undefined, 200)).routers;
  assert.equal(router.external_gateway_info.network_id, external.id);
  const groups = (await ask('GET', `/network/v2.0/security-groups?project_id=${garden}`, undefined, 200))
    .security_groups;
  const opened = (name: string) =>
    groups
      .find((group: Named) => group.name === name)
      .security_group_rules.filter((rule: { direction: string; remote_group_id: string | null }) => {
        return rule.direction === 'ingress' && rule.remote_group_id === null;
      })
      .map(
        (rule: Record<string, unknown>) =>
          `${String(rule['ethertype'])} ${String(rule['protocol'])} ${String(rule['port_range_min'])}`,
      )
      .toSorted();
  assert.deepEqual(opened('default'), []);
  assert.deepEqual(opened('ssh'), ['IPv4 icmp null', 'IPv4 tcp 22', 'IPv6 ipv6-icmp null', 'IPv6 tcp 22']);
  // It is the one that `--network auto` finds.
  const path = `/network/v2.0/auto-allocated-topology/${garden}`;
  assert.equal((await ask('GET', path, undefined, 200)).auto_allocated_topology.id, network?.id);

  const server = {
    port: { network_id: network?.id, project_id: garden, device_id: 's', device_owner: 'compute:nova' },
  };
  const { port } = await net('ports', server);
  await ask('DELETE', `/identity/v3/projects/${garden}`, undefined, 204);
  const reconciler = createProjectNetworkReconciler(app);
  await reconciler.run();
  assert.equal((await list('networks', garden)).length, 1, 'a server is on it');
  await ask('DELETE', `/network/v2.0/ports/${port.id}`, undefined, 204);
  for (let times = 0; times < 2; times++) await reconciler.run();
  for (const table of ['networks', 'subnets', 'routers', 'ports', 'security_groups', 'auto_topologies'] as const) {
    const rows = await app.store.read
      .selectFrom(table)
      .select('project_id')
      .where('project_id', '=', garden as never)
      .execute();
    assert.deepEqual(rows, [], table);
  }
  assert.equal((await list('networks', 'project-admin')).length, 1, 'others keep theirs');
});
