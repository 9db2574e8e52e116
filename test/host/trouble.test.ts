import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exec } from '../../src/host/exec.ts';
import type { HostImage, HostServer } from '../../src/host/document.ts';
import { canRun, testMachine, testNetwork, testServer, until, type TestMachine } from './machine.ts';

const skip = !canRun && 'needs root, QEMU and Open vSwitch';
const network = testNetwork();
let machine: TestMachine;
let raw: HostImage;
let path: string;

before(async () => {
  if (skip) return;
  machine = await testMachine();
  path = join(machine.directory, 'empty.raw');
  writeFileSync(path, Buffer.alloc(3 * 1024 * 1024, 'potluck'));
  raw = machine.addImage(path, 'raw');
});

after(async () => {
  await machine?.close();
});

const set = (...servers: HostServer[]) => machine.change((document) => (document.servers = servers));
const reported = (server: HostServer) => machine.report()?.servers.find((one) => one.id === server.id);
const isIn = (server: HostServer, state: string) =>
  until(machine, `${server.id} is ${state}`, () => reported(server)?.state === state);

test('what an agent left behind when it died between two steps is removed', { skip }, async () => {
  const stray = randomUUID();
  const places = ['state', 'run'].map((place) => join(machine.directory, place, 'servers', stray));
  for (const place of places) mkdirSync(place, { recursive: true });
  await machine.inside('ip', 'tuntap', 'add', 'dev', 'tapdeadbeef-00', 'mode', 'tap');
  await machine.inside('ip', 'link', 'set', 'dev', 'tapdeadbeef-00', 'alias', 'potluck-port');
  await machine.inside('ip', 'tuntap', 'add', 'dev', 'tapstranger', 'mode', 'tap');
  await machine.ovs(
    'add-port',
    'br-int',
    'tapdeadbeef-11',
    '--',
    'set',
    'Interface',
    'tapdeadbeef-11',
    'external_ids:potluck=port',
  );
  const name = `guest=potluck-${stray}-1-1,debug-threads=on`;
  const monitor = `socket,id=qmp,path=${places[1]}/qmp.sock,server=on,wait=off`;
  const qemu = spawn('qemu-system-x86_64', [
    '-name',
    name,
    '-nodefaults',
    '-display',
    'none',
    '-S',
    '-chardev',
    monitor,
  ]);
  const ended = new Promise((resolve) => qemu.on('exit', (_, signal) => resolve(signal)));
  await until(machine, 'the stray runs', () => existsSync(`${places[1]}/qmp.sock`));
  await machine.startAgent();
  set();
  assert.equal(await ended, 'SIGKILL');
  await until(machine, 'no directory is left', () => places.every((place) => !existsSync(place)));
  const links = () => machine.inside('ip', '-br', 'link');
  await until(machine, 'no tap is left', async () => !(await links()).includes('tapdeadbeef'));
  assert.match(await links(), /tapstranger/);
  await until(
    machine,
    'no port is left',
    async () => !(await machine.ovs('list-ports', 'br-int')).includes('deadbeef'),
  );
});

test('what cannot be built says why, and does not hold up others', { skip }, async () => {
  const hostile = join(machine.directory, 'hostile.qcow2');
  await exec('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw', hostile, '1M']);
  const large = join(machine.directory, 'large.qcow2');
  await exec('qemu-img', ['create', '-q', '-f', 'qcow2', large, '3G']);
  const servers = {
    hostile: testServer(machine.addImage(hostile, 'qcow2'), null),
    large: testServer(machine.addImage(large, 'qcow2'), null),
    missing: testServer({ ...raw, id: randomUUID(), sha256: 'a'.repeat(64) }, null),
    wrong: testServer({ ...raw, sha256: 'b'.repeat(64) }, null),
    good: testServer(raw, network),
    empty: testServer(null, null),
  };
  machine.change((document) => {
    document.networks = [network];
    document.servers = Object.values(servers);
  });
  await Promise.all([isIn(servers.good, 'running'), isIn(servers.empty, 'running')]);
  for (const [name, reason] of [
    ['hostile', /names a backing file/],
    ['large', /1 GiB is too small .* needs 3 GiB/],
    ['missing', /cannot be fetched: the controller answered 404/],
    ['wrong', /arrived damaged/],
  ] as const) {
    await isIn(servers[name], 'error');
    assert.match(reported(servers[name])?.reason ?? '', reason);
  }
  set();
  await until(machine, 'all are gone', () => machine.report()?.servers.length === 0);
});

test('a layer for each size, and back', { skip }, async () => {
  const server = testServer(raw, null);
  const layers = () =>
    readdirSync(join(machine.directory, 'state', 'servers', server.id)).filter((name) => name.startsWith('disk'));
  set(server);
  await isIn(server, 'running');
  set({ ...server, power: 'stopped' });
  await isIn(server, 'stopped');
  const larger = { ...server, boot: 2, disk: { image: raw, layersGib: [1, 2] } };
  set(larger);
  await until(machine, 'it runs again', () => reported(server)?.boot === 2);
  assert.deepEqual(layers(), ['disk-0.qcow2', 'disk-1.qcow2']);
  set({ ...server, boot: 3 });
  await until(machine, 'it runs on the old layer', () => reported(server)?.boot === 3);
  assert.deepEqual(layers(), ['disk-0.qcow2']);
  set();
  await until(machine, 'it is gone', () => machine.report()?.servers.length === 0);
});

test('tunnels reach the screen, and the log comes whole', { skip }, async () => {
  const server = testServer(raw, null);
  set(server);
  await isIn(server, 'running');
  const ask = (to: 'vnc' | 'log' | 'serial') => ({ id: randomUUID(), server: server.id, to });
  const hello = await machine.tunnel(ask('vnc'), (bytes) => bytes.length >= 12);
  assert.match(String(hello), /^RFB 003/);
  const log = join(machine.directory, 'state', 'servers', server.id, 'console.log');
  writeFileSync(log, 'first words\n', { flag: 'a' });
  assert.match(String(await machine.tunnel(ask('log'), () => false)), /first words/);
});

test('ten servers at once', { skip }, async () => {
  const servers = Array.from({ length: 10 }, () => {
    const server = testServer(raw, network);
    return { ...server, memoryMib: 64 };
  });
  const began = Date.now();
  set(...servers);
  await until(machine, 'all run', () => servers.every((server) => reported(server)?.state === 'running'));
  console.log(`# ten servers run after ${Date.now() - began} ms`);
  const one = testServer(raw, network);
  const again = Date.now();
  set(...servers, one);
  await isIn(one, 'running');
  console.log(`# one more after ${Date.now() - again} ms`);
  set();
  await until(machine, 'all are gone', () => machine.report()?.servers.length === 0);
  await until(machine, 'no port is left', async () => !(await machine.ovs('list-ports', 'br-int')).includes('tap'));
});
