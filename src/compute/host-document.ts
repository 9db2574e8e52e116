import { createHash } from 'node:crypto';
import type { HostId, ServerId } from '../core/ids.ts';
import type {
  HostAttachment,
  HostDocument,
  HostImage,
  HostKept,
  HostLocalDisk,
  HostNetwork,
  HostPort,
  HostServer,
  HostUpload,
  HostVolume,
} from '../host/document.ts';
import type { ServerPort } from '../network/index.ts';
import { fromJson } from '../store/json.ts';
import { hardwareOf } from './hardware.ts';
import type { ServerFlavor, ServerImage, ServerRow } from './model.ts';

/** What is read of a server to tell its host of it. */
export const RENDERED = [
  'id',
  'project_id',
  'user_id',
  'name',
  'hostname',
  'power',
  'build',
  'boot',
  'shutdown',
  'soft_seconds',
  'flavor',
  'layers',
  'image',
  'image_metadata',
  'local_disks',
  'rescue',
  'config_drive',
  'key',
  'metadata',
  'user_data',
  'admin_password',
  'launch_index',
  'reservation_id',
] as const satisfies readonly (keyof ServerRow)[];

export type RenderedServer = Pick<ServerRow, (typeof RENDERED)[number]>;

export interface DocumentInput {
  host: HostId;
  zone: string;
  onFailure: 'stop' | 'restart';
  /** The servers placed on the host that are not being deleted, in a stable order. */
  servers: readonly RenderedServer[];
  ports: ReadonlyMap<ServerId, readonly ServerPort[]>;
  networks: readonly HostNetwork[];
  attachments: ReadonlyMap<ServerId, readonly HostAttachment[]>;
  volumes: readonly HostVolume[];
  uploads: readonly HostUpload[];
  /** To be fetched ahead. */
  images: readonly HostImage[];
  kept: HostKept | null;
  /** Opens a sealed password. */
  open: (sealed: string) => string;
}

/** A host's document, from rows alone. */
export function renderDocument(input: DocumentInput): Omit<HostDocument, 'generation'> {
  return {
    host: input.host,
    servers: input.servers.map((server) => renderServer(server, input)),
    networks: [...input.networks].sort((a, b) => (a.id < b.id ? -1 : 1)),
    volumes: [...input.volumes].sort((a, b) => (a.id < b.id ? -1 : 1)),
    uploads: [...input.uploads].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ...(input.images.length > 0 && { images: [...input.images] }),
    ...(input.kept && { kept: input.kept }),
  };
}

/** What tells two documents apart. */
export function documentHash(document: Omit<HostDocument, 'generation'>): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex');
}

function renderServer(server: RenderedServer, input: DocumentInput): HostServer {
  const flavor = fromJson<ServerFlavor>(server.flavor);
  const layersGib = fromJson<number[]>(server.layers);
  const ports = [...(input.ports.get(server.id) ?? [])].sort((a, b) => a.index - b.index);
  return {
    id: server.id,
    power: server.power,
    build: server.build,
    boot: server.boot,
    shutdown: server.shutdown,
    softSeconds: server.soft_seconds,
    onFailure: input.onFailure,
    vcpus: flavor.vcpus,
    memoryMib: flavor.memoryMib,
    // A server that boots from a volume has no layers.
    disk:
      layersGib.length === 0
        ? null
        : { image: server.image === null ? null : fromJson<ServerImage>(server.image), layersGib },
    localDisks: fromJson<HostLocalDisk[]>(server.local_disks),
    attachments: [...(input.attachments.get(server.id) ?? [])],
    rescue: server.rescue === null ? null : { image: fromJson<ServerImage>(server.rescue) },
    hardware: hardwareOf(server),
    ports: ports.map(renderPort),
    configDrive: server.config_drive === 1,
    metadata: {
      name: server.name,
      hostname: server.hostname,
      projectId: server.project_id,
      userId: server.user_id,
      availabilityZone: input.zone,
      keys: server.key === null ? [] : [fromJson<{ name: string; type: 'ssh' | 'x509'; data: string }>(server.key)],
      meta: fromJson<Record<string, string>>(server.metadata),
      userData: server.user_data,
      adminPassword: server.admin_password === null ? null : input.open(server.admin_password),
      securityGroups: [...new Set(ports.flatMap((port) => port.securityGroups.map((group) => group.name)))].sort(),
      flavorName: flavor.name,
      launchIndex: server.launch_index,
      reservationId: server.reservation_id,
      floatingAddress: ports.flatMap((port) => port.floatingAddresses)[0]?.floating ?? null,
    },
  };
}

function renderPort(port: ServerPort): HostPort {
  return {
    id: port.id,
    networkId: port.networkId,
    mac: port.mac,
    mtu: port.mtu,
    tag: port.tag,
    addresses: port.addresses.map(({ address, version, prefix, gateway, nameservers }) => ({
      address,
      version,
      prefix,
      gateway,
      nameservers,
    })),
  };
}
