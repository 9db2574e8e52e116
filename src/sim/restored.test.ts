import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { restoreBackup, takeBackup } from '../backup/index.ts';
import { silentLog } from '../core/log.ts';
import { list, object, text, type Json, type Session } from '../machine/seed/client.ts';
import { waitFor } from '../machine/wait.ts';
import { localHost, simHostName, startSimCloud } from './cloud.ts';
import { seedSimCloud } from './seed.ts';

const HOSTS = [localHost(randomUUID(), simHostName(1), randomUUID())];

const servers = async (session: Session): Promise<Json[]> =>
  list(await session.get('compute/v2.1', '/servers/detail'), 'servers');
const until = (what: string, look: () => Promise<boolean>) =>
  waitFor(what, look, { timeout: 20_000, every: 10, hint: '' });
const status = async (session: Session, id: string) =>
  (await servers(session)).find((one) => one['id'] === id)?.['status'];

async function boot(demo: Session, name: string): Promise<string> {
  const [image] = list(await demo.get('image/v2', '/images'), 'images');
  const flavor = list(await demo.get('compute/v2.1', '/flavors'), 'flavors').find((one) => one['name'] === 'tiny');
  const [network] = list(await demo.get('network/v2.0', '/networks?name=demo'), 'networks');
  const networks = [{ uuid: network?.['id'] }];
  const server = { name, imageRef: image?.['id'], flavorRef: flavor?.['id'], networks };
  await demo.send('POST', 'compute/v2.1', '/servers', { server });
  await until(name, async () =>
    (await servers(demo)).some((one) => one['name'] === name && one['status'] === 'ACTIVE'),
  );
  return text((await servers(demo)).find((one) => one['name'] === name) ?? {}, 'id');
}

const tokenHeaders = (token: string, subject: string) => ({ 'x-auth-token': token, 'x-subject-token': subject });

async function tokenOf(url: string, password: string): Promise<string> {
  const user = { name: 'admin', domain: { id: 'default' }, password };
  const reply = await fetch(`${url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } } } }),
  });
  return reply.headers.get('x-subject-token') ?? '';
}

test('after a restore, what was there goes on, what is newer is stopped and kept, what is gone is lost and says so', async (t) => {
  const stateDir = mkdtempSync(join(tmpdir(), 'potluck-restored-'));
  const [adminPassword, demoPassword] = [randomUUID(), randomUUID()];
  const start = () =>
    startSimCloud({ ...{ stateDir, port: 0, region: 'RegionOne', adminPassword, hosts: HOSTS, log: silentLog } });
  let cloud = await start();
  t.after(async () => {
    await cloud.close();
    rmSync(stateDir, { recursive: true });
  });
  const seed = () => seedSimCloud({ url: cloud.url, stateDir, adminPassword, demoPassword, hosts: 1 });
  const { demo } = await seed();
  const place = { stateDir: join(stateDir, 'controller') };
  const [stays, gone] = [await boot(demo, 'stays'), await boot(demo, 'gone')];

  const token = await tokenOf(cloud.url, adminPassword);
  const backup = join(stateDir, 'backup');
  const onPart = () => undefined;
  await takeBackup(place, backup, { potluck: '0', now: new Date(), withKey: true, withImages: true, onPart });
  const reboot = { reboot: { type: 'HARD' } };
  const bootsOf = (id: string) => [...(cloud.hosts[0]?.sim.machines ?? [])].find(([one]) => one === id)?.[1].boot;
  await demo.send('POST', 'compute/v2.1', `/servers/${stays}/action`, reboot);
  await until('a second boot', async () => bootsOf(stays) === 2 && (await status(demo, stays)) === 'ACTIVE');
  const newer = await boot(demo, 'newer');
  const { volume: made } = await demo.send('POST', 'volume/v3', `/${demo.project}/volumes`, { volume: { size: 2 } });
  const volume = text(made as Json, 'id');
  await until('a volume', async () => {
    const found = object(await demo.get('volume/v3', `/${demo.project}/volumes/${volume}`), 'volume');
    return found['status'] === 'available';
  });
  const snapshots = `/${demo.project}/snapshots`;
  await demo.send('POST', 'volume/v3', snapshots, { snapshot: { volume_id: volume } });
  await until('a snapshot', async () =>
    list(await demo.get('volume/v3', `${snapshots}/detail`), 'snapshots').some((one) => one['status'] === 'available'),
  );
  await demo.send('DELETE', 'compute/v2.1', `/servers/${gone}`);
  await until('it to be gone', async () => (await status(demo, gone)) === undefined);

  await cloud.close();
  await restoreBackup(backup, place, { now: new Date(), force: true, onPart });
  cloud = await start();
  const old = await fetch(`${cloud.url}/identity/v3/auth/tokens`, { headers: tokenHeaders(token, token) });
  assert.equal(old.status, 401, 'tokens of before are void');
  const { demo: again, admin } = await seed();
  await until('the lost one to say so', async () => (await status(again, gone)) === 'ERROR');
  assert.deepEqual((await servers(again)).map((one) => text(one, 'name')).toSorted(), ['gone', 'stays']);
  const sim = () => {
    const host = cloud.hosts[0]?.sim;
    assert.ok(host);
    return host;
  };
  await until('the newer one to be stopped', async () => !sim().machines.has(newer as never));
  assert.ok(sim().disks.has(newer as never), 'its disk is kept');
  assert.equal(await status(again, stays), 'ACTIVE');
  assert.equal(bootsOf(stays), 2);
  // Counts go on from where the host is.
  await again.send('POST', 'compute/v2.1', `/servers/${stays}/action`, reboot);
  await until('a third boot', async () => bootsOf(stays) === 3);

  // What is kept has a name, becomes an image in the project it was of, and goes when it is said so.
  type Kept = { id: string; kind: string; name: string | null; image: { status: string } | null; size_gib: number };
  const kept = async () => list(await admin.get('enrolment/v1', '/kept'), 'kept') as unknown as Kept[];
  await until('its name', async () => (await kept()).some((one) => one.id === newer && one.name === 'newer'));
  assert.deepEqual(
    (await kept()).map((one) => [one.kind, one.id, one.size_gib]),
    [
      ['server', newer, 1],
      ['volume', volume, 2],
    ],
  );
  await admin.send('POST', 'enrolment/v1', `/kept/${newer}/adopt`, {});
  await until('an image', async () => (await kept()).some((one) => one.id === newer && one.image?.status === 'active'));
  const images = list(await again.get('image/v2', `/images?name=newer`), 'images');
  assert.deepEqual(
    images.map((one) => one['owner']),
    [again.project],
  );
  await admin.send('DELETE', 'enrolment/v1', `/kept/${newer}`);
  await until('it to be removed', async () => !sim().disks.has(newer as never));
  await admin.send('POST', 'enrolment/v1', `/kept/${volume}/adopt`, { project_id: again.project, name: 'found' });
  assert.deepEqual(await kept(), []);
  const volumes = list(await again.get('volume/v3', `/${again.project}/volumes/detail`), 'volumes');
  assert.deepEqual(
    volumes.map((one) => [one['name'], one['status'], one['size']]),
    [['found', 'available', 2]],
  );
  const onHost = `/${admin.project}/os-snapshot-manage?host=${simHostName(1)}`;
  const taken = list(await admin.get('volume/v3', onHost), 'manageable-snapshots');
  assert.deepEqual(
    taken.map((one) => one['safe_to_manage']),
    [true],
    'its snapshot was kept with it',
  );
  await assert.rejects(admin.send('POST', 'enrolment/v1', `/kept/${newer}/adopt`, {}), /No host keeps/);
});
