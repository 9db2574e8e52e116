import { createHash } from 'node:crypto';
import type { ServerId, VolumeId } from '../core/ids.ts';
import { hostTraits } from '../host/cpu-traits.ts';
import type { HostCapacity, HostDocument, HostUpload } from '../host/document.ts';
import type { Drivers, Machine, MachineEnd, PluggedDisk, VolumeDisk } from '../host/drivers.ts';
import type { Ledger } from '../host/ledger.ts';
import { survivors } from './survivors.ts';
import { realTime, type SimTime } from './time.ts';
import { simUploads, simVolumes } from './volumes.ts';

/** Faults a test may put into a simulated host: asked before and after each step, and may throw or wait. */
export interface SimFaults {
  before?(step: string, id: string): Promise<void> | void;
  /** What is thrown here comes after the work was done: the agent does not know. */
  after?(step: string, id: string): Promise<void> | void;
}

/** One simulated piece of work on a server, a volume or an image. */
export type Step = (name: string, id: string, work: () => void) => Promise<void>;

/** A simulated host: what the real drivers would have made, to look at and to break. */
export interface SimHost {
  drivers: Drivers;
  readonly machines: ReadonlyMap<ServerId, Machine>;
  /** Port ids by their server. */
  readonly ports: ReadonlyMap<string, ServerId>;
  /** Number of disk layers by server. */
  readonly disks: ReadonlyMap<ServerId, number>;
  readonly suspended: ReadonlySet<ServerId>;
  /** Names of the layers of each volume. */
  readonly volumes: ReadonlyMap<VolumeId, readonly string[]>;
  /** The layer that each volume's storage daemon writes to. */
  readonly serving: ReadonlyMap<VolumeId, string>;
  document(): HostDocument | null;
  /** Ends a machine as if its QEMU had been killed, or as if its guest had shut down. */
  end(server: ServerId, reason?: string, byGuest?: boolean): void;
  /** Ends a volume's storage daemon as if it had been killed. */
  endDaemon(volume: VolumeId): void;
  /** A restart of the agent: the machines go on, and the new drivers find them. */
  restart(): Drivers;
  /** A restart of the host: no machine, device or storage daemon outlives it. */
  reboot(): Drivers;
}

export interface SimOptions {
  faults?: SimFaults;
  time?: SimTime;
  /** Milliseconds that the next step takes; none if not given. */
  delay?: (step: string) => number;
  /** Sends the data of an image to the controller; nowhere if not given. */
  send?: (upload: HostUpload) => Promise<void>;
  /** An earlier agent's, whose machines go on. */
  ledger?: Ledger;
}

/** A host in memory. The same convergence runs on it as on a real one; only what it moves is missing. */
export function createSimHost(options: SimOptions = {}): SimHost {
  const { time = realTime, delay = () => 0 } = options;
  const { machines, suspended, disks, ports, volumes } = survivors(options.ledger ?? null, time.now());
  let document: HostDocument | null = null;
  let onEnd: (end: MachineEnd) => void = () => undefined;
  let onChange: () => void = () => undefined;
  const onDaemonEnd = { call: (_volume: VolumeId): void => undefined };

  /** Grows with each agent: what an earlier one was about to do when it ended is never done. */
  let agent = 0;
  const steps =
    (mine: number): Step =>
    async (name, id, work) => {
      await options.faults?.before?.(name, id);
      const milliseconds = delay(name);
      if (milliseconds > 0) await time.wait(milliseconds);
      if (mine !== agent) return new Promise<void>(() => undefined);
      work();
      await options.faults?.after?.(name, id);
    };
  const set = (server: ServerId, change: Partial<Machine>) => {
    const machine = machines.get(server);
    if (!machine) throw new Error(`The simulated machine ${server} is not running.`);
    machines.set(server, { ...machine, ...change });
    onChange();
  };
  const portsOf = (server: ServerId) => machines.get(server)?.ports ?? [];
  const disksOf = (server: ServerId) => machines.get(server)?.disks ?? [];
  const plugged = ({ attachment, sizeGib }: VolumeDisk): PluggedDisk => {
    if (!volumes.serving.has(attachment.volumeId)) throw new Error(`Volume ${attachment.volumeId} is not served.`);
    return { id: attachment.id, volumeId: attachment.volumeId, sizeGib };
  };

  const drivers = (step = steps(++agent)): Drivers => ({
    machines: {
      adopt: () => Promise.resolve(),
      list: () => machines,
      prepare: () => Promise.resolve(),
      start: (server, own, resume) =>
        step('start', server.id, () => {
          if (machines.has(server.id)) return;
          if (resume) suspended.delete(server.id);
          const now = { state: 'running' as const, boot: server.boot, startedAt: time.now() };
          const disks = own.volumes.map(plugged);
          machines.set(server.id, { ...now, ports: server.ports.map((port) => port.id), disks });
        }),
      stop: (server) => step('stop', server, () => void machines.delete(server)),
      pause: (server) => step('pause', server, () => set(server, { state: 'paused' })),
      unpause: (server) => step('unpause', server, () => set(server, { state: 'running' })),
      suspend: (server) =>
        step('suspend', server, () => {
          suspended.add(server);
          machines.delete(server);
        }),
      isSuspended: (server) => suspended.has(server),
      discard: (server) => step('discard', server, () => void suspended.delete(server)),
      plug: (server, port) =>
        step('plug', server.id, () => set(server.id, { ports: [...new Set([...portsOf(server.id), port.id])] })),
      unplug: (server, port) =>
        step('unplug', server, () => set(server, { ports: portsOf(server).filter((one) => one !== port) })),
      plugDisk: ({ id }, disk) =>
        step('plug-disk', id, () => set(id, { disks: [...without(disksOf(id), disk.attachment.id), plugged(disk)] })),
      unplugDisk: (id, disk) => step('unplug-disk', id, () => set(id, { disks: without(disksOf(id), disk) })),
      growDisk: (id, disk) =>
        step('grow-disk', id, () =>
          set(id, { disks: disksOf(id).map((one) => (one.id === disk.attachment.id ? plugged(disk) : one)) }),
        ),
      copy: (id, file) => step('copy', id, () => void volumes.copies.add(file.path)),
      watch(end, change) {
        onEnd = end;
        onChange = change;
      },
      close() {
        onEnd = onChange = () => undefined;
        return Promise.resolve();
      },
    },
    disks: {
      create: (server) =>
        step('create', server.id, () => void disks.set(server.id, server.disk?.layersGib.length ?? 0)),
      resize: (server) =>
        step('resize', server.id, () => void disks.set(server.id, server.disk?.layersGib.length ?? 0)),
      open: () => Promise.resolve({ root: null, rescue: null, locals: [] }),
      copy: (server, file) => step('copy', server.id, () => void volumes.copies.add(file.path)),
      remove: (server) =>
        step('remove', server, () => {
          disks.delete(server);
          suspended.delete(server);
        }),
      list: () => Promise.resolve([...disks.keys()]),
      fetch: (image) => step('fetch', image.id, () => undefined),
      collect: () => Promise.resolve(),
    },
    volumes: simVolumes(volumes, step, onDaemonEnd),
    uploads: simUploads(volumes, step, options.send ?? (() => Promise.resolve())),
    ports: {
      attach: (server, wanted) =>
        step('attach', server.id, () => wanted.forEach((port) => ports.set(port.id, server.id))),
      detach(gone) {
        gone.forEach((port) => ports.delete(port));
        return Promise.resolve();
      },
      collect(keep) {
        const names = keep();
        for (const port of ports.keys()) if (!names.has(port)) ports.delete(port);
        return Promise.resolve();
      },
    },
    metadata: {
      apply(next) {
        document = next;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    },
  });

  return {
    ...{ machines, ports, disks, suspended, volumes: volumes.files, serving: volumes.serving },
    drivers: drivers(),
    document: () => document,
    end(server, reason = 'QEMU was ended by signal SIGKILL.', byGuest = false) {
      const machine = machines.get(server);
      if (!machine) return;
      machines.delete(server);
      onEnd({ server, boot: machine.boot, reason, byGuest });
    },
    endDaemon(volume) {
      if (volumes.serving.delete(volume)) onDaemonEnd.call(volume);
    },
    restart: () => drivers(),
    reboot() {
      machines.clear();
      ports.clear();
      volumes.serving.clear();
      return drivers();
    },
  };
}

const without = (disks: readonly PluggedDisk[], id: string) => disks.filter((disk) => disk.id !== id);

/** How large a simulated host says it is. */
export interface SimSize {
  vcpus: number;
  memoryMib: number;
  diskGib: number;
}

/** A capacity to report for a simulated host; hosts of the same name look the same. */
export function simCapacity(name: string, size: SimSize = { vcpus: 8, memoryMib: 32_768, diskGib: 500 }): HostCapacity {
  const digest = createHash('sha256').update(name).digest();
  return {
    ...{ ...size, diskFreeGib: size.diskGib, hypervisor: 'QEMU', hypervisorVersion: 7_002_000 },
    ...{
      accel: 'tcg',
      accelReason: 'simulated',
      cpuModel: 'simulated',
      arch: 'x86_64',
      chassis: name,
      bridgeMappings: { public: 'br-ex' },
    },
    ...{ address: `192.0.2.${(digest[0] ?? 0) % 254 || 1}`, agentVersion: 'simulated' },
    // A simulated host is as old as the process it is in.
    bootedAt: Math.floor(performance.timeOrigin),
    traits: hostTraits({ accel: 'tcg', arch: 'x86_64', hypervisorVersion: 7_002_000 }, []),
  };
}
