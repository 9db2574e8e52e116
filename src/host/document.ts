import type {
  AttachmentId,
  HostId,
  ImageId,
  NetworkId,
  PortId,
  ProjectId,
  ServerId,
  SnapshotId,
  UserId,
  VolumeId,
} from '../core/ids.ts';

/**
 * Everything that should exist on one host. The controller renders it from rows when asked; the agent accepts it when
 * its generation is not older than the one in its ledger, converges, and reports.
 *
 * Counters (`build`, `boot`) stand for wishes that are events elsewhere: the agent's ledger holds the count that was
 * carried out, and a higher one in the document is work to do. So a reboot is done once, however often the document
 * is delivered and whoever restarts in between.
 */
export interface HostDocument {
  host: HostId;
  generation: number;
  servers: HostServer[];
  networks: HostNetwork[];
  /** Volumes whose bytes lie on this host, whether or not a server uses them. */
  volumes: HostVolume[];
  /** Images that this host is asked to make of what it has. */
  uploads: HostUpload[];
  /** Images to have at hand before anything of the document uses them; none if absent. */
  images?: HostImage[];
  /** What is stopped and kept though the document does not have it, since the controller was restored; none if absent. */
  kept?: HostKept;
}

/** Servers and volumes that no row knows, and that must not be removed for that. */
export interface HostKept {
  servers: ServerId[];
  volumes: VolumeId[];
}

export type Power = 'running' | 'stopped' | 'paused' | 'suspended';

export interface HostServer {
  id: ServerId;
  /** What it should be doing. `suspended` is saved to disk and not running. */
  power: Power;
  /** Grows with each create and rebuild: a higher count than the ledger's means the disk is made anew. */
  build: number;
  /** Grows with each start and reboot: a higher count than the ledger's means QEMU is started (again). */
  boot: number;
  /** How the running QEMU is ended for a new boot or a stop: `soft` asks the guest first, for `softSeconds`. */
  shutdown: 'soft' | 'hard';
  softSeconds: number;
  /** What happens when QEMU ends by itself or is killed: it stays off and is reported, or is started again. */
  onFailure: 'stop' | 'restart';
  vcpus: number;
  memoryMib: number;
  /** The disk of the server's own; null when it boots from the attachment with boot index 0. */
  disk: HostDisk | null;
  /** Further disks of its own, in the order in which the guest sees them, between its root disk and its volumes. */
  localDisks: HostLocalDisk[];
  /** Volumes that are to be plugged in; they may come and go while the server runs. */
  attachments: HostAttachment[];
  /** Boots from a fresh disk of this image, with the real root disk as the second one; takes effect with a boot. */
  rescue: { image: HostImage } | null;
  /** What the image says about the hardware it wants; nothing of it is the usual. */
  hardware: HostHardware;
  ports: HostPort[];
  configDrive: boolean;
  metadata: ServerMetadata;
}

/**
 * The root disk: copy on write over the image (or an empty disk if there is none). `layersGib` are the sizes of the
 * layers above the image, lowest first: one at creation, a further one for each resize, so that reverting a resize
 * is removing the last layer.
 */
export interface HostDisk {
  image: HostImage | null;
  layersGib: number[];
}

/** A disk beside the root disk that begins empty, and that no image is made of: Nova's ephemeral and swap disks. */
export interface HostLocalDisk {
  /** Unique within the server; also the label of the file system: `ephemeral0`, `swap`. */
  name: string;
  /** Sizes of its layers, lowest first, as those of the root disk: one, and a further one for each resize. */
  layersMib: number[];
  /** What it is formatted as when it is made; null leaves it blank. */
  format: LocalFormat | null;
  /** What the guest will probably call it, `vdb`. */
  device: string;
  bus: DiskBus;
}

export type LocalFormat = 'ext2' | 'ext3' | 'ext4' | 'swap';

/** Image properties that change the virtual hardware: https://docs.openstack.org/glance/latest/admin/useful-image-properties.html */
export interface HostHardware {
  /** `hw_disk_bus`; virtio if not given. */
  diskBus?: DiskBus;
  /** `hw_vif_model`: the device QEMU knows by that name; virtio if not given. */
  vifModel?: VifModel;
  /** `hw_qemu_guest_agent`: gives the guest a channel to talk to this host. */
  guestAgent?: boolean;
}

export type DiskBus = 'virtio' | 'scsi' | 'ide' | 'usb';
export type VifModel = 'virtio' | 'e1000' | 'e1000e' | 'ne2k_pci' | 'pcnet' | 'rtl8139' | 'vmxnet3';

/** A volume as a disk of a server. */
export interface HostAttachment {
  id: AttachmentId;
  volumeId: VolumeId;
  /** 0 is booted from. */
  bootIndex: number | null;
  /** What the guest will probably call it, `vdb`: disks are plugged in the order of these names. */
  device: string;
  bus: DiskBus;
  readOnly: boolean;
  /** The name under which the guest finds it in its metadata. */
  tag: string | null;
  /** No faster than this; without it, as fast as it goes. */
  limits?: DiskLimits;
}

/**
 * Bytes and requests per second, read and written or both together; the `…Max` are for a burst of a second. Requests
 * larger than `iopsSize` bytes count as several.
 */
export type DiskLimits = Partial<
  Record<`${'bps' | 'iops'}${'Total' | 'Read' | 'Write'}${'' | 'Max'}` | 'iopsSize', number>
>;

/** A volume whose bytes lie on this host. */
export interface HostVolume {
  id: VolumeId;
  /** Only grows. */
  sizeGib: number;
  /** Higher than the ledger's: made anew from `source`. */
  build: number;
  source: VolumeSource;
  /** Oldest first; one that is new is taken, one that is absent is removed. */
  snapshots: { id: SnapshotId }[];
}

export type VolumeSource =
  | { kind: 'empty' }
  | { kind: 'image'; image: HostImage }
  | { kind: 'volume'; id: VolumeId }
  /** Of this volume itself, it goes back to what it was then. */
  | { kind: 'snapshot'; volumeId: VolumeId; id: SnapshotId };

/**
 * An image to make of a disk of this host. The agent copies the disk as it is at one moment, also while it is written
 * to, sends the copy as `PUT /agent/v1/images/{id}/data`, and forgets it when this entry goes.
 */
export interface HostUpload {
  id: ImageId;
  from: { kind: 'server'; id: ServerId } | { kind: 'volume'; id: VolumeId };
  format: 'qcow2' | 'raw';
}

/** An image as stored by the image service; the agent keeps a copy, checked against `sha256`. */
export interface HostImage {
  id: ImageId;
  sha256: string;
  sizeBytes: number;
  format: 'raw' | 'qcow2';
}

export interface HostPort {
  id: PortId;
  networkId: NetworkId;
  mac: string;
  mtu: number;
  /** The name under which the guest finds it in its metadata. */
  tag?: string | null;
  addresses: HostAddress[];
}

export interface HostAddress {
  address: string;
  version: 4 | 6;
  /** Length of the subnet's prefix in bits. */
  prefix: number;
  gateway: string | null;
  nameservers: string[];
  /**
   * How the guest learns it, for `network_data.json`. Without it: DHCP for IPv4, and for IPv6 what stands here.
   */
  mode?: 'static' | 'dhcp' | 'slaac' | 'dhcpv6-stateful' | 'dhcpv6-stateless';
}

/** A network with servers on this host: the agent answers on 169.254.169.254 behind `metadataPort`. */
export interface HostNetwork {
  id: NetworkId;
  mtu: number;
  metadataPort: { id: PortId; mac: string; /** Address with prefix length, `10.0.0.2/24`. */ cidrs: string[] };
}

/** What the guest may learn about itself, from the config drive and from the metadata service. */
export interface ServerMetadata {
  name: string;
  hostname: string;
  projectId: ProjectId;
  userId: UserId;
  availabilityZone: string;
  /** SSH public keys. */
  keys: { name: string; type: 'ssh' | 'x509'; data: string }[];
  /** The user's `metadata` of the server. */
  meta: Record<string, string>;
  /** Base64, as the user gave it. */
  userData: string | null;
  adminPassword: string | null;
  securityGroups: string[];
  flavorName: string;
  launchIndex: number;
  reservationId: string;
  floatingAddress: string | null;
}

/** What the agent says after each round of convergence, and when something changes by itself. */
export interface HostReport {
  host: HostId;
  /** Generation of the document this report speaks of; 0 before the first. */
  generation: number;
  capacity: HostCapacity;
  /** Simulated hosts, and agents of older releases, do not say it. */
  load?: HostLoad;
  servers: ServerReport[];
  volumes: VolumeReport[];
  uploads: UploadReport[];
}

/** How busy the machine is. That it changed is no reason to report. */
export interface HostLoad {
  /** Of all processors together, since the report before. */
  cpuPercent: number;
  /** What is not available to programs. */
  memoryUsedMib: number;
}

export interface HostCapacity {
  vcpus: number;
  memoryMib: number;
  /** Of the file system with the servers' disks. */
  diskGib: number;
  diskFreeGib: number;
  hypervisor: 'QEMU';
  /** QEMU's version as an integer, 7.2.0 is 7002000. */
  hypervisorVersion: number;
  accel: 'kvm' | 'tcg';
  /** Why this accelerator, in words for an operator. */
  accelReason: string;
  cpuModel: string;
  arch: string;
  /** The name by which OVN knows this host's chassis. */
  chassis: string;
  address: string;
  agentVersion: string;
  /** Physical network to the bridge behind which it lies; agents of older releases do not say it. */
  bridgeMappings?: Record<string, string>;
  /** Milliseconds since 1970 when the machine started; agents of older releases do not say it. */
  bootedAt?: number;
  /** Placement's traits of this host: what its guests find. Agents of older releases do not say them. */
  traits?: string[];
}

export type ServerState = 'building' | 'running' | 'stopped' | 'paused' | 'suspended' | 'error';

export interface ServerReport {
  id: ServerId;
  state: ServerState;
  /** The counts the ledger holds as carried out. */
  build: number;
  boot: number;
  /** Why it is stopped although it should run, or in error: one sentence for a person. */
  reason: string | null;
  /** Milliseconds since 1970 when QEMU of this boot was started. */
  startedAt: number | null;
  /**
   * The volumes that are plugged in now, those that are on their way out included; a server without QEMU has those
   * of the document, because nothing stands between it and them. `error` could not be plugged in.
   */
  attachments: AttachmentReport[];
  /** The layers of its root disk as they are, if there are several. */
  layersGib?: number[];
  /** What it was, of one that is kept though no row knows it; agents of older releases do not say it. */
  kept?: KeptServer;
}

/** What a host remembers of a server that the controller does not know. */
export interface KeptServer {
  name: string;
  projectId: ProjectId;
  flavorName: string;
  /** Of its root disk; null when it booted from a volume. */
  diskGib: number | null;
}

export interface AttachmentReport {
  id: AttachmentId;
  state: 'attached' | 'error';
  reason: string | null;
}

export interface VolumeReport {
  id: VolumeId;
  /** `creating` until the first build is done; `error` when something of it failed for good. */
  state: 'creating' | 'available' | 'error';
  /** The count the ledger holds as carried out. */
  build: number;
  /** As it is now. */
  sizeGib: number;
  snapshots: { id: SnapshotId; state: 'creating' | 'available' | 'error'; reason: string | null }[];
  /** Why it is in error, or why what was last wished of it failed: one sentence for a person. */
  reason: string | null;
}

export interface UploadReport {
  id: ImageId;
  state: 'running' | 'error';
  reason: string | null;
}

/** What QEMU counts of a server, asked for when somebody looks; null where it cannot be known. */
export interface HostDiagnostics {
  state: 'running' | 'paused';
  uptimeSeconds: number;
  /** Whether KVM runs it. */
  isKvm: boolean;
  configDrive: boolean;
  cpus: { id: number; nanoseconds: number | null }[];
  memoryMib: { maximum: number; used: number | null };
  disks: {
    device: string;
    readBytes: number;
    readRequests: number;
    writeBytes: number;
    writeRequests: number;
    errors: number;
  }[];
  nics: {
    port: PortId;
    mac: string;
    rxBytes: number;
    rxPackets: number;
    rxErrors: number;
    rxDrop: number;
    txBytes: number;
    txPackets: number;
    txErrors: number;
    txDrop: number;
  }[];
}

/** A byte stream the controller asks for: the agent dials `/agent/v1/tunnels/{id}` and joins it to `to`. */
export interface TunnelRequest {
  id: string;
  server: ServerId;
  /**
   * `vnc` and `serial` are two-way; `log` and `diagnostics` (HostDiagnostics as JSON) send their bytes and end.
   * `guest-password` waits for a GuestPasswordWish, answers a GuestPasswordAnswer, and ends.
   */
  to: 'vnc' | 'serial' | 'log' | 'diagnostics' | 'guest-password';
}

/** A password for a user of a running guest, set by the agent in the guest. */
export interface GuestPasswordWish {
  user: string;
  password: string;
}

/** `silent`: nobody answers in the guest. */
export type GuestPasswordAnswer = { outcome: 'done' | 'silent' } | { outcome: 'refused'; reason: string };

/** Answer of the long poll `GET /agent/v1/document?generation=N`; `document` is null when N is still the newest. */
export interface PollAnswer {
  document: HostDocument | null;
  tunnels: TunnelRequest[];
}
