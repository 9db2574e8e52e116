import { createConnection } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Waits for the first bytes of an SSH server. */
export async function untilGreets(host: string, port: number, seconds = 120): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    const greeted = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host, port, timeout: 1000 });
      const end = (answer: boolean) => {
        socket.destroy();
        resolve(answer);
      };
      socket.once('data', () => end(true));
      socket.once('error', () => end(false));
      socket.once('close', () => end(false));
      socket.once('timeout', () => end(false));
    });
    if (greeted) return;
    await pause(20);
  }
  throw new Error(`${host}:${port} did not greet within ${seconds} s`);
}
