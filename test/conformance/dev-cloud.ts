import { fork } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A cloud of its own for a run, with simulated hosts, below `directory`. */
export async function startDevCloud(
  directory: string,
  importFrom: string,
): Promise<{ cloudsFile: string; stop(): Promise<void> }> {
  const port = await freePort();
  const log = openSync(join(directory, 'dev.log'), 'a');
  const options = [
    '--hosts',
    '1',
    '--port',
    String(port),
    '--state-dir',
    join(directory, 'dev'),
    '--delay',
    '0',
    '--no-console',
  ];
  const child = fork(
    join(ROOT, 'src/main.ts'),
    [
      'dev',
      ...options,
      '--no-watch',
      '--log-level',
      'info',
      // Tempest makes its projects' networks itself, and tests what happens without any.
      '--project-networks',
      'off',
      '--image-format-check',
      'off',
      '--image-import-allow',
      importFrom,
    ],
    { execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', log, log, 'ipc'] },
  );
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  const ready = await Promise.race([
    new Promise<{ cloudsFile: string }>((resolve) => child.on('message', (one) => resolve(one as never))),
    ended,
  ]);
  if (typeof ready === 'number') throw new Error(`the dev cloud ended; see ${join(directory, 'dev.log')}`);
  return {
    cloudsFile: ready.cloudsFile,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A port of 127.0.0.1 on which nobody listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
