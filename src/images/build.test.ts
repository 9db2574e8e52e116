import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { OperatorError } from '../core/errors.ts';
import { buildImage, listRecipes } from './build.ts';

let folder: string;

async function writeRecipe(name: string, script: string, description?: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'build'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name, 'build'), 0o755);
  if (description !== undefined) await writeFile(join(folder, name, 'image.json'), description);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'potluck-recipes-'));
  await mkdir(join(folder, 'lib'));
  await writeRecipe('good', 'echo one; echo two >&2; echo disk >"$1"', '{"name": "Good", "min_disk": 3}');
  await writeRecipe('bad', 'for i in 1 2 3 4 5 6 7; do echo "line $i"; done; exit 3');
  await writeRecipe('slow', 'echo started; exec sleep 60');
});

after(() => rm(folder, { recursive: true }));

test('every recipe of ours describes its image', async () => {
  for (const { name, image } of await listRecipes()) {
    assert.notEqual(image.description, '', name);
    assert.ok(image.min_disk > 0 && image.min_ram > 0, name);
    for (const value of Object.values(image.properties)) assert.equal(typeof value, 'string', name);
  }
});

test('a folder without a build script is no recipe, and a description is optional', async () => {
  const recipes = await listRecipes(folder);
  assert.deepEqual(
    recipes.map((recipe) => [recipe.name, recipe.image.name, recipe.image.min_disk]),
    [
      ['bad', 'bad', 0],
      ['good', 'Good', 3],
      ['slow', 'slow', 0],
    ],
  );
});

test('a build hands over every line and leaves its output', async () => {
  const lines: string[] = [];
  const output = join(folder, 'out.qcow2');
  await buildImage({ name: 'good', output, onLine: (line) => lines.push(line), folder });
  assert.deepEqual(lines.toSorted(), ['one', 'two']);
  assert.equal(await readFile(output, 'utf8'), 'disk\n');
});

test('a failed recipe says how and with which last words', async () => {
  const build = buildImage({ name: 'bad', output: '/nowhere', onLine: () => {}, folder });
  await assert.rejects(build, (error) => {
    assert.ok(error instanceof OperatorError);
    assert.match(error.message, /'bad' failed \(status 3\)\.\nline 3\n.*\nline 7$/s);
    assert.match(error.hint, /images\/bad\/build/);
    return true;
  });
});

test('an unknown name is answered with the known ones', async () => {
  const build = buildImage({ name: '../bad', output: '/nowhere', onLine: () => {}, folder });
  await assert.rejects(build, (error) => error instanceof OperatorError && error.hint.includes('bad, good, slow'));
});

test('aborting stops the recipe', async () => {
  const abort = new AbortController();
  const build = buildImage({
    name: 'slow',
    output: '/nowhere',
    onLine: () => abort.abort(),
    signal: abort.signal,
    folder,
  });
  await assert.rejects(build, { name: 'AbortError' });
});
