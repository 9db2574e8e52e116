import { chmod, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Qmp } from '../../engines/qmp/client.ts';
import { OperatorError } from '../../core/errors.ts';
import { syncDirectory } from '../files.ts';

/**
 * Saves the memory and the devices of a stopped machine to `path`. QEMU may neither run programs nor write there, so
 * it sends its migration stream to a socket of ours. The file has its name only when all of it is on the disk.
 */
export async function saveState(qmp: Qmp, path: string, socket: string, milliseconds = 600_000): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  await rm(socket, { force: true });
  const received = Promise.withResolvers<void>();
  received.promise.catch(() => undefined);
  const server = createServer((stream) => {
    server.close();
    copy(stream, file).then(received.resolve, received.reject);
  });
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
    await chmod(socket, 0o666);
    await qmp.execute('stop');
    // Nothing runs any more, so the only limit is what the disk takes.
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': 2 ** 40 });
    await qmp.execute('migrate', { uri: `unix:${socket}` });
    await finished(qmp, Date.now() + milliseconds);
    await received.promise;
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    await qmp.execute('migrate_cancel').catch(() => undefined);
    await qmp.execute('cont').catch(() => undefined);
    throw error;
  } finally {
    server.close();
    await rm(socket, { force: true });
  }
  await file.close();
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

async function copy(stream: Socket, file: FileHandle): Promise<void> {
  for await (const chunk of stream) await file.writeFile(chunk as Buffer);
}

/** Waits until the migration that was asked for has ended well. */
async function finished(qmp: Qmp, deadline: number): Promise<void> {
  for (;;) {
    const answer = (await qmp.execute('query-migrate')) as { status?: string; 'error-desc'?: string };
    if (answer.status === 'completed') return;
    if (answer.status === 'failed' || answer.status === 'cancelled') {
      throw new OperatorError(
        `The memory could not be saved: ${answer['error-desc'] ?? 'QEMU gave no reason'}.`,
        "Free space on the disk of this host's state directory; the server goes on running.",
      );
    }
    if (Date.now() > deadline) {
      throw new OperatorError('Saving the memory took too long.', 'The server goes on running; is the disk healthy?');
    }
    await sleep(50);
  }
}

/** Waits until QEMU has read the saved state it was started with. */
export async function waitRestored(qmp: Qmp, milliseconds = 600_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const { status } = (await qmp.execute('query-status')) as { status: string };
    if (status !== 'inmigrate') return;
    if (Date.now() > deadline)
      throw new OperatorError('Reading the saved memory took too long.', 'Is the disk healthy?');
    await sleep(20);
  }
}
