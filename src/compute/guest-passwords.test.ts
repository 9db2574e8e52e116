import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeCloud } from './testing.ts';

test("a guest tells its owner a password, once, through the host's agent", async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  const agent = `/agent/v1/servers/${id}/password`;
  const own = `/compute/v2.1/servers/${id}/os-server-password`;
  const tell = (password: string) => cloud.request('POST', agent, { as: 'host', body: { password } });
  const shown = async () => (await cloud.request('GET', own)).body.password;
  assert.equal(await shown(), '');
  assert.equal((await tell('x'.repeat(1025))).status, 400);
  assert.equal((await tell('secret')).status, 204);
  assert.equal((await tell('another')).status, 409);
  assert.equal(await shown(), 'secret');
  assert.deepEqual((await cloud.request('GET', agent, { as: 'host' })).body, { password: 'secret' });
  assert.equal((await cloud.request('GET', own, { as: 'other' })).status, 404);
  assert.equal((await cloud.request('DELETE', own)).status, 204);
  assert.equal(await shown(), '');
  const stranger = agent.replace(id, '00000000-0000-4000-8000-000000000000');
  assert.equal((await cloud.request('GET', stranger, { as: 'host' })).status, 404);
  assert.equal((await cloud.request('GET', agent, { as: 'admin' })).status, 401);
});
