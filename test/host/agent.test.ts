import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { HostServer, ServerReport } from '../../src/host/document.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectQmp } from '../../src/engines/qmp/client.ts';
import { canRun, testMachine, testNetwork, testServer, until, type TestMachine } from './machine.ts';

const IMAGE = process.env.POTLUCK_TEST_IMAGE ?? join(import.meta.dirname, '../../.dev/tiny.qcow2');
const skip = !canRun ? 'needs root, QEMU and Open vSwitch' : !existsSync(IMAGE) && `needs the image ${IMAGE}`;

let machine: TestMachine;
const network = testNetwork();
let server: HostServer;

const entry = (): ServerReport | undefined => machine.report()?.servers.find((one) => one.id === server.id);
const isIn = (state: string) => until(machine, `the server is ${state}`, () => entry()?.state === state, 60);
const change = (to: Partial<HostServer>) =>
  machine.change((document) => {
    server = { ...server, ...to };
    document.servers = [server];
  });
const qemu = (): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && commandOf(pid).includes(`guest=potluck-${server.id}`));
const commandOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
const files = (...path: string[]) => join(machine.directory, 'state', 'servers', server.id, ...path);
const consoleText = () => readFileSync(files('console.log'), 'utf8');
const booted = (text = () => consoleText()) => until(machine, 'the guest has booted', () => /login:/.test(text()), 90);

before(async () => {
  if (skip) return;
  machine = await testMachine();
  server = testServer(machine.addImage(IMAGE, 'qcow2'), network);
  machine.change((document) => (document.networks = [network]));
  await machine.startAgent();
});

after(async () => {
  await machine?.close();
});

test('a server of the document runs, boots and asks for its metadata', { skip }, async () => {
  const began = Date.now();
  change({});
  await isIn('running');
  console.log(`# running after ${Date.now() - began} ms`);
  assert.equal(qemu().length, 1);
  assert.match(await machine.ovs('list-ports', 'br-int'), new RegExp(`tap${server.ports[0]?.id.slice(0, 11)}`));
  await booted();
});

test('guests are answered on the metadata address of their network alone', { skip }, async () => {
  const namespace = `potluck-${network.id.slice(0, 11)}`;
  await until(machine, 'the namespace is there', () => existsSync(`/run/netns/${namespace}`));
  // A guest's stand-in: a device on the same switch with the server's addresses. The guest itself speaks now and then,
  // and the switch then believes that the address is there: so each question is asked until it is answered.
  await machine.ovs('add-port', 'br-int', 'guest0', '--', 'set', 'Interface', 'guest0', 'type=internal');
  for (const words of [
    `link set guest0 address ${server.ports[0]?.mac}`,
    'addr add 10.0.0.7/24 dev guest0',
    'link set guest0 up',
    'route add 169.254.169.254 via 10.0.0.2',
  ]) {
    await machine.inside('ip', ...words.split(' '));
  }
  const ask = (path: string, ...options: string[]) =>
    machine.inside('curl', '-sS', '-m', '5', ...options, `http://169.254.169.254${path}`).catch(() => '');
  const text = await until(machine, 'metadata is served', () => ask('/openstack/latest/meta_data.json'));
  assert.equal((JSON.parse(text) as { uuid: string }).uuid, server.id);
  const address = await until(machine, 'EC2 metadata is served', () => ask('/latest/meta-data/local-ipv4'));
  assert.equal(address, '10.0.0.7');
  await machine.inside('ip', 'addr', 'add', '10.0.0.99/24', 'dev', 'guest0');
  const refused = await until(machine, 'a stranger is answered', () => ask('/openstack', '--interface', '10.0.0.99'));
  assert.match(refused, /404/);
  await machine.ovs('del-port', 'guest0');
});

test('an agent that was killed finds its QEMU again', { skip }, async () => {
  const before = qemu();
  const started = entry()?.startedAt;
  await machine.killAgent();
  await machine.startAgent();
  await isIn('running');
  assert.deepEqual(qemu(), before);
  assert.equal(entry()?.startedAt, started);
});

test('pause and resume', { skip }, async () => {
  change({ power: 'paused' });
  await isIn('paused');
  change({ power: 'running' });
  await isIn('running');
});

test('suspend saves the memory, and the guest goes on from there', { skip }, async () => {
  const text = consoleText();
  change({ power: 'suspended' });
  await isIn('suspended');
  assert.deepEqual(qemu(), []);
  await machine.killAgent();
  await machine.startAgent();
  await isIn('suspended');
  change({ power: 'running' });
  await isIn('running');
  assert.equal(existsSync(files('saved-state')), false);
  assert.equal(consoleText().startsWith(text), true);
  assert.equal(/Linux|login:/.test(consoleText().slice(text.length)), false);
});

test('a hard reboot is a new QEMU, done once', { skip }, async () => {
  const [before] = qemu();
  const { length } = consoleText();
  change({ boot: 2 });
  await until(machine, 'boot 2 is reported', () => entry()?.boot === 2 && entry()?.state === 'running');
  const [now] = qemu();
  assert.notEqual(now, before);
  await machine.killAgent();
  await machine.startAgent();
  await isIn('running');
  assert.deepEqual(qemu(), [now]);
  await booted(() => consoleText().slice(length));
});

test('a soft stop lets the guest shut down', { skip }, async () => {
  const began = Date.now();
  change({ power: 'stopped', shutdown: 'soft', softSeconds: 40 });
  await isIn('stopped');
  assert.ok(Date.now() - began < 39_000);
  assert.equal(entry()?.reason, null);
  change({ power: 'running', boot: 3 });
  await isIn('running');
});

test('a killed QEMU is reported with its signal and stays off', { skip }, async () => {
  for (const pid of qemu()) process.kill(pid, 'SIGKILL');
  await isIn('stopped');
  assert.match(entry()?.reason ?? '', /SIGKILL/);
  change({ power: 'stopped' });
  await until(machine, 'no reason any more', () => entry()?.reason === null);
});

test('a guest that powers off is reported as such, even when nobody watched', { skip }, async () => {
  change({ power: 'running', boot: 4 });
  await isIn('running');
  await machine.killAgent();
  const qmp = await connectQmp(join(machine.directory, 'run', 'servers', server.id, 'qmp.sock'));
  const { length } = consoleText();
  await until(machine, 'the guest listens', () => consoleText().length > length + 20);
  while (((await qmp.execute('query-status')) as { status: string }).status !== 'shutdown') {
    await qmp.execute('system_powerdown');
    await sleep(1000);
  }
  qmp.close();
  await machine.startAgent();
  await isIn('stopped');
  assert.equal(entry()?.reason, 'The guest shut down.');
});

test('a QEMU that was killed while the agent was away is started again if so wished', { skip }, async () => {
  change({ power: 'running', boot: 5, onFailure: 'restart' });
  await isIn('running');
  await machine.killAgent();
  for (const pid of qemu()) process.kill(pid, 'SIGKILL');
  const { length } = consoleText();
  await machine.startAgent();
  await isIn('running');
  await booted(() => consoleText().slice(length));
  assert.equal(qemu().length, 1);
});

test('a port comes and goes while the server runs', { skip }, async () => {
  const extra = testServer(null, network).ports.map((port) => ({ ...port, mac: 'fa:16:3e:00:00:08' }));
  const [first] = server.ports;
  change({ ports: [...server.ports, ...extra] });
  const tap = `tap${extra[0]?.id.slice(0, 11)}`;
  await until(machine, 'the port is plugged', async () => (await machine.ovs('list-ports', 'br-int')).includes(tap));
  change({ ports: first ? [first] : [] });
  await until(machine, 'the port is gone', async () => !(await machine.ovs('list-ports', 'br-int')).includes(tap));
});

test('nothing of a deleted server is left', { skip }, async () => {
  machine.change((document) => {
    document.servers = [];
    document.networks = [];
  });
  await until(machine, 'the server is gone', () => machine.report()?.servers.length === 0 && qemu().length === 0);
  assert.equal(existsSync(files()), false);
  assert.deepEqual(readdirSync(join(machine.directory, 'run', 'servers')), []);
  await until(machine, 'no image is left', () => readdirSync(join(machine.directory, 'state', 'images')).length === 0);
  await until(machine, 'no port is left', async () => (await machine.ovs('list-ports', 'br-int')) === '');
  const links = await machine.inside('ip', '-br', 'link');
  assert.doesNotMatch(links, /tap|plo/);
  assert.equal(existsSync(`/run/netns/potluck-${network.id.slice(0, 11)}`), false);
});
