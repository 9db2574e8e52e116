import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectQmp, type Qmp, type QmpEvent } from '../../engines/qmp/client.ts';
import type { ServerId } from '../../core/ids.ts';
import type { Log } from '../../core/log.ts';
import type { HostDiagnostics } from '../document.ts';
import type { Machine, MachineDriver, MachineEnd } from '../drivers.ts';
import { makeDirectory, remove, writeAtomic } from '../files.ts';
import { serverPaths, volumePaths } from '../paths.ts';
import { trimConsole } from './console-log.ts';
import { volumeDeviceId } from './disk-devices.ts';
import { diagnose } from './diagnostics.ts';
import { pluggedInto, reasonOf } from './facts.ts';
import type { Hardware } from './hardware.ts';
import { devicesOf, growDisk, plugDisk, plugPort, unplugDisk, unplugPort, type Plugging } from './hotplug.ts';
import { blockNodesOf, copyNode } from './jobs.ts';
import { createLauncher, type LaunchOptions } from './launch.ts';
import { findQemus, lastWords, type QemuProcess } from './process.ts';
import { saveState, waitRestored } from './suspend.ts';

export interface MachineOptions extends LaunchOptions {
  log: Log;
}

/** A QEMU that is alive, as we hold it. */
interface Held {
  process: QemuProcess;
  qmp: Qmp | null;
  machine: Machine;
  hardware: Hardware;
  /** A step is still at work on it: nobody should see it yet. */
  starting: boolean;
  /** We are ending it ourselves: its end is no news. */
  stopping: boolean;
  byGuest: boolean;
  deleted: Set<string>;
}

const START_DEADLINE = 15_000;
const QUIT_DEADLINE = 3_000;
/** Guests that are still booting miss the button; it is pressed again. */
const POWERDOWN_AGAIN = 10_000;

export interface QemuMachines extends MachineDriver {
  /** What a machine that is alive consists of. */
  hardware(server: ServerId): Hardware | null;
  diagnose(server: ServerId): Promise<HostDiagnostics>;
}

/** Servers as QEMU processes of this machine. */
export function createMachines(options: MachineOptions): QemuMachines {
  const { paths, host, log } = options;
  const launcher = createLauncher(options);
  const held = new Map<ServerId, Held>();
  const closing = new AbortController();
  let onEnd: (end: MachineEnd) => void = () => undefined;
  let onChange: () => void = () => undefined;

  const hold = (server: ServerId, process: QemuProcess, machine: Machine, hardware: Hardware): Held => {
    const entry: Held = {
      ...{ process, qmp: null, machine, hardware },
      ...{ starting: false, stopping: false, byGuest: false, deleted: new Set<string>() },
    };
    held.set(server, entry);
    void process.ended.then(async (exit) => {
      entry.qmp?.close();
      if (held.get(server) === entry) held.delete(server);
      if (entry.starting || entry.stopping || closing.signal.aborted) return;
      const reason = entry.byGuest ? 'The guest shut down.' : await reasonOf(exit, serverPaths(paths, server).qemuLog);
      onEnd({ server, boot: entry.machine.boot, reason, byGuest: entry.byGuest });
    });
    return entry;
  };

  const receive = (entry: Held, event: QmpEvent) => {
    if (event.name === 'SHUTDOWN' && event.data.guest === true) {
      entry.byGuest = true;
      void quit(entry);
    } else if (event.name === 'STOP' || event.name === 'RESUME') {
      entry.machine = { ...entry.machine, state: event.name === 'STOP' ? 'paused' : 'running' };
      onChange();
    } else if (event.name === 'DEVICE_DELETED' && typeof event.data.device === 'string') {
      entry.deleted.add(event.data.device);
    }
  };

  /** Connects to the monitor, trying again while QEMU is coming up. */
  const connect = async (server: ServerId, entry: Held, milliseconds: number): Promise<Qmp> => {
    const deadline = Date.now() + milliseconds;
    let over = false;
    void entry.process.ended.then(() => (over = true));
    for (;;) {
      try {
        const qmp = await connectQmp(serverPaths(paths, server).qmp, (event) => receive(entry, event), milliseconds);
        entry.qmp = qmp;
        void qmp.closed.then(() => lost(server, entry, qmp));
        return qmp;
      } catch (error) {
        if (over || Date.now() > deadline || closing.signal.aborted) throw error;
      }
      await sleep(2);
    }
  };

  /** A monitor that is lost while its QEMU lives is dialled again. */
  const lost = async (server: ServerId, entry: Held, qmp: Qmp) => {
    if (entry.qmp === qmp) entry.qmp = null;
    while (held.get(server) === entry && entry.qmp === null && !entry.stopping && !closing.signal.aborted) {
      await sleep(1_000, undefined, { ref: false });
      if (held.get(server) !== entry || closing.signal.aborted) return;
      try {
        await refresh(entry, await connect(server, entry, 1_000));
      } catch (error) {
        log.warn('monitor-lost', { server, error });
      }
    }
  };

  /** Learns what QEMU does now; a guest that has shut down while nobody listened counts as having done so now. */
  const refresh = async (entry: Held, qmp: Qmp) => {
    const { status } = (await qmp.execute('query-status')) as { status: string };
    if (status === 'shutdown') {
      entry.byGuest = true;
      return quit(entry);
    }
    entry.machine = { ...entry.machine, state: status === 'running' ? 'running' : 'paused' };
    onChange();
  };

  const quit = async (entry: Held) => {
    const asked = entry.qmp?.execute('quit', undefined, QUIT_DEADLINE).catch(() => undefined);
    if (asked) await Promise.race([entry.process.ended, sleep(QUIT_DEADLINE, undefined, { ref: false })]);
    entry.process.kill('SIGKILL');
    await entry.process.ended;
  };

  const need = (server: ServerId): { entry: Held; qmp: Qmp } => {
    const entry = held.get(server);
    if (!entry?.qmp) throw new Error(`The monitor of server ${server} is not reachable at the moment.`);
    return { entry, qmp: entry.qmp };
  };

  const forgetSaved = async (server: ServerId) => {
    const { saved } = serverPaths(paths, server);
    await remove(saved);
    await remove(`${saved}.tmp`);
  };

  const start: QemuMachines['start'] = async (server, disks, resume, settled) => {
    if (held.has(server.id)) return;
    const at = serverPaths(paths, server.id);
    const { process, startedAt, hardware } = await launcher.launch(server, disks, resume);
    const machine: Machine = { state: 'paused', boot: server.boot, startedAt, ...pluggedInto(hardware) };
    const entry = hold(server.id, process, machine, hardware);
    entry.starting = true;
    const run = async () => {
      const qmp = await connect(server.id, entry, START_DEADLINE);
      if (resume) {
        await waitRestored(qmp);
        await qmp.execute('cont').catch(() => undefined);
      }
      await refresh(entry, qmp);
    };
    try {
      await Promise.all([run(), launcher.saveHardware(server.id, hardware), settled]);
      entry.starting = false;
      // Only now: with neither a machine nor a saved state to be seen, a report in between would call it dead.
      if (resume) await forgetSaved(server.id);
    } catch (cause) {
      process.kill('SIGKILL');
      await process.ended;
      const words = await lastWords(at.qemuLog);
      throw new Error(words ? `QEMU did not start: ${words}` : 'QEMU did not start.', { cause });
    }
  };

  const stop = async (server: ServerId, softSeconds: number, hurry?: AbortSignal): Promise<void> => {
    await launcher.drop(server);
    const entry = held.get(server);
    if (!entry) return;
    entry.stopping = true;
    const until = Date.now() + softSeconds * 1000;
    while (entry.qmp && entry.machine.state === 'running' && Date.now() < until && !hurry?.aborted) {
      await entry.qmp.execute('system_powerdown').catch(() => undefined);
      const patience = Math.min(POWERDOWN_AGAIN, until - Date.now());
      const woken = await Promise.race([entry.process.ended, pause(patience, hurry)]);
      if (woken) return;
    }
    await quit(entry);
  };

  const suspend = async (server: ServerId): Promise<void> => {
    const { entry, qmp } = need(server);
    const at = serverPaths(paths, server);
    await makeDirectory(join(paths.run, 'migration'), 0o711);
    // The state fits this hardware and no other: after a power cut either both are there or only this.
    await writeAtomic(at.hardware, JSON.stringify(entry.hardware));
    await saveState(qmp, at.saved, at.migration);
    entry.stopping = true;
    await quit(entry);
  };

  const adopt = async (): Promise<void> => {
    const prefix = join(paths.run, 'servers') + '/';
    const found = await findQemus((qmp) => qmp.startsWith(prefix), closing.signal);
    for (const { server, boot, startedAt, process } of found.sort((a, b) => b.startedAt - a.startedAt)) {
      const hardware = await launcher.readHardware(server);
      if (held.has(server) || hardware === null) {
        log.warn('stray-qemu-ended', { server, pid: process.pid });
        process.kill('SIGKILL');
        continue;
      }
      const machine: Machine = { state: 'running', boot, startedAt, ...pluggedInto(hardware) };
      const entry = hold(server, process, machine, hardware);
      try {
        const qmp = await connect(server, entry, 3_000);
        const { status } = (await qmp.execute('query-status')) as { status: string };
        if (['postmigrate', 'inmigrate', 'prelaunch'].includes(status)) {
          // Ended in the middle of suspending or resuming: what is on the disk counts.
          entry.stopping = true;
          await quit(entry);
          continue;
        }
        await forgetSaved(server);
        await findPlugged(server, entry, qmp);
        await refresh(entry, qmp);
      } catch (error) {
        log.warn('monitor-lost', { server, error });
        if (entry.qmp === null) void lost(server, entry, NO_QMP);
      }
      log.info('adopted', { server, pid: process.pid });
    }
  };

  const trimmer = setInterval(() => {
    for (const server of held.keys()) void trimConsole(serverPaths(paths, server).consoleLog).catch(() => undefined);
  }, 10_000).unref();

  return {
    adopt,
    prepare: (server, disks) => launcher.prepare(server, disks),
    list: () => new Map([...held].filter(([, entry]) => !entry.starting).map(([id, entry]) => [id, entry.machine])),
    start,
    stop,
    suspend,
    isSuspended: (server) => existsSync(serverPaths(paths, server).saved),
    discard: forgetSaved,
    async pause(server) {
      const { entry, qmp } = need(server);
      await qmp.execute('stop');
      entry.machine = { ...entry.machine, state: 'paused' };
    },
    async unpause(server) {
      const { entry, qmp } = need(server);
      await qmp.execute('cont');
      entry.machine = { ...entry.machine, state: 'running' };
    },
    async plug({ id }, port) {
      const { entry, qmp } = need(id);
      if (!entry.machine.ports.includes(port.id)) await plugPort(pluggingOf(id, entry, qmp), port);
    },
    async unplug(id, port) {
      const { entry, qmp } = need(id);
      await unplugPort(pluggingOf(id, entry, qmp), port);
    },
    async plugDisk({ id }, disk) {
      const { entry, qmp } = need(id);
      if (entry.machine.disks.some((one) => one.id === disk.attachment.id)) return;
      await plugDisk(pluggingOf(id, entry, qmp), disk, nbdSocket(disk.attachment.volumeId));
    },
    async unplugDisk(id, attachment) {
      const { entry, qmp } = need(id);
      await unplugDisk(pluggingOf(id, entry, qmp), attachment);
    },
    async growDisk(id, disk) {
      const { entry, qmp } = need(id);
      await growDisk(pluggingOf(id, entry, qmp), disk);
    },
    async copy(id, file, abort) {
      const { qmp } = need(id);
      const nodes = [...(await blockNodesOf(qmp))].filter(([name]) => /^disk\d+$/.test(name));
      const root = nodes.sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)).at(-1);
      if (!root) throw new Error(`Server ${id} has no disk of its own.`);
      const [node, { bytes }] = root;
      await file.prepare(bytes);
      await copyNode(qmp, node, file, abort);
    },
    hardware: (id) => held.get(id)?.hardware ?? null,
    diagnose(id) {
      const { entry, qmp } = need(id);
      return diagnose(qmp, entry.process.pid, entry.machine, entry.hardware);
    },
    watch(end, change) {
      onEnd = end;
      onChange = change;
    },
    close() {
      closing.abort();
      launcher.close();
      clearInterval(trimmer);
      for (const { qmp } of held.values()) qmp?.close();
      return Promise.resolve();
    },
  };

  function nbdSocket(volume: string): string {
    return volumePaths(paths, volume).nbd;
  }

  function pluggingOf(server: ServerId, entry: Held, qmp: Qmp): Plugging {
    const { hardware, deleted } = entry;
    const intend = (next: Hardware) => launcher.saveHardware(server, next);
    return { qmp, host, hardware, deleted, intend, keep: (next) => keepHardware(server, entry, next) };
  }

  async function keepHardware(server: ServerId, entry: Held, hardware: Hardware): Promise<void> {
    entry.hardware = hardware;
    entry.machine = { ...entry.machine, ...pluggedInto(hardware) };
    await launcher.saveHardware(server, hardware);
  }

  /** What was being plugged in when an agent ended may or may not be there. */
  async function findPlugged(server: ServerId, entry: Held, qmp: Qmp): Promise<void> {
    const devices = await devicesOf(qmp);
    const { hardware } = entry;
    const volumes = hardware.volumes.filter(({ attachment }) => devices.has(volumeDeviceId(attachment)));
    if (volumes.length < hardware.volumes.length) await keepHardware(server, entry, { ...hardware, volumes });
  }
}

const NO_QMP: Qmp = {
  execute: () => Promise.reject(new Error('not connected')),
  closed: Promise.resolve(),
  close() {},
};

/** Resolves with null after the time, or when `hurry` fires. */
function pause(milliseconds: number, hurry?: AbortSignal): Promise<null> {
  return sleep(milliseconds, null, { ref: false, ...(hurry && { signal: hurry }) }).catch(() => null);
}
