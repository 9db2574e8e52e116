import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { PollAnswer } from '../host/document.ts';
import { createServer } from '../http/server.ts';
import { attachTunnels } from './attach-tunnels.ts';
import { lastLines } from './console.ts';
import { agentService, computeService } from './index.ts';
import { computeCloud, type ComputeCloud } from './testing.ts';

/** The cloud behind a unix socket, with an agent that dials in when it is asked to. */
async function listening(t: TestContext) {
  const cloud = await computeCloud(t);
  const server = createServer(cloud.app, [computeService, agentService]);
  attachTunnels(server, cloud.app);
  const path = join(cloud.app.config.stateDir, 'http.sock');
  await server.listen({ path });
  t.after(() => server.close());
  const dial = (url: string, options: { token?: string; origin?: string } = {}) =>
    new WebSocket(`ws+unix:${path}:${url}`, ['binary'], {
      headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
      ...(options.origin !== undefined && { origin: options.origin }),
    });
  return { cloud, dial };
}

/** Polls as the agent does until the controller asks for a tunnel. */
async function askedFor(cloud: ComputeCloud): Promise<PollAnswer['tunnels'][number]> {
  for (;;) {
    const { body } = await cloud.request('GET', '/agent/v1/document?generation=0', { as: 'host' });
    const [tunnel] = (body as PollAnswer).tunnels;
    if (tunnel) return tunnel;
    await turn();
  }
}

async function refusal(socket: WebSocket): Promise<string> {
  const [error] = (await once(socket, 'error')) as [Error];
  return error.message;
}

const limited = { timeout: 10_000 };

test('the console log comes through the agent’s tunnel, its last lines only (P14)', limited, async (t) => {
  const { cloud, dial } = await listening(t);
  const id = await cloud.boot();
  await cloud.converge();
  const answer = cloud.act(id, { 'os-getConsoleOutput': { length: 2 } });
  const tunnel = await askedFor(cloud);
  assert.deepEqual([tunnel.server, tunnel.to], [id, 'log']);
  assert.match(await refusal(dial(`/agent/v1/tunnels/${tunnel.id}`, { token: 'stranger' })), /401/);
  const socket = dial(`/agent/v1/tunnels/${tunnel.id}`, { token: 'host' });
  await once(socket, 'open');
  socket.send(Buffer.from('one\ntwo\n'));
  socket.send(Buffer.from('three\n'));
  socket.close();
  assert.deepEqual((await answer).body, { output: 'three\n' });
  assert.match(await refusal(dial(`/agent/v1/tunnels/${tunnel.id}`, { token: 'host' })), /404/);
});

test('a host that is known to be off is not waited for', async (t) => {
  const cloud = await computeCloud(t);
  const id = await cloud.boot();
  await cloud.converge();
  cloud.app.clock.advance(61_000);
  const answer = await cloud.act(id, { 'os-getConsoleOutput': {} });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers['retry-after'], '30');
  assert.match(answer.body.serviceUnavailable.message, /^Host alpha of instance .* it is off, or cut off\.$/);
});

test('a viewer’s bytes reach the server’s screen and back, for who has a fresh address', limited, async (t) => {
  const { cloud, dial } = await listening(t);
  const id = await cloud.boot();
  await cloud.converge();
  const body = { remote_console: { protocol: 'vnc', type: 'novnc' } };
  const made = await cloud.request('POST', `/compute/v2.1/servers/${id}/remote-consoles`, {
    body,
    headers: { 'openstack-api-version': 'compute 2.6' },
  });
  const page = new URL(made.body.remote_console.url);
  assert.equal((await cloud.request('GET', page.pathname, { as: 'nobody' })).status, 200);
  const stream = `/${page.searchParams.get('path')}`;
  assert.match(await refusal(dial(`${stream}x`)), /401/);
  assert.match(await refusal(dial(stream, { origin: 'http://elsewhere.example' })), /403/);
  const viewer = dial(stream, { origin: 'http://cloud.example:5000' });
  await once(viewer, 'open');
  assert.equal(viewer.protocol, 'binary');
  viewer.send(Buffer.from('early'));
  const tunnel = await askedFor(cloud);
  const screen = dial(`/agent/v1/tunnels/${tunnel.id}`, { token: 'host' });
  const [early] = (await once(screen, 'message')) as [Buffer];
  assert.equal(early.toString(), 'early');
  screen.send(Buffer.from('RFB 003.008\n'));
  const [greeting] = (await once(viewer, 'message')) as [Buffer];
  assert.equal(greeting.toString(), 'RFB 003.008\n');
  screen.close();
  await once(viewer, 'close');
  cloud.app.clock.advance(11 * 60_000);
  assert.match(await refusal(dial(stream)), /401/);
});

test('the scripts of the page are served, and nothing else of the disk', async (t) => {
  const cloud = await computeCloud(t);
  const get = async (path: string) => (await cloud.request('GET', path, { as: 'nobody' })).status;
  assert.equal(await get('/console/novnc/core/rfb.js'), 200);
  assert.equal(await get('/console/novnc/core/none.js'), 404);
  assert.equal(await get('/console/novnc/package.json'), 404);
  assert.equal(await get('/console/novnc/core/%2e%2e/package.json'), 404);
});

test('the last lines of a text', () => {
  assert.equal(lastLines('a\nb\nc\n', 2), 'c\n');
  assert.equal(lastLines('a\nb', 5), 'a\nb');
  assert.equal(lastLines('', 3), '');
});

test('a password goes to the agent in the guest, and its answer is the outcome', limited, async (t) => {
  const { cloud, dial } = await listening(t);
  const agent = [{ op: 'add', path: '/hw_qemu_guest_agent', value: 'yes' }];
  const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' };
  const patched = await cloud.request('PATCH', `/image/v2/images/${cloud.imageId}`, { body: agent, headers });
  assert.equal(patched.status, 200);
  const id = await cloud.boot();
  await cloud.converge();
  const change = async (outcome: object) => {
    const answer = cloud.act(id, { changePassword: { adminPass: 'secret' } });
    const tunnel = await askedFor(cloud);
    assert.deepEqual([tunnel.server, tunnel.to], [id, 'guest-password']);
    const socket = dial(`/agent/v1/tunnels/${tunnel.id}`, { token: 'host' });
    const [wish] = (await once(socket, 'message')) as [Buffer];
    assert.deepEqual(JSON.parse(wish.toString()), { user: 'root', password: 'secret' });
    socket.send(JSON.stringify(outcome));
    socket.close();
    return answer;
  };
  assert.equal((await change({ outcome: 'done' })).status, 202);
  const refused = await change({ outcome: 'refused', reason: 'no such user' });
  assert.equal(refused.status, 409);
  assert.match(refused.body.conflictingRequest.message, /no such user/);
  assert.equal((await change({ outcome: 'silent' })).status, 501);
  const { body } = await cloud.request('GET', `/compute/v2.1/servers/${id}/os-instance-actions`);
  const actions = (body.instanceActions as { action: string; message: string | null }[]).slice(0, 3);
  assert.deepEqual(
    actions.map(({ action, message }) => [action, message]),
    [
      ['changePassword', 'Error'],
      ['changePassword', 'Error'],
      ['changePassword', null],
    ],
  );
  await cloud.act(id, { lock: null });
  await cloud.act(id, { 'os-stop': null }, { as: 'admin' });
  assert.equal((await cloud.act(id, { changePassword: { adminPass: 'x' } })).status, 409);
});
