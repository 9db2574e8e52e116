import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runWithRestarts } from './restarts.ts';

function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-watch-'));
  mkdirSync(join(directory, 'sub'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A program that says which run it is and goes on until SIGTERM; with `ends` it ends at once. */
const program = (ends: boolean): [string, ...string[]] => [
  process.execPath,
  ...[
    '-e',
    `process.on('disconnect', () => process.exit()); process.send(${ends ? '"bye", () => process.exit(3)' : '"up"'})`,
  ],
];

test('a change of a source starts the program again, a change of a test does not', async (t) => {
  const directory = folder(t);
  const abort = new AbortController();
  let runs = 0;
  await runWithRestarts(
    {
      ...{ command: program(false), directory },
      onReady() {
        runs++;
        // In a directory that came later, in one that was there; then enough.
        if (runs === 1) {
          writeFileSync(join(directory, 'other.test.ts'), '');
          writeFileSync(join(directory, 'sub', 'a.ts'), '');
        } else if (runs === 2) {
          mkdirSync(join(directory, 'sub', 'new'));
          writeFileSync(join(directory, 'b.sql'), '');
        } else abort.abort();
      },
      onEnd: () => assert.fail('it did not end by itself'),
    },
    abort.signal,
  );
  assert.equal(runs, 3);
});

test('a program that ends by itself waits for a change', async (t) => {
  const directory = folder(t);
  const codes: (number | null)[] = [];
  const options = { command: program(true), directory, onReady: () => undefined };
  await runWithRestarts(
    {
      ...options,
      onEnd(code) {
        codes.push(code);
        writeFileSync(join(directory, 'sub', 'mended.ts'), String(codes.length));
        return codes.length < 2;
      },
    },
    new AbortController().signal,
  );
  assert.deepEqual(codes, [3, 3]);
});
