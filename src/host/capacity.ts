import { readFile, statfs } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { HostCapacity } from './document.ts';

/** What about a host does not change while the agent runs. */
export type HostFacts = Omit<
  HostCapacity,
  'vcpus' | 'memoryMib' | 'diskGib' | 'diskFreeGib' | 'cpuModel' | 'arch' | 'bootedAt'
>;

const GIB = 1024 ** 3;
const ARCHS: Partial<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** As QEMU and placement name it: `x86_64`. */
export const hostArch = (): string => ARCHS[process.arch] ?? process.arch;

/** The host's capacity now; `directory` is on the file system with the disks. */
export async function capacityOf(facts: HostFacts, directory: string): Promise<HostCapacity> {
  const disk = await statfs(directory);
  const bootedAt = await bootTime();
  return {
    ...facts,
    vcpus: cpus().length,
    memoryMib: Math.floor(totalmem() / 1024 ** 2),
    diskGib: Math.floor((disk.blocks * disk.bsize) / GIB),
    diskFreeGib: Math.floor((disk.bavail * disk.bsize) / GIB),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    arch: hostArch(),
    ...(bootedAt !== null && { bootedAt }),
  };
}

/** From `btime` of proc(5), which stands still where a difference of clocks would waver. */
async function bootTime(): Promise<number | null> {
  const seconds = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8').catch(() => ''))?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
