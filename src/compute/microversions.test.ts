import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestReply, TestUser } from '../http/testing.ts';
import { computeCloud, versioned } from './testing.ts';

type Ask = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  as?: TestUser,
) => Promise<TestReply>;
/** Whether a client of one version sees what a version brought, or still sees what it took away. */
type Check = (ask: Ask) => Promise<boolean>;

const BASE64 = Buffer.from('#!/bin/sh').toString('base64');

/**
 * Nova's history of its API, entry by entry: each is not seen by clients of the version before it, and is seen since.
 * https://docs.openstack.org/nova/latest/reference/api-microversion-history.html
 */
test('every version brings what it brought to Nova, and not before', async (t) => {
  const cloud = await computeCloud(t);
  const network = { uuid: cloud.networkId };
  const id = await cloud.boot({ networks: [network] });
  const gone = await cloud.boot({ networks: [network] });
  const resized = await cloud.boot({ networks: [network] });
  await cloud.converge();
  await cloud.act(resized, { resize: { flavorRef: '2' } });
  await cloud.request('DELETE', `/compute/v2.1/servers/${gone}`);
  await cloud.converge();
  await cloud.request('POST', '/compute/v2.1/os-aggregates', { as: 'admin', body: { aggregate: { name: 'one' } } });
  const { body: actions } = await cloud.request('GET', `/compute/v2.1/servers/${id}/os-instance-actions`);
  const request = actions.instanceActions[0].request_id as string;
  const { body: consoles } = await cloud.act(id, { 'os-getVNCConsole': { type: 'novnc' } });
  const token = new URL(consoles.console.url as string).searchParams.get('path')?.split('token=')[1] ?? '';
  let names = 0;
  const fresh = () => `n${names++}`;

  const shows =
    (member: string, as: TestUser = 'admin'): Check =>
    async (ask) =>
      member in (await ask('GET', `/servers/${id}`, undefined, as)).body.server;
  const answers =
    (
      status: number,
      method: 'GET' | 'POST' | 'PUT' | 'DELETE',
      path: string,
      body?: unknown,
      as: TestUser = 'admin',
    ): Check =>
    async (ask) =>
      (await ask(method, path, typeof body === 'function' ? (body as () => unknown)() : body, as)).status === status;
  const has =
    (path: string, pick: (body: TestReply['body']) => object, member: string): Check =>
    async (ask) =>
      member in pick((await ask('GET', path, undefined, 'admin')).body);
  /** Whether the answer's text matches: many requests are refused in every version, each for another reason. */
  const says =
    (
      pattern: RegExp,
      method: 'GET' | 'POST' | 'PUT' | 'DELETE',
      path: string,
      body?: unknown,
      as: TestUser = 'admin',
    ): Check =>
    async (ask) =>
      pattern.test(JSON.stringify((await ask(method, path, body, as)).body));
  const acting = (pattern: RegExp, body: unknown) => says(pattern, 'POST', `/servers/${id}/action`, body);
  const acts = (status: number, body: unknown, as: TestUser = 'admin') =>
    answers(status, 'POST', `/servers/${id}/action`, body, as);
  /** A create that is refused for the member alone: none of them has a server made. */
  const refusesCreate = (more: Record<string, unknown>, as: TestUser = 'member'): Check => {
    const server = { name: 'x', flavorRef: '3', imageRef: cloud.imageId, networks: [network], ...more };
    return async (ask) =>
      /unexpected|needs version|Before version/.test(
        JSON.stringify((await ask('POST', '/servers', { server }, as)).body),
      );
  };
  const takesCreate = (more: Record<string, unknown>, as?: TestUser): Check => {
    const refuses = refusesCreate(more, as);
    return async (ask) => !(await refuses(ask));
  };
  const not =
    (check: Check): Check =>
    async (ask) =>
      !(await check(ask));
  const event = (name: string) =>
    answers(200, 'POST', '/os-server-external-events', { events: [{ name, server_uuid: id, tag: 'x' }] });
  const keyPair = () => ({ keypair: { name: fresh() } });
  const group = (more: object) => () => ({ server_group: { name: fresh(), ...more } });
  const migrations = (body: TestReply['body']) => body.migrations[0];
  const hypervisor = (body: TestReply['body']) => body.hypervisors[0];

  const history: [number, Check][] = [
    [2, answers(201, 'POST', '/os-keypairs', keyPair, 'member')],
    [3, shows('OS-EXT-SRV-ATTR:reservation_id')],
    [5, async (ask) => (await ask('GET', '/servers?ip6=beef')).body.servers.length === 0],
    [6, answers(200, 'POST', `/servers/${id}/remote-consoles`, { remote_console: { protocol: 'vnc', type: 'novnc' } })],
    [6, acts(404, { 'os-getVNCConsole': { type: 'novnc' } })],
    [7, answers(409, 'POST', '/flavors/1/action', () => ({ addTenantAccess: { tenant: fresh() } }))],
    [
      8,
      async (ask) => {
        const body = { remote_console: { protocol: 'mks', type: 'webmks' } };
        return /Unavailable/.test(JSON.stringify((await ask('POST', `/servers/${id}/remote-consoles`, body)).body));
      },
    ],
    [9, shows('locked')],
    [10, answers(403, 'GET', '/os-keypairs?user_id=other', undefined, 'member')],
    [11, has('/os-services', (body) => body.services[0], 'forced_down')],
    [
      13,
      async (ask) =>
        'project_id' in (await ask('POST', '/os-server-groups', serverGroup(ask), 'admin')).body.server_group,
    ],
    [14, acting(/unexpected/, { evacuate: { onSharedStorage: true } })],
    [15, answers(200, 'POST', '/os-server-groups', group({ policies: ['soft-affinity'] }))],
    [16, shows('host_status')],
    [17, not(acts(404, { trigger_crash_dump: null }))],
    [19, shows('description')],
    [21, answers(200, 'GET', `/servers/${gone}/os-instance-actions`)],
    [22, says(/In-progress/, 'POST', `/servers/${id}/migrations/1/action`, { force_complete: null })],
    [23, answers(200, 'GET', `/servers/${id}/migrations`)],
    [23, has('/os-migrations', migrations, 'migration_type')],
    [24, says(/In-progress/, 'DELETE', `/servers/${id}/migrations/1`, undefined)],
    [
      25,
      says(/No valid host/, 'POST', `/servers/${id}/action`, {
        'os-migrateLive': { host: null, block_migration: 'auto' },
      }),
    ],
    [26, shows('tags')],
    [26, answers(200, 'GET', `/servers/${id}/tags`)],
    [
      28,
      async (ask) =>
        typeof hypervisor((await ask('GET', '/os-hypervisors/detail', undefined, 'admin')).body).cpu_info === 'object',
    ],
    [31, answers(200, 'GET', `/os-console-auth-tokens/${token}`)],
    [32, takesCreate({ networks: [{ ...network, tag: 'a' }] })],
    [
      33,
      async (ask) => (await ask('GET', '/os-hypervisors?limit=0', undefined, 'admin')).body.hypervisors.length === 0,
    ],
    [35, async (ask) => (await ask('GET', '/os-keypairs?limit=0')).body.keypairs.length === 0],
    [36, answers(404, 'GET', '/os-networks')],
    [36, answers(404, 'GET', '/os-security-groups')],
    [36, async (ask) => !('maxTotalFloatingIps' in (await ask('GET', '/limits')).body.limits.absolute)],
    [37, takesCreate({ networks: 'none' })],
    [37, refusesCreate({ networks: [{ ...network, tag: 'a' }] })],
    [38, answers(400, 'GET', '/servers?status=nonsense')],
    [39, async (ask) => !('maxImageMeta' in (await ask('GET', '/limits')).body.limits.absolute)],
    [40, answers(400, 'GET', '/os-simple-tenant-usage?start=2025-01-01T00:00:00&marker=none')],
    [41, has('/os-aggregates', (body) => body.aggregates[0], 'uuid')],
    [42, takesCreate({ networks: [{ ...network, tag: 'a' }] })],
    [43, answers(404, 'GET', '/os-hosts')],
    [
      44,
      says(
        /resource could not be found/,
        'POST',
        `/servers/${id}/action`,
        { addFloatingIp: { address: '0.0.0.0' } },
        'member',
      ),
    ],
    [47, async (ask) => 'vcpus' in (await ask('GET', `/servers/${id}`)).body.server.flavor],
    [
      49,
      not(
        says(
          /'tag' was unexpected/,
          'POST',
          `/servers/${id}/os-interface`,
          { interfaceAttachment: { port_id: id, tag: 'a' } },
          'member',
        ),
      ),
    ],
    [50, has('/os-quota-class-sets/default', (body) => body.quota_class_set, 'server_groups')],
    [51, event('volume-extended')],
    [
      51,
      async (ask) =>
        'events' in (await ask('GET', `/servers/${id}/os-instance-actions/${request}`)).body.instanceAction,
    ],
    [52, takesCreate({ tags: ['a'] })],
    [53, async (ask) => typeof (await ask('GET', '/os-services', undefined, 'admin')).body.services[0].id === 'string'],
    [
      54,
      not(
        says(
          /key_name/,
          'POST',
          `/servers/${gone}/action`,
          { rebuild: { imageRef: cloud.imageId, key_name: null } },
          'member',
        ),
      ),
    ],
    [55, has('/flavors/1', (body) => body.flavor, 'description')],
    [56, not(says(/'host' was unexpected/, 'POST', `/servers/${id}/action`, { migrate: { host: null } }))],
    [57, refusesCreate({ personality: [] })],
    [57, async (ask) => !('maxPersonality' in (await ask('GET', '/limits')).body.limits.absolute)],
    [58, has(`/servers/${id}/os-instance-actions`, (body) => body.instanceActions[0], 'updated_at')],
    [59, has('/os-migrations', migrations, 'uuid')],
    [59, answers(400, 'GET', '/os-migrations?unknown=1')],
    [61, has('/flavors/1', (body) => body.flavor, 'extra_specs')],
    [62, has(`/servers/${id}/os-instance-actions/${request}`, (body) => body.instanceAction.events[0], 'hostId')],
    [63, shows('trusted_image_certificates')],
    [
      64,
      answers(200, 'POST', '/os-server-groups', group({ policy: 'anti-affinity', rules: { max_server_per_host: 2 } })),
    ],
    [66, async (ask) => (await ask('GET', '/servers?changes-before=2000-01-01T00:00:00Z')).body.servers.length === 0],
    [67, takesCreate({ block_device_mapping_v2: [{ volume_type: 'none', uuid: cloud.imageId }] })],
    [
      68,
      says(/'force' was unexpected/, 'POST', `/servers/${id}/action`, {
        'os-migrateLive': { host: null, block_migration: false, force: true },
      }),
    ],
    [70, has(`/servers/${id}/os-interface`, (body) => body.interfaceAttachments[0], 'tag')],
    [71, shows('server_groups')],
    [73, shows('locked_reason')],
    [74, takesCreate({ host: 'nowhere' }, 'admin')],
    [75, answers(400, 'GET', '/servers?unknown=1')],
    [75, answers(400, 'GET', '/flavors?unknown=1')],
    [75, async (ask) => (await ask('GET', '/flavors/1')).body.flavor.swap === 0],
    [75, async (ask) => 'key_name' in (await ask('PUT', `/servers/${id}`, { server: { name: 'web' } })).body.server],
    [76, event('power-update')],
    [77, says(/zone/, 'POST', `/servers/${id}/action`, { unshelve: { availability_zone: 'none' } }, 'member')],
    [78, answers(200, 'GET', `/servers/${id}/topology`)],
    [80, has('/os-migrations', migrations, 'project_id')],
    [82, event('accelerator-request-bound')],
    [83, async (ask) => (await ask('GET', '/servers?key_name=none')).body.servers.length === 0],
    [84, has(`/servers/${id}/os-instance-actions/${request}`, (body) => body.instanceAction.events[0], 'details')],
    [86, answers(400, 'POST', '/flavors/1/os-extra_specs', { extra_specs: { 'hw:cpu_policy': 'some' } })],
    [88, answers(404, 'GET', '/os-hypervisors/statistics')],
    [
      88,
      async (ask) => !('vcpus' in hypervisor((await ask('GET', '/os-hypervisors/detail', undefined, 'admin')).body)),
    ],
    [90, shows('OS-EXT-SRV-ATTR:hostname', 'member')],
    [90, takesCreate({ hostname: 'a' })],
    [91, not(says(/'host' was unexpected/, 'POST', `/servers/${id}/action`, { unshelve: { host: 'x' } }))],
    [92, answers(400, 'POST', '/os-keypairs', keyPair, 'member')],
    [93, event('volume-reimaged')],
    [94, takesCreate({ hostname: 'a.example.org' })],
    [96, shows('pinned_availability_zone')],
  ];
  function serverGroup(_ask: Ask) {
    return { server_group: { name: fresh(), policies: ['affinity'] } };
  }

  for (const [minor, check] of history) {
    const at =
      (version: string): Ask =>
      (method, path, body, as = 'member') =>
        cloud.request(method, `/compute/v2.1${path}`, { as, body, ...versioned(version) });
    assert.equal(await check(at(`2.${minor - 1}`)), false, `2.${minor} is seen too early: ${check.toString()}`);
    assert.equal(await check(at(`2.${minor}`)), true, `2.${minor} is not seen: ${check.toString()}`);
  }
  const early = await cloud.request('POST', '/compute/v2.1/servers', {
    body: { server: { name: 'x', flavorRef: '1', imageRef: cloud.imageId, user_data: BASE64, networks: 'auto' } },
  });
  assert.equal(early.status, 400);
});
