import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../core/log.ts';
import { list, signIn, text, type Json } from '../machine/seed/client.ts';
import { startSimCloud } from '../sim/cloud.ts';
import { emptyQcow2 } from '../sim/empty-image.ts';
import { publishImage } from './publish.ts';

const ABOUT = {
  ...{ name: 'tiny', description: 'For tests', default_user: 'root', min_disk: 1, min_ram: 64 },
  properties: { os_distro: 'test', architecture: 'x86_64' },
};

async function setUp(t: TestContext) {
  const stateDir = mkdtempSync(join(tmpdir(), 'potluck-publish-'));
  const adminPassword = randomBytes(12).toString('hex');
  const cloud = await startSimCloud({
    ...{ stateDir, port: 0, region: 'RegionOne', adminPassword, hosts: [], log: silentLog },
  });
  t.after(async () => {
    await cloud.close();
    rmSync(stateDir, { recursive: true });
  });
  const admin = await signIn(cloud.url, { username: 'admin', password: adminPassword, project: 'admin' });
  const file = join(stateDir, 'disk.qcow2');
  return { admin, file };
}

test('an image is put into a cloud once, and a newer one hides it', async (t) => {
  const { admin, file } = await setUp(t);
  const images = async (hidden: boolean): Promise<Json[]> =>
    list(await admin.get('image/v2', `/images?os_hidden=${hidden}`), 'images');
  const ids = async (hidden: boolean) => (await images(hidden)).map((one) => text(one, 'id'));

  writeFileSync(file, emptyQcow2(1));
  const first = await publishImage(admin, ABOUT, file);
  assert.equal(first.outcome, 'created');
  const [shown] = await images(false);
  const { name, status, visibility, min_disk, min_ram, os_distro, os_hash_value } = shown ?? {};
  assert.deepEqual(
    { name, status, visibility, min_disk, min_ram, os_distro, os_hash_value },
    {
      ...{ name: 'tiny', status: 'active', visibility: 'public', min_disk: 1, min_ram: 64, os_distro: 'test' },
      os_hash_value: first.sha512,
    },
  );
  const same = await publishImage(admin, ABOUT, file);
  assert.deepEqual(same, { ...first, outcome: 'same' });

  // What an upload leaves that was cut off, and an image of the same name that is none of ours to hide.
  const queued = { name: 'tiny', visibility: 'public', os_hidden: true };
  const left = text(await admin.send('POST', 'image/v2', '/images', queued), 'id');
  const priv = text(await admin.send('POST', 'image/v2', '/images', { name: 'tiny', visibility: 'private' }), 'id');
  writeFileSync(file, emptyQcow2(2));
  const second = await publishImage(admin, ABOUT, file);
  assert.deepEqual([second.outcome, second.hidden], ['created', [first.id]]);
  assert.deepEqual(await ids(true), [first.id]);
  assert.deepEqual((await ids(false)).toSorted(), [second.id, priv].toSorted());
  assert.ok(![...(await ids(true)), ...(await ids(false))].includes(left));
});

test('data that are no image are refused, and nothing of them shows', async (t) => {
  const { admin, file } = await setUp(t);
  writeFileSync(file, 'not a disk');
  await assert.rejects(publishImage(admin, ABOUT, file), /answered with 4/);
  assert.deepEqual(list(await admin.get('image/v2', '/images'), 'images'), []);
});
