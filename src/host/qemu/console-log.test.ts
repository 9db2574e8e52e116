import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConsole, trimConsole } from './console-log.ts';

test('a long serial log keeps its later half from the beginning of a line', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'console-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'console.log');
  assert.equal((await readConsole(path)).length, 0);
  await trimConsole(path);
  writeFileSync(path, 'x'.repeat(900));
  await trimConsole(path, 1000);
  assert.equal(readFileSync(path).length, 900);
  appendFileSync(path, '\n' + Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join(''));
  await trimConsole(path, 1000);
  const text = readFileSync(path, 'utf8');
  assert.match(text, /^line \d+\n/);
  assert.ok(text.length <= 500 && text.endsWith('line 99\n'));
  assert.equal(String(await readConsole(path, 8)), 'line 99\n');
});
