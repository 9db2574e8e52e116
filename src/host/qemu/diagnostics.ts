import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Qmp } from '../../engines/qmp/client.ts';
import type { HostDiagnostics } from '../document.ts';
import type { Machine } from '../drivers.ts';
import { volumeDeviceId } from './disk-devices.ts';
import { tapName, type Hardware } from './hardware.ts';

const MIB = 2 ** 20;
/** What QEMU and the kernel count of a machine that is alive. */
export async function diagnose(
  qmp: Qmp,
  pid: number,
  machine: Machine,
  hardware: Hardware,
  now = Date.now(),
): Promise<HostDiagnostics> {
  const cpus = (await qmp.execute('query-cpus-fast')) as { 'cpu-index': number; 'thread-id': number }[];
  const balloon = (await qmp.execute('query-balloon').catch(() => null)) as { actual: number } | null;
  return {
    state: machine.state,
    uptimeSeconds: Math.max(0, Math.round((now - machine.startedAt) / 1000)),
    isKvm: hardware.accel === 'kvm',
    configDrive: hardware.configDrive,
    cpus: await Promise.all(
      cpus.map(async (cpu) => ({ id: cpu['cpu-index'], nanoseconds: await cpuTime(pid, cpu['thread-id']) })),
    ),
    memoryMib: { maximum: hardware.memoryMib, used: balloon && Math.round(balloon.actual / MIB) },
    disks: await disksOf(qmp, hardware),
    nics: await Promise.all(hardware.nics.map(({ port, mac }) => nicOf(port, mac))),
  };
}

interface BlockStats {
  qdev?: string;
  stats: Record<string, number>;
}

async function disksOf(qmp: Qmp, { volumes, locals, root, rescue }: Hardware): Promise<HostDiagnostics['disks']> {
  const all = (await qmp.execute('query-blockstats')) as BlockStats[];
  const own = [...(rescue ? ['rescue'] : []), ...(root ? ['root'] : []), ...locals.map(({ name }) => name)];
  const names = new Map(own.map((id, i) => [id, `vd${String.fromCharCode(97 + i)}`]));
  for (const { attachment, device } of volumes) names.set(volumeDeviceId(attachment), device);
  return all.flatMap(({ qdev = '', stats }) => {
    // `/machine/peripheral/ID` or `/machine/peripheral/ID/virtio-backend`.
    const device = names.get(qdev.split('/')[3] ?? '');
    if (device === undefined) return [];
    return [
      {
        device,
        readBytes: stats.rd_bytes ?? 0,
        readRequests: stats.rd_operations ?? 0,
        writeBytes: stats.wr_bytes ?? 0,
        writeRequests: stats.wr_operations ?? 0,
        errors: (stats.failed_rd_operations ?? 0) + (stats.failed_wr_operations ?? 0),
      },
    ];
  });
}

async function cpuTime(pid: number, thread: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '');
  const [nanoseconds] = text.split(' ');
  return nanoseconds ? Number(nanoseconds) : null;
}

/** What the tap device receives is what the guest has sent. */
async function nicOf(port: string, mac: string): Promise<HostDiagnostics['nics'][number]> {
  const count = async (name: string): Promise<number> => {
    const path = join('/sys/class/net', tapName(port), 'statistics', name);
    return Number(await readFile(path, 'utf8').catch(() => '0'));
  };
  const names = ['bytes', 'packets', 'errors', 'dropped'];
  const [rx, tx] = await Promise.all([
    Promise.all(names.map((name) => count(`tx_${name}`))),
    Promise.all(names.map((name) => count(`rx_${name}`))),
  ]);
  return {
    port,
    mac,
    ...{ rxBytes: rx[0] ?? 0, rxPackets: rx[1] ?? 0, rxErrors: rx[2] ?? 0, rxDrop: rx[3] ?? 0 },
    ...{ txBytes: tx[0] ?? 0, txPackets: tx[1] ?? 0, txErrors: tx[2] ?? 0, txDrop: tx[3] ?? 0 },
  };
}
