import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where files are in memory. */
const MEMORY = '/dev/shm';

export interface Cluster {
  /** The address of its database `postgres`. */
  url: string;
  port: number;
  /** Ends the server at once, as a power cut would (SIGQUIT), and begins it anew. */
  crash(): Promise<void>;
  /** Ends the server after the transactions under way, and begins it anew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL of Debian's package on a fresh directory and a unix socket, for this test alone. As root it runs as the
 * package's account, since PostgreSQL refuses root. `durable`: whether commits wait for the disk.
 */
export async function startCluster(options: { durable?: boolean } = {}): Promise<Cluster> {
  const directory = mkdtempSync(join(!options.durable && existsSync(MEMORY) ? MEMORY : tmpdir(), 'potluck-postgres-'));
  const bin = binaries();
  const [uid, gid] = await account();
  if (uid !== null) chownSync(directory, uid, gid);
  const as = uid === null ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const under = (command: string, ...args: string[]): [string, string[]] => {
    const [first = '', ...rest] = [...as, join(bin, command), ...args];
    return [first, rest];
  };
  const data = join(directory, 'data');
  await run(...under('initdb', '-D', data, '-U', 'potluck', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'), {
    cwd: directory,
  });
  const port = 5432;
  const settings = {
    listen_addresses: '',
    unix_socket_directories: directory,
    max_connections: 300,
    shared_buffers: '64MB',
    max_pred_locks_per_transaction: 256,
    ...(!options.durable && { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = join(directory, 'log');
  let server: ChildProcess;
  const begin = async () => {
    server = spawn(...under('postgres', '-D', data, ...flags), {
      cwd: directory,
      stdio: ['ignore', 'ignore', openSync(log, 'a')],
    });
    for (;;) {
      const ready = await run(join(bin, 'pg_isready'), ['-q', '-h', directory]).then(
        () => true,
        () => false,
      );
      if (ready) return;
      if (server.exitCode !== null)
        throw new Error(`PostgreSQL did not start: ${readFileSync(log, 'utf8').slice(-4_000)}`);
      await sleep(50);
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  await begin();
  return {
    url: `postgres://potluck@/postgres?host=${directory}`,
    port,
    crash: () => end('SIGQUIT').then(begin),
    restart: () => end('SIGINT').then(begin),
    async stop() {
      await end('SIGQUIT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The newest version of Debian's package. */
function binaries(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).map(Number) : [];
  if (versions.length === 0) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  return join(root, String(Math.max(...versions)), 'bin');
}

async function account(): Promise<[number | null, number]> {
  if (process.getuid?.() !== 0) return [null, 0];
  const { stdout } = await run('getent', ['passwd', 'postgres']);
  const [, , uid, gid] = stdout.split(':');
  return [Number(uid), Number(gid)];
}
