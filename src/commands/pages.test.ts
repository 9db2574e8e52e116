import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
/** Told by their own tests, with options that only their stages know. */
const OTHERS = new Set(['test', 'bench']);

interface Call {
  page: string;
  command: string;
  words: string;
}

/** Every call of ours in the pages for people, in blocks and in sentences. */
const calls: Call[] = ['README.md', ...globSync('docs/{operate,use}/**/*.md', { cwd: ROOT })].flatMap((page) => {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll('\\\n', ' ');
  const pattern = /(?<=^|[`\s/])(?<!--[a-z-]+ )potluck ([a-z-]+)((?: [^`\n|;&>]*)?)/gm;
  return [...text.matchAll(pattern)].map(([, command = '', words = '']) => ({ page, command, words }));
});

async function helpOf(command: string): Promise<string | null> {
  const module = (await import(`./${command}.ts`).catch(() => null)) as Record<string, unknown> | null;
  const run = module?.[command.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
  if (typeof run !== 'function') return null;
  let text = '';
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (part: string | Uint8Array) => {
    text += String(part);
    return true;
  };
  try {
    await (run as (args: string[]) => Promise<number>)(['--help']);
  } finally {
    process.stdout.write = write;
  }
  return text;
}

test('the pages for people name commands that there are, with options that they take', async () => {
  assert.ok(calls.length > 50, `only ${calls.length} calls were found`);
  const commands = Map.groupBy(calls, ({ command }) => command);
  const wrong: string[] = [];
  for (const [command, uses] of commands) {
    if (OTHERS.has(command)) continue;
    const help = await helpOf(command);
    for (const { page, words } of uses) {
      const options = [...words.matchAll(/(?:^| )(--[a-z][a-z-]*)/g)].map((match) => match[1] ?? '');
      const unknown = help === null ? [command] : options.filter((option) => !help.includes(`${option} `));
      if (unknown.length > 0) wrong.push(`${page}: potluck ${command}${words}: no ${unknown.join(', ')}`);
    }
  }
  assert.deepEqual(wrong, []);
});
