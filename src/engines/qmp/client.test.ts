import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connectQmp, QmpError, type QmpEvent } from './client.ts';
import { fakeQmp, SILENCE, type FakeHandler } from './fake.ts';

async function start(t: TestContext, handlers: Record<string, FakeHandler> = {}, options = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'qmp-'));
  const path = join(directory, 'qmp.sock');
  const fake = await fakeQmp(path, handlers, options);
  t.after(async () => {
    await fake.close();
    rmSync(directory, { recursive: true });
  });
  return { fake, path };
}

test('answers reach the command that asked, whatever their order', async (t) => {
  const { path, fake } = await start(t, { 'query-status': () => ({ status: 'running' }), stop: () => ({}) });
  const qmp = await connectQmp(path);
  const [status] = await Promise.all([qmp.execute('query-status'), qmp.execute('stop', { a: 1 })]);
  assert.deepEqual(status, { status: 'running' });
  assert.deepEqual(fake.commands, [{ execute: 'query-status' }, { execute: 'stop', arguments: { a: 1 } }]);
  qmp.close();
  await qmp.closed;
});

test('a refusal carries the class and the words of QEMU', async (t) => {
  const { path } = await start(t, { device_add: () => new Error('Bus full') });
  const qmp = await connectQmp(path);
  await assert.rejects(
    qmp.execute('device_add'),
    (error) => error instanceof QmpError && /Bus full/.test(error.message),
  );
  await assert.rejects(qmp.execute('nonsense'), (e) => e instanceof QmpError && e.class === 'CommandNotFound');
  qmp.close();
});

test('events are handed on, and a failing listener does no harm', async (t) => {
  const { path, fake } = await start(t, { ping: () => 1 });
  const events: QmpEvent[] = [];
  const qmp = await connectQmp(path, (event) => {
    events.push(event);
    throw new Error('listener');
  });
  fake.event('SHUTDOWN', { guest: true });
  assert.equal(await qmp.execute('ping'), 1);
  assert.deepEqual(events, [{ name: 'SHUTDOWN', data: { guest: true } }]);
  qmp.close();
});

test('a command without an answer fails at its deadline and ends the connection', async (t) => {
  const { path } = await start(t, { stop: () => SILENCE });
  const qmp = await connectQmp(path);
  await assert.rejects(qmp.execute('stop', undefined, 20), /no answer to stop within 20 ms/);
  await qmp.closed;
  await assert.rejects(qmp.execute('cont'), /no answer to stop/);
});

test('a monitor that does not greet is given up', async (t) => {
  const { path } = await start(t, {}, { greet: false });
  await assert.rejects(connectQmp(path, undefined, 20), /no greeting within 20 ms/);
});

test('a lost connection fails what is under way', async (t) => {
  const { path, fake } = await start(t, { stop: () => SILENCE });
  const qmp = await connectQmp(path);
  const call = qmp.execute('stop');
  fake.hangUp();
  await assert.rejects(call, /connection (was closed|failed)/);
  await qmp.closed;
});

test('nonsense on the wire ends the connection', async (t) => {
  const { path, fake } = await start(t);
  const qmp = await connectQmp(path);
  fake.raw('HTTP/1.1 400\n');
  await qmp.closed;
});

test('nobody listening is an error, not a crash', async () => {
  await assert.rejects(connectQmp('/nonexistent/qmp.sock'), /connection failed/);
});
