import type { AttachmentId, ImageId, ServerId, VolumeId } from '../core/ids.ts';
import type {
  HostAttachment,
  HostDocument,
  HostImage,
  HostPort,
  HostServer,
  HostUpload,
  HostVolume,
} from './document.ts';
import type { Layer } from './layers.ts';

/**
 * What convergence needs from a host, and nothing more: real drivers start QEMU and tap devices, the simulator's
 * (src/sim/drivers.ts) keep them in memory. Every function is idempotent: asked twice it does once.
 */
export interface Drivers {
  machines: MachineDriver;
  disks: DiskDriver;
  volumes: VolumeDriver;
  uploads: UploadDriver;
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
  /** Volumes that are plugged in now. */
  disks: readonly PluggedDisk[];
}

export interface PluggedDisk {
  id: AttachmentId;
  volumeId: VolumeId;
  /** As large as the guest sees it. */
  sizeGib: number;
}

/** A volume to plug in: it is served already. */
export interface VolumeDisk {
  attachment: HostAttachment;
  sizeGib: number;
}

/** What a machine starts with. */
export interface MachineDisks {
  /** The server's own disk; null when it boots from a volume. */
  root: DiskChain | null;
  /** The disk to boot from instead, for a rescue. */
  rescue: DiskChain | null;
  /** The disks beside the root disk, by their names. */
  locals: { name: string; chain: DiskChain }[];
  volumes: VolumeDisk[];
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
  /**
   * Makes ready what a start needs apart from disk and ports, while those are being made; a start without it does so
   * itself. `disks` are what it will start with, null if that is not known or if it will not start.
   */
  prepare(server: HostServer, disks: MachineDisks | null): Promise<void>;
  /**
   * Starts QEMU; `resume` continues the state saved by `suspend` and then forgets it. Nobody sees the machine before
   * `settled` resolves, and it is ended if that fails.
   */
  start(server: HostServer, disks: MachineDisks, resume: boolean, settled?: Promise<void>): Promise<void>;
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
  plugDisk(server: HostServer, disk: VolumeDisk): Promise<void>;
  /** Throws TryLater while the guest does not let go. */
  unplugDisk(server: ServerId, attachment: AttachmentId): Promise<void>;
  /** Tells the guest that a disk has grown. */
  growDisk(server: ServerId, disk: VolumeDisk): Promise<void>;
  /** Copies the server's own disk, as it is at this moment, while the machine runs. */
  copy(server: ServerId, file: CopyTarget, abort?: AbortSignal): Promise<void>;
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
  /** Adds or removes layers until they are as the document has them, of all disks of its own; QEMU does not run. */
  resize(server: HostServer): Promise<void>;
  /** What QEMU is given, once it was created; makes the rescue disk if one is wished, and removes it if none is. */
  open(server: HostServer, resume: boolean): Promise<Omit<MachineDisks, 'volumes'>>;
  /** Copies the disk of a server that does not run. */
  copy(server: HostServer, file: CopyTarget, abort?: AbortSignal): Promise<void>;
  /** Removes everything of the server from the disk. */
  remove(server: ServerId): Promise<void>;
  /** Servers that have anything on the disk. */
  list(): Promise<ServerId[]>;
  /** Has the image at hand before it is needed. */
  fetch(image: HostImage): Promise<void>;
  /** Drops cached images that nothing of the document uses, nor what is named in `used`; asked again for each. */
  collect(inUse: () => { document: HostDocument; used: readonly HostImage[] }): Promise<void>;
}

/** Volumes as files of this host, each served by a storage daemon of its own while something uses it. */
export interface VolumeDriver {
  /** Finds the storage daemons of an earlier agent; called once, before everything else. */
  adopt(): Promise<void>;
  /** The layer that each storage daemon writes to. */
  serving(): ReadonlyMap<VolumeId, string>;
  /** Makes the last of the layers, and fills it from another volume or one of its snapshots. */
  create(
    volume: HostVolume,
    layers: readonly Layer[],
    from: VolumeSourceLayers | null,
    abort?: AbortSignal,
  ): Promise<void>;
  /** Makes the last of the layers, empty. */
  addLayer(volume: HostVolume, layers: readonly Layer[]): Promise<void>;
  /** Lets the storage daemon, if one runs, write to the last of the layers. */
  settle(volume: VolumeId, layers: readonly Layer[]): Promise<void>;
  /** Moves what is in the layer at `index` into the one above it, which then does without it. */
  merge(volume: VolumeId, layers: readonly Layer[], index: number): Promise<void>;
  /** Removes the files of layers that are not named. */
  tidy(volume: VolumeId, layers: readonly Layer[]): Promise<void>;
  grow(volume: VolumeId, layers: readonly Layer[], sizeGib: number): Promise<void>;
  serve(volume: VolumeId, layers: readonly Layer[]): Promise<void>;
  unserve(volume: VolumeId): Promise<void>;
  /** Copies the volume as it is at this moment. */
  copy(volume: VolumeId, layers: readonly Layer[], file: CopyTarget, abort?: AbortSignal): Promise<void>;
  /** Removes everything of the volume. */
  remove(volume: VolumeId): Promise<void>;
  /** Volumes that have anything on the disk. */
  list(): Promise<VolumeId[]>;
  /** Calls `onEnd` when a storage daemon ends by itself. */
  watch(onEnd: (volume: VolumeId) => void): void;
  /** Lets go of the storage daemons without ending them. */
  close(): Promise<void>;
}

/** What a volume is filled from. */
export interface VolumeSourceLayers {
  volume: VolumeId;
  /** Up to the layer whose content is wanted. */
  layers: readonly Layer[];
  /** The last of them is frozen: it is a snapshot. */
  isSnapshot: boolean;
}

/** A file, or what stands for one, that QEMU may write a copy of a disk to. */
export interface CopyTarget {
  path: string;
  format: 'qcow2' | 'raw';
  /** Makes the file for a disk of this size. */
  prepare(bytes: number): Promise<void>;
}

/** Images on their way to the controller. */
export interface UploadDriver {
  target(upload: HostUpload): CopyTarget;
  /** Sends a complete copy. Throws TryLater when the controller is away. */
  send(upload: HostUpload, abort: AbortSignal): Promise<void>;
  remove(image: ImageId): Promise<void>;
  list(): Promise<ImageId[]>;
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
