import type { ServerId } from '../core/ids.ts';
import type { HostDocument, HostPort, HostServer } from './document.ts';

/**
 * What convergence needs from a host, and nothing more: real drivers start QEMU and tap devices, the simulator's
 * (src/sim/drivers.ts) keep them in memory. Every function is idempotent: asked twice it does once.
 */
export interface Drivers {
  machines: MachineDriver;
  disks: DiskDriver;
  ports: PortDriver;
  metadata: MetadataDriver;
}

/** A QEMU that is alive. */
export interface Machine {
  state: 'running' | 'paused';
  /** The count of `HostServer.boot` it was started for. */
  boot: number;
  startedAt: number;
  /** Ports that are plugged in now. */
  ports: readonly string[];
}

/** How a QEMU ended that nobody had asked to end. */
export interface MachineEnd {
  server: ServerId;
  boot: number;
  /** One sentence for a person. */
  reason: string;
  /** The guest itself switched the machine off: that is no failure. */
  byGuest: boolean;
}

export interface MachineDriver {
  /** Finds the machines of an earlier agent; called once, before everything else. */
  adopt(): Promise<void>;
  /** All machines that are alive. */
  list(): ReadonlyMap<ServerId, Machine>;
  /** Makes ready what a start needs apart from disk and ports; a start without it does so itself. */
  prepare(server: HostServer): Promise<void>;
  /** Starts QEMU; `resume` continues the state saved by `suspend` and then forgets it. */
  start(server: HostServer, disk: DiskChain, resume: boolean): Promise<void>;
  /** Ends QEMU and resolves when it is gone. With `softSeconds > 0` the guest is asked first; `hurry` cuts that short. */
  stop(server: ServerId, softSeconds: number, hurry?: AbortSignal): Promise<void>;
  pause(server: ServerId): Promise<void>;
  unpause(server: ServerId): Promise<void>;
  /** Saves memory and devices to disk and ends QEMU. */
  suspend(server: ServerId): Promise<void>;
  /** Whether a saved state is on disk, complete. */
  isSuspended(server: ServerId): boolean;
  /** Forgets the saved state. */
  discard(server: ServerId): Promise<void>;
  plug(server: HostServer, port: HostPort): Promise<void>;
  unplug(server: ServerId, port: string): Promise<void>;
  /** Calls `onEnd` for each machine that ends by itself, and `onChange` when one changes otherwise. */
  watch(onEnd: (end: MachineEnd) => void, onChange: () => void): void;
  /** Lets go of the machines without ending them. */
  close(): Promise<void>;
}

/** Files of a disk, lowest first: the cached image (if any), then our qcow2 layers. The last one is written to. */
export interface DiskChain {
  files: { path: string; format: 'raw' | 'qcow2' }[];
}

export interface DiskDriver {
  /** Makes the disk anew, fetching the image first if it is not cached. `abort` gives up waiting for the download. */
  create(server: HostServer, abort?: AbortSignal): Promise<void>;
  /** Adds or removes layers until there are as many as `server.disk.layersGib`; QEMU does not run. */
  resize(server: HostServer): Promise<void>;
  chain(server: HostServer): DiskChain;
  /** Removes everything of the server from the disk. */
  remove(server: ServerId): Promise<void>;
  /** Servers that have anything on the disk. */
  list(): Promise<ServerId[]>;
  /** Drops cached images that no server of the document uses. */
  collect(document: HostDocument): Promise<void>;
}

export interface PortDriver {
  /** Makes the tap devices and plugs them into the switch. */
  attach(server: HostServer, ports: readonly HostPort[]): Promise<void>;
  detach(ports: readonly string[]): Promise<void>;
  /** Removes every device and switch port of ours that `keep` does not name; it is asked after looking at them. */
  collect(keep: () => ReadonlySet<string>): Promise<void>;
}

export interface MetadataDriver {
  /** Serves the guests of this document and stops serving networks that left it. */
  apply(document: HostDocument): Promise<void>;
  close(): Promise<void>;
}
