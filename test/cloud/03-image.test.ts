import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { does, lists, refuses, run, shows } from './client.ts';

const ADMIN = 'potluck';
const DEMO = 'potluck-demo';
const directory = mkdtempSync(join(tmpdir(), 'potluck-image-'));
after(() => rmSync(directory, { recursive: true }));

test('a raw image comes back as it went in, with its checksums', async () => {
  const file = join(directory, 'data.raw');
  writeFileSync(file, randomBytes(3 * 1024 * 1024 + 17));
  const made = await shows(DEMO, `image create t-raw --disk-format raw --container-format bare --file ${file}`);
  const image = await shows(DEMO, `image show ${made.id}`);
  assert.equal(image.status, 'active');
  assert.equal(image.size, 3 * 1024 * 1024 + 17);
  assert.equal(image.checksum, createHash('md5').update(readFileSync(file)).digest('hex'));
  assert.equal(image.properties.os_hash_value, createHash('sha512').update(readFileSync(file)).digest('hex'));
  const copy = join(directory, 'copy.raw');
  await does(DEMO, `image save --file ${copy} t-raw`);
  assert.deepEqual(readFileSync(copy), readFileSync(file));
});

test('properties, tags, members and protection', async () => {
  await does(DEMO, 'image set --property os_distro=test --tag one --min-disk 1 --protected t-raw');
  const image = await shows(DEMO, 'image show t-raw');
  assert.equal(image.properties.os_distro, 'test');
  assert.deepEqual(image.tags, ['one']);
  assert.match(await refuses(DEMO, 'image delete t-raw'), /protected|403/i);
  await does(DEMO, 'image set --unprotected t-raw');
  await does(DEMO, 'image unset --property os_distro --tag one t-raw');
  await does(DEMO, 'image set --shared t-raw');
  const admin = await shows(ADMIN, 'project show admin');
  await does(DEMO, `image add project t-raw ${admin.id}`);
  assert.deepEqual(
    (await lists(DEMO, 'image member list t-raw')).map((member) => [member['Member ID'], member.Status]),
    [[admin.id, 'pending']],
  );
  await does(DEMO, `image remove project t-raw ${admin.id}`);
  await does(DEMO, 'image delete t-raw');
});

test('a qcow2 that names a file of the host is refused', async () => {
  const secret = join(directory, 'secret.raw');
  writeFileSync(secret, 'a file of the host');
  const hostile = join(directory, 'hostile.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', secret, '-F', 'raw', hostile, '1M']);
  const told = await refuses(
    DEMO,
    `image create t-hostile --disk-format qcow2 --container-format bare --file ${hostile}`,
  );
  assert.match(told, /backing/i);
  const external = join(directory, 'external.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', `data_file=${secret}.data`, external, '1M']);
  assert.match(
    await refuses(DEMO, `image create t-external --disk-format qcow2 --container-format bare --file ${external}`),
    /data file|external/i,
  );
  const left = (await lists(DEMO, 'image list')).filter((image) => image.Name.startsWith('t-'));
  assert.ok(left.every((image) => image.Status !== 'active'));
  for (const image of left) await does(DEMO, `image delete ${image.ID}`);
});
