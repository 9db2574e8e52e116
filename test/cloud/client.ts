import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '../..');
export const DEMO_KEY = join(homedir(), '.ssh/potluck_demo');

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

const exec = promisify(execFile);

/** Runs a program to its end, whatever its exit code. */
export async function run(
  command: string,
  args: string[],
  options: { seconds?: number; env?: NodeJS.ProcessEnv } = {},
) {
  try {
    const { stdout, stderr } = await exec(command, args, {
      timeout: (options.seconds ?? 120) * 1000,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...options.env },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: number | string; killed?: boolean; stdout?: string; stderr?: string };
    if (failed.stdout === undefined) throw error;
    const code = typeof failed.code === 'number' ? failed.code : 1;
    return { code, stdout: failed.stdout, stderr: `${failed.stderr ?? ''}${failed.killed ? '\n(timed out)' : ''}` };
  }
}

/** Runs our own command. */
export const potluck = (args: string[], seconds = 600): Promise<Outcome> =>
  run(join(ROOT, 'potluck'), args, { seconds });

export type Cloud = 'potluck' | 'potluck-demo';

/** A program with the OpenStack clients of this machine, or of the release in POTLUCK_TEST_CLIENTS (`trixie`). */
export function withClients(command: string, args: string[]): Promise<Outcome> {
  const release = process.env.POTLUCK_TEST_CLIENTS;
  if (!release) return run(command, args, { seconds: 180 });
  return run(join(ROOT, 'test/clients/run'), [release, command, ...args], { seconds: 600 });
}

/** The unmodified client: its exit code and what it printed. */
export function attempt(cloud: Cloud, line: string, ...more: string[]): Promise<Outcome> {
  return withClients('openstack', ['--os-cloud', cloud, ...line.split(' '), ...more]);
}

/** A command of the client that must succeed and prints nothing we read. `more` may hold words with spaces. */
export async function does(cloud: Cloud, line: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await attempt(cloud, line, ...more);
  if (code !== 0) throw new Error(`openstack ${line} ${more.join(' ')}: exit ${code}\n${stderr}${stdout}`);
  return stdout;
}

/** What a command of the client prints as JSON: an object of `show` and `create`. */
export async function shows(cloud: Cloud, line: string, ...more: string[]): Promise<Record<string, any>> {
  return JSON.parse(await does(cloud, line, ...more, '-f', 'json')) as Record<string, any>;
}

/** What a `list` prints as JSON. */
export async function lists(cloud: Cloud, line: string, ...more: string[]): Promise<Record<string, any>[]> {
  return JSON.parse(await does(cloud, line, ...more, '-f', 'json')) as Record<string, any>[];
}

/** A command that must fail; answers what it says. */
export async function refuses(cloud: Cloud, line: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await attempt(cloud, line, ...more);
  if (code === 0) throw new Error(`openstack ${line} ${more.join(' ')} should have failed, and printed: ${stdout}`);
  return stderr + stdout;
}

/** Asks again and again until the answer is what it should be; says the last answer when that never happens. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (good(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s, last: ${JSON.stringify(answer)}`);
    await pause(250);
  }
}

/** Waits for a server's status through the client; fails at once when it becomes ERROR instead. */
export async function serverBecomes(server: string, status: string, seconds = 90): Promise<Record<string, any>> {
  return until(
    `server ${server} becomes ${status}`,
    async () => {
      const shown = await shows('potluck-demo', `server show ${server}`);
      if (shown.status === 'ERROR' && status !== 'ERROR')
        throw new Error(`server is in ERROR: ${JSON.stringify(shown.fault)}`);
      return shown;
    },
    (shown) => shown.status === status && shown['OS-EXT-STS:task_state'] === null,
    seconds,
  );
}

/** A command inside a guest, by SSH as root. */
export function ssh(address: string, command: string, seconds = 60): Promise<Outcome> {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'ConnectTimeout=5', 'LogLevel=ERROR'];
  const flags = options.flatMap((option) => ['-o', option]);
  return run('ssh', [...flags, '-i', DEMO_KEY, `root@${address}`, command], { seconds });
}

/** Waits until a guest answers SSH, then runs the command and answers its output. */
export async function sshOutput(address: string, command: string, seconds = 90): Promise<string> {
  const outcome = await until(
    `ssh to ${address}: ${command}`,
    () => ssh(address, command),
    ({ code }) => code !== 255,
    seconds,
  );
  if (outcome.code !== 0) throw new Error(`in the guest: ${command}: exit ${outcome.code}\n${outcome.stderr}`);
  return outcome.stdout.trim();
}
