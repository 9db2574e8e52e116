import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('every rule of the protocol is named by a test, and every rule that is named is there', () => {
  const rules = [...read('docs/protocol.md').matchAll(/^- \*\*(P\d+)\*\*/gm)].map(([, id]) => id ?? '');
  assert.deepEqual(
    rules,
    rules.map((_, index) => `P${index + 1}`),
    'they are numbered in their order',
  );
  const titles = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: ROOT }).flatMap((path) =>
    [...read(path).matchAll(/^test\('([^']*)'/gm)].map(([, title]) => title ?? ''),
  );
  const named = new Set(titles.flatMap((title) => [...title.matchAll(/\bP\d+\b/g)].map(([id]) => id)));
  assert.deepEqual([...named].toSorted(), rules.toSorted());
});
