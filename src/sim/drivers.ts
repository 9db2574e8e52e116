import { createHash } from 'node:crypto';
import type { ServerId } from '../core/ids.ts';
import type { HostCapacity, HostDocument } from '../host/document.ts';
import type { Drivers, Machine, MachineEnd } from '../host/drivers.ts';
import type { Ledger } from '../host/ledger.ts';
import { survivors } from './survivors.ts';
import { realTime, type SimTime } from './time.ts';

/** Faults a test may put into a simulated host; each is asked before the step and may throw or wait. */
export interface SimFaults {
  before?(step: string, server: ServerId): Promise<void> | void;
}

/** A simulated host: what the real drivers would have made, to look at and to break. */
export interface SimHost {
  drivers: Drivers;
  readonly machines: ReadonlyMap<ServerId, Machine>;
  /** Port ids by their server. */
  readonly ports: ReadonlyMap<string, ServerId>;
  /** Number of disk layers by server. */
  readonly disks: ReadonlyMap<ServerId, number>;
  readonly suspended: ReadonlySet<ServerId>;
  document(): HostDocument | null;
  /** Ends a machine as if its QEMU had been killed, or as if its guest had shut down. */
  end(server: ServerId, reason?: string, byGuest?: boolean): void;
  /** A restart of the agent: the machines go on, and the new drivers find them. */
  restart(): Drivers;
}

export interface SimOptions {
  faults?: SimFaults;
  time?: SimTime;
  /** Milliseconds that the next step takes; none if not given. */
  delay?: (step: string) => number;
  /** An earlier agent's, whose machines go on. */
  ledger?: Ledger;
}

/** A host in memory. The same convergence runs on it as on a real one; only what it moves is missing. */
export function createSimHost(options: SimOptions = {}): SimHost {
  const { time = realTime, delay = () => 0 } = options;
  const { machines, suspended, disks, ports } = survivors(options.ledger ?? null, time.now());
  let document: HostDocument | null = null;
  let onEnd: (end: MachineEnd) => void = () => undefined;
  let onChange: () => void = () => undefined;

  const step = async (name: string, server: ServerId, work: () => void): Promise<void> => {
    await options.faults?.before?.(name, server);
    const milliseconds = delay(name);
    if (milliseconds > 0) await time.wait(milliseconds);
    work();
  };
  const set = (server: ServerId, change: Partial<Machine>) => {
    const machine = machines.get(server);
    if (!machine) throw new Error(`The simulated machine ${server} is not running.`);
    machines.set(server, { ...machine, ...change });
    onChange();
  };
  const portsOf = (server: ServerId) => machines.get(server)?.ports ?? [];

  const drivers = (): Drivers => ({
    machines: {
      adopt: () => Promise.resolve(),
      list: () => machines,
      prepare: () => Promise.resolve(),
      start: (server, _disk, resume) =>
        step('start', server.id, () => {
          if (machines.has(server.id)) return;
          if (resume) suspended.delete(server.id);
          const plugged = server.ports.map((port) => port.id);
          machines.set(server.id, { state: 'running', boot: server.boot, startedAt: time.now(), ports: plugged });
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
      create: (server) => step('create', server.id, () => void disks.set(server.id, server.disk.layersGib.length)),
      resize: (server) => step('resize', server.id, () => void disks.set(server.id, server.disk.layersGib.length)),
      chain: (server) => ({
        files: server.disk.layersGib.map((_, i) => ({ path: `sim/${server.id}/${i}`, format: 'qcow2' })),
      }),
      remove: (server) =>
        step('remove', server, () => {
          disks.delete(server);
          suspended.delete(server);
        }),
      list: () => Promise.resolve([...disks.keys()]),
      collect: () => Promise.resolve(),
    },
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
    ...{ machines, ports, disks, suspended },
    drivers: drivers(),
    document: () => document,
    end(server, reason = 'QEMU was ended by signal SIGKILL.', byGuest = false) {
      const machine = machines.get(server);
      if (!machine) return;
      machines.delete(server);
      onEnd({ server, boot: machine.boot, reason, byGuest });
    },
    restart: drivers,
  };
}

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
    ...{ accel: 'tcg', accelReason: 'simulated', cpuModel: 'simulated', arch: 'x86_64', chassis: name },
    ...{ address: `192.0.2.${(digest[0] ?? 0) % 254 || 1}`, agentVersion: 'simulated' },
  };
}
