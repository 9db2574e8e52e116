import type { HostId, ImageId, NetworkId, PortId, ProjectId, ServerId, UserId } from '../core/ids.ts';

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
  disk: HostDisk;
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
  servers: ServerReport[];
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
}

/** A byte stream the controller asks for: the agent dials `/agent/v1/tunnels/{id}` and joins it to `to`. */
export interface TunnelRequest {
  id: string;
  server: ServerId;
  /** `vnc` and `serial` are two-way; `log` sends the serial log's bytes and ends. */
  to: 'vnc' | 'serial' | 'log';
}

/** Answer of the long poll `GET /agent/v1/document?generation=N`; `document` is null when N is still the newest. */
export interface PollAnswer {
  document: HostDocument | null;
  tunnels: TunnelRequest[];
}
