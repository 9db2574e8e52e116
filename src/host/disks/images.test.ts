import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostImage } from '../document.ts';
import { createImageCache } from './images.ts';

test('an image that somebody comes to use while others are removed stays; a removed one is fetched again', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'images-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const data = (id: string) => Buffer.from(`bytes of ${id}`);
  const images = ['a', 'b', 'c'].map((id): HostImage => {
    const sha256 = createHash('sha256').update(data(id)).digest('hex');
    return { id, sha256, sizeBytes: data(id).length, format: 'raw' };
  });
  const cache = createImageCache(directory, ({ id }) => Promise.resolve(fetched(data(id))));
  for (const image of images) await cache.obtain(image);
  let asked = 0;
  // At first none is used; then all are, because a new document has come.
  await cache.collect(() => (asked++ === 0 ? [] : images));
  assert.equal(readdirSync(directory).length, 2);
  await cache.collect(() => images.slice(0, 1));
  assert.ok(readdirSync(directory).length <= 1);
  for (const image of images) await cache.obtain(image);
  assert.deepEqual(readdirSync(directory).sort(), images.map(({ sha256 }) => `${sha256}.raw`).sort());
});

async function* fetched(bytes: Buffer) {
  await Promise.resolve();
  yield bytes;
}
