import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../core/log.ts';
import { list, object, text, type Json, type Session } from '../machine/seed/client.ts';
import { waitFor } from '../machine/wait.ts';
import { localHost, simHostName, startSimCloud, type SimCloud } from './cloud.ts';
import { seedSimCloud } from './seed.ts';
import { seededDelays, virtualTime } from './time.ts';

const password = () => randomBytes(12).toString('hex');
const HOSTS = [1, 2, 3].map((n) => localHost(randomUUID(), simHostName(n), randomBytes(32).toString('hex')));

async function setUp(t: TestContext) {
  const stateDir = mkdtempSync(join(tmpdir(), 'potluck-sim-'));
  const [adminPassword, demoPassword] = [password(), password()];
  const time = virtualTime();
  const start = () =>
    startSimCloud({
      ...{ stateDir, port: 0, region: 'RegionOne', adminPassword, hosts: HOSTS, log: silentLog },
      // Room for eight of the smallest servers, so that twenty need all three: hosts are filled one after another.
      size: { vcpus: 4, memoryMib: 2048, diskGib: 100 },
      sim: (number) => ({ time, delay: seededDelays(number, 5_000) }),
    });
  let cloud = await start();
  t.after(async () => {
    await cloud.close();
    rmSync(stateDir, { recursive: true });
  });
  const seed = () => seedSimCloud({ url: cloud.url, stateDir, adminPassword, demoPassword, hosts: HOSTS.length });
  return {
    cloud: () => cloud,
    seed,
    restart: async () => {
      await cloud.close();
      cloud = await start();
    },
  };
}

const servers = async (session: Session): Promise<Json[]> =>
  list(await session.get('compute/v2.1', '/servers/detail'), 'servers');

const until = (what: string, look: () => Promise<boolean>) =>
  waitFor(what, look, { timeout: 20_000, every: 10, hint: '' });

const allIn = (session: Session, status: string, count: number) =>
  until(`${count} servers in ${status}`, async () => {
    const found = await servers(session);
    const bad = found.find((one) => one['status'] === 'ERROR' && status !== 'ERROR');
    if (bad) assert.fail(JSON.stringify(bad['fault']));
    return found.length === count && found.every((one) => one['status'] === status);
  });

const total = (cloud: SimCloud, of: (sim: SimCloud['hosts'][number]['sim']) => number) =>
  cloud.hosts.reduce((sum, host) => sum + of(host.sim), 0);

async function bootMany(demo: Session, count: number): Promise<void> {
  const image = list(await demo.get('image/v2', '/images'), 'images')[0] ?? {};
  const flavors = list(await demo.get('compute/v2.1', '/flavors'), 'flavors');
  const networks = list(await demo.get('network/v2.0', '/networks?name=demo'), 'networks');
  const server = {
    imageRef: text(image, 'id'),
    flavorRef: text(flavors.find((one) => one['name'] === 'tiny') ?? {}, 'id'),
    networks: [{ uuid: text(networks[0] ?? {}, 'id') }],
  };
  const create = (name: string) => demo.send('POST', 'compute/v2.1', '/servers', { server: { ...server, name } });
  await Promise.all(Array.from({ length: count }, (_, n) => create(`server-${n}`)));
}

async function raiseQuota(admin: Session, project: string): Promise<void> {
  const quota_set = { instances: 100, cores: 100, ram: 1_000_000 };
  await admin.send('PUT', 'compute/v2.1', `/os-quota-sets/${project}`, { quota_set });
}

test('20 servers on 3 simulated hosts: made while agents restart, deleted without a trace', async (t) => {
  const { cloud, seed } = await setUp(t);
  const { admin, demo } = await seed();
  await raiseQuota(admin, demo.project);
  await bootMany(demo, 20);
  await until('the first machine', async () => total(cloud(), (sim) => sim.machines.size) > 0);
  for (const host of cloud().hosts) await host.restartAgent();
  await allIn(demo, 'ACTIVE', 20);
  assert.equal(
    total(cloud(), (sim) => sim.machines.size),
    20,
  );
  assert.ok(
    cloud().hosts.every((host) => host.sim.machines.size > 0),
    'each host has its share',
  );

  const all = await servers(demo);
  await Promise.all(all.map((one) => demo.send('DELETE', 'compute/v2.1', `/servers/${text(one, 'id')}`)));
  await cloud().hosts[0]?.restartAgent();
  await allIn(demo, 'gone', 0);
  const left = () =>
    total(cloud(), ({ machines, disks, ports, suspended }) => {
      return machines.size + disks.size + ports.size + suspended.size;
    });
  await until('nothing to be left', async () => left() === 0);
});

test('a whole cloud that ends and starts again finds its servers as they were', async (t) => {
  const { cloud, seed, restart } = await setUp(t);
  const { demo } = await seed();
  await bootMany(demo, 4);
  await allIn(demo, 'ACTIVE', 4);
  const [first, second, third] = await servers(demo);
  const act = (server: Json | undefined, action: Json) =>
    demo.send('POST', 'compute/v2.1', `/servers/${text(server ?? {}, 'id')}/action`, action);
  await Promise.all([act(first, { 'os-stop': null }), act(second, { pause: null }), act(third, { suspend: null })]);
  const states = async (session: Session) => (await servers(session)).map((one) => text(one, 'status')).toSorted();
  const wanted = ['ACTIVE', 'PAUSED', 'SHUTOFF', 'SUSPENDED'];
  await until('each in its state', async () => (await states(demo)).join() === wanted.join());

  await restart();
  const { demo: again } = await seed();
  const sizes = () => [total(cloud(), (sim) => sim.machines.size), total(cloud(), (sim) => sim.suspended.size)];
  assert.deepEqual(sizes(), [2, 1]);
  assert.deepEqual(await states(again), wanted);
  await Promise.all(
    [first, third].map((one) => {
      const action = one === first ? { 'os-start': null } : { resume: null };
      return again.send('POST', 'compute/v2.1', `/servers/${text(one ?? {}, 'id')}/action`, action);
    }),
  );
  await until('two to run again', async () => (await states(again)).join() === 'ACTIVE,ACTIVE,ACTIVE,PAUSED');
  const id = text(first ?? {}, 'id');
  const output = await again.send('POST', 'compute/v2.1', `/servers/${id}/action`, { 'os-getConsoleOutput': {} });
  assert.match(text(output, 'output'), /simulated server .*, boot 2/);
  const shown = object(await again.get('compute/v2.1', `/servers/${id}`), 'server');
  assert.equal(shown['OS-EXT-STS:power_state'], 1);
});
