import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { testCloud, type TestCloud } from '../../src/http/testing.ts';
import { publicServices } from '../../src/services.ts';
import { openSqliteStore } from '../../src/store/store.ts';
import { TEST_SERVER } from '../../src/store/testing.ts';

/** Numbers at and beyond the ends of what JSON, JavaScript, 32 and 64 bits can say; written as a client may. */
const NUMBERS = ['2147483648', '9007199254740993', '9223372036854775808', '1e30', '-1e30', '1e400', '1.5', '-1'];

/** Requests with a number in a place where one is stored or compared, and one of text. */
const requests = (number: string): [method: 'GET' | 'POST' | 'PUT', path: string, body?: string][] => [
  ['POST', '/compute/v2.1/flavors', `{"flavor":{"name":"f${number}","ram":${number},"vcpus":1,"disk":1}}`],
  ['POST', '/compute/v2.1/flavors', `{"flavor":{"name":"g${number}","ram":1,"vcpus":1,"disk":${number}}}`],
  ['PUT', '/compute/v2.1/os-quota-sets/project-demo', `{"quota_set":{"cores":${number}}}`],
  ['PUT', '/network/v2.0/quotas/project-demo', `{"quota":{"port":${number}}}`],
  ['POST', '/network/v2.0/networks', `{"network":{"name":"n","mtu":${number}}}`],
  ['POST', '/network/v2.0/networks', `{"network":{"name":"n","provider:segmentation_id":${number}}}`],
  ['POST', '/volume/v3/volumes', `{"volume":{"size":${number}}}`],
  ['PUT', '/volume/v3/os-quota-sets/project-demo', `{"quota_set":{"gigabytes":${number}}}`],
  ['POST', '/image/v2/images', `{"name":"i","min_disk":${number},"disk_format":"raw","container_format":"bare"}`],
  ['GET', `/compute/v2.1/flavors?minRam=${number}&limit=${number}`],
  ['GET', `/compute/v2.1/servers?limit=${number}&power_state=${number}`],
  ['GET', `/network/v2.0/ports?limit=${number}`],
  ['GET', `/network/v2.0/networks?mtu=${number}&provider:segmentation_id=${number}`],
  ['GET', `/network/v2.0/security-group-rules?port_range_min=${number}`],
  ['GET', `/network/v2.0/subnets?ip_version=${number}`],
  ['GET', `/volume/v3/volumes?limit=${number}&offset=${number}&size=${number}`],
  ['GET', `/image/v2/images?limit=${number}&size_min=${number}&min_ram=${number}`],
  ['GET', `/placement/resource_providers?resources=VCPU:${number}`],
];

const TEXTS: [method: 'GET' | 'POST', path: string, body?: string][] = [
  ['POST', '/network/v2.0/networks', '{"network":{"name":"a\\u0000b"}}'],
  ['POST', '/image/v2/images', '{"name":"a\\u0000b","disk_format":"raw","container_format":"bare"}'],
  ['GET', '/network/v2.0/networks?name=a%00b'],
  ['GET', '/network/v2.0/networks/a%00b'],
  ['GET', '/compute/v2.1/servers/a%00b'],
  ['GET', '/image/v2/images?name=a%00b&marker=a%00b'],
  ['GET', '/network/v2.0/networks?admin_state_up=perhaps'],
  ['GET', '/network/v2.0/subnets?ip_version=four'],
];

async function answers(cloud: TestCloud): Promise<string[]> {
  const all: string[] = [];
  for (const [method, path, body] of [...NUMBERS.flatMap(requests), ...TEXTS]) {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const reply = await cloud.request(method, path, { as: 'admin', headers, ...(body !== undefined && { body }) });
    assert.ok(reply.status < 500, `${method} ${path} ${body ?? ''}: ${reply.status} ${JSON.stringify(reply.body)}`);
    all.push(`${method} ${path} ${body ?? ''}: ${reply.status}`);
  }
  return all;
}

test('numbers and texts that cannot be kept are refused, on both databases alike', async (t) => {
  const onSqlite = await answers(
    await testCloud(t, publicServices, (directory) => openSqliteStore(join(directory, 'controller.db'))),
  );
  if (TEST_SERVER === undefined) return;
  const onPostgres = await answers(await testCloud(t, publicServices));
  assert.deepEqual(
    onPostgres.filter((answer) => !onSqlite.includes(answer)),
    [],
  );
});
