import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { untilGreets } from '../../test/support/greeting.ts';

const exec = promisify(execFile);

export interface BareBoot {
  /** Milliseconds until QEMU says over QMP that the machine runs. */
  running: number;
  /** Milliseconds until its SSH server greets. */
  ssh: number;
}

/**
 * Starts the same machine by hand: a layer over the same image, the same accelerator and memory, QEMU's own user
 * network with a forwarded port. What a person with a shell script would have.
 */
export async function bootBare(
  image: string,
  options: { accel: string; memoryMib: number; port: number },
): Promise<BareBoot> {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-bare-'));
  const disk = join(directory, 'disk.qcow2');
  const qmp = join(directory, 'qmp.sock');
  const started = performance.now();
  // A guest that finds no metadata waits for it before it lets anybody in.
  const drive = join(directory, 'config.iso');
  mkdirSync(join(directory, 'config/openstack/latest'), { recursive: true });
  writeFileSync(
    join(directory, 'config/openstack/latest/meta_data.json'),
    JSON.stringify({ uuid: randomUUID(), name: 'bare', hostname: 'bare', public_keys: {} }),
  );
  await exec('genisoimage', ['-quiet', '-o', drive, '-V', 'config-2', '-J', '-R', join(directory, 'config')]);
  await exec('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'qcow2', disk, '1G']);
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', `pc,accel=${options.accel}`, '-m', String(options.memoryMib), '-nodefaults', '-display', 'none'],
      ...['-vga', 'std', '-drive', `file=${disk},format=qcow2,if=virtio`, '-qmp', `unix:${qmp},server=on,wait=off`],
      ...['-netdev', `user,id=net0,hostfwd=tcp:127.0.0.1:${options.port}-:22`, '-device', 'virtio-net-pci,netdev=net0'],
      ...['-drive', `file=${drive},format=raw,if=virtio,readonly=on`],
      ...['-serial', 'null', '-device', 'virtio-rng-pci', '-sandbox', 'on'],
    ],
    { stdio: 'ignore' },
  );
  const gone = once(child, 'exit');
  try {
    await Promise.race([
      untilRunning(qmp),
      gone.then(() => {
        throw new Error('Bare QEMU ended by itself: is its forwarded port taken?');
      }),
    ]);
    const running = performance.now() - started;
    await untilGreets('127.0.0.1', options.port);
    return { running, ssh: performance.now() - started };
  } finally {
    child.kill('SIGKILL');
    await gone;
    rmSync(directory, { recursive: true });
  }
}

async function untilRunning(path: string): Promise<void> {
  while (!existsSync(path)) await pause(2);
  // Between the socket's name and its first listener a dial is refused.
  while (!(await saysRunning(path))) await pause(1);
}

/** Whether QEMU says that the machine runs; false when it does not listen yet. */
function saysRunning(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    let text = '';
    socket.on('error', () => resolve(false));
    socket.on('data', (bytes) => {
      text += bytes.toString();
      if (!text.includes('"running": true')) return;
      socket.destroy();
      resolve(true);
    });
    socket.write('{"execute":"qmp_capabilities"}\n{"execute":"query-status"}\n');
  });
}
