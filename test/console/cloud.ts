import { fork } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureConsole } from '../../src/console/index.ts';
import { readAccount, type Account } from '../conformance/clouds.ts';
import { freePort } from '../conformance/dev-cloud.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** Who walks the pages: an administrator, and a member of a project that has a first server. */
export type Person = 'potluck' | 'potluck-demo';

export interface ConsoleCloud {
  /** Where the console and every API are. */
  url: string;
  cloudsFile: string;
  account(person: Person): Account;
  stop(): Promise<void>;
}

/**
 * The cloud under test: one with simulated hosts, made for this run, with the console as it is built (`node console/build.ts`).
 * While you write a test, let one run: `POTLUCK_CONSOLE_CLOUDS=.dev/clouds.yaml` is then the cloud under test and stays.
 */
export async function startConsoleCloud({ hosts = 1 }: { hosts?: number } = {}): Promise<ConsoleCloud> {
  const running = process.env['POTLUCK_CONSOLE_CLOUDS'];
  if (running !== undefined) return cloudOf(running);
  await ensureConsole(ROOT, () => undefined);
  const directory = mkdtempSync(join(tmpdir(), 'potluck-console-'));
  const log = openSync(join(directory, 'dev.log'), 'a');
  const child = fork(
    join(ROOT, 'src/main.ts'),
    [
      ...['dev', '--hosts', String(hosts), '--port', String(await freePort()), '--delay', '0'],
      ...['--state-dir', join(directory, 'dev'), '--no-watch', '--no-console'],
    ],
    { execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', log, log, 'ipc'] },
  );
  const ended = new Promise<null>((resolve) => child.on('close', () => resolve(null)));
  const ready = await Promise.race([
    new Promise<{ cloudsFile: string }>((resolve) => child.on('message', (one) => resolve(one as never))),
    ended,
  ]);
  if (ready === null) throw new Error(`the cloud ended: see ${join(directory, 'dev.log')}`);
  return cloudOf(ready.cloudsFile, async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });
}

/** A cloud that runs, by the file that clients know it by. */
export function cloudOf(cloudsFile: string, stop = () => Promise.resolve()): ConsoleCloud {
  const account = (person: Person) => readAccount(person, cloudsFile);
  return { url: new URL(account('potluck').authUrl).origin, cloudsFile, account, stop };
}
