import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run, type Outcome } from './client.ts';

/** The commands of a page in their order: what stands in its blocks marked `sh`; of one section only, if it is named. */
export function commands(page: string, section?: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const [beginning = '', ...sections] = text.split(/^## /m);
  const named = sections.find((one) => one.startsWith(`${section}\n`)) ?? '';
  const part = section === undefined ? text : section === BEGINNING ? beginning : named;
  return [...part.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]).join('');
}

/** What stands before a page's first section. */
export const BEGINNING = '';

/** What an operator's shell has and this machine may not: sudo, and a checkout that can be pulled (it is the one tested). */
const STAND_INS = { sudo: 'exec "$@"', git: '[ "$*" = pull ] && exit 0; exec /usr/bin/git "$@"' };

/** Runs commands of a page for operators as they are written, in the checkout; the first that fails ends it. */
export async function runAsOperator(script: string, seconds = 600): Promise<Outcome> {
  const bin = mkdtempSync(join(tmpdir(), 'potluck-operator-'));
  try {
    for (const [name, line] of Object.entries(STAND_INS)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const path = `cd ${ROOT}; PATH=${bin}:$PATH`;
    return await run('bash', ['-euc', `${path}\n${script}`], { seconds });
  } finally {
    rmSync(bin, { recursive: true });
  }
}
