import { createHash } from 'node:crypto';
import { isoNaive, isoSeconds } from '../core/clock.ts';
import type { ServerId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import type { Version } from '../http/microversions.ts';
import { serverPorts, type ServerPort } from '../network/index.ts';
import { fromJson } from '../store/json.ts';
import { serverVolumes, type ServerAttachment } from '../volume/index.ts';
import type { Reader } from '../store/store.ts';
import { DEFAULT_ZONE, hostZones } from './catalogue/aggregates.ts';
import { isUp } from './hosts.ts';
import { viewFor, type ServerView, type ViewKind } from './microversions.ts';
import type { HostRow, ServerFlavor, ServerRow } from './model.ts';
import { faultOf, tagsOf } from './servers-store.ts';
import { statusOf } from './states.ts';
import { canonicalIpv6 } from './wire.ts';

/** What is read of a server to show it: half of its columns. */
export const VIEWED = [
  'id',
  'number',
  'project_id',
  'user_id',
  'name',
  'hostname',
  'description',
  'vm_state',
  'task_state',
  'power_state',
  'image_id',
  'metadata',
  'flavor',
  'flavor_id',
  'key_name',
  'config_drive',
  'access_ipv4',
  'access_ipv6',
  'disk_config',
  'host_id',
  'created_at',
  'updated_at',
  'launched_at',
  'terminated_at',
  'pinned_zone',
  'locked_by',
  'locked_reason',
  'fault',
  'launch_index',
  'reservation_id',
  'user_data',
] as const satisfies readonly (keyof ServerRow)[];

export type ViewedServer = Pick<ServerRow, (typeof VIEWED)[number]>;

/** All that is shown of some servers beside their rows, read with a few queries however many they are. */
interface Surroundings {
  ports: Map<ServerId, ServerPort[]>;
  tags: Map<ServerId, string[]>;
  volumes: Map<ServerId, ServerAttachment[]>;
  groups: Map<string, string>;
  hosts: Map<string, Pick<HostRow, 'id' | 'name' | 'enabled' | 'last_seen' | 'forced_down'>>;
  zones: Map<string, string>;
  /** What many servers of a list have in common, made once. */
  shared: Map<string, unknown>;
}

function once<T>(around: Surroundings, key: string, make: () => T): T {
  if (!around.shared.has(key)) around.shared.set(key, make());
  return around.shared.get(key) as T;
}

/** Servers as a client of this version sees them: https://docs.openstack.org/api-ref/compute/#show-server-details */
export async function viewServers(
  app: App,
  db: Reader,
  context: Context,
  version: Version,
  kind: ViewKind,
  servers: readonly ViewedServer[],
): Promise<ServerView[]> {
  const around = await readSurroundings(db, servers, kind !== 'detail');
  return servers.map((server) => {
    const view = newestView(app, context, kind, server, around);
    return viewFor(version, view, { admin: context.isAdmin, kind, flavor: flavorLink(app, server) });
  });
}

export async function viewServer(
  app: App,
  db: Reader,
  context: Context,
  version: Version,
  kind: Exclude<ViewKind, 'detail'>,
  server: ViewedServer,
): Promise<ServerView> {
  const [view] = await viewServers(app, db, context, version, kind, [server]);
  return view ?? {};
}

async function readSurroundings(
  db: Reader,
  servers: readonly ViewedServer[],
  withGroups: boolean,
): Promise<Surroundings> {
  const ids = servers.map((server) => server.id);
  const hostIds = [...new Set(servers.flatMap((server) => server.host_id ?? []))];
  const hosts =
    hostIds.length === 0
      ? []
      : await db
          .selectFrom('hosts')
          .select(['id', 'name', 'enabled', 'last_seen', 'forced_down'])
          .where('id', 'in', hostIds)
          .execute();
  const groups =
    !withGroups || ids.length === 0
      ? []
      : await db.selectFrom('server_group_members').selectAll().where('server_id', 'in', ids).execute();
  return {
    ports: ids.length === 0 ? new Map() : await serverPorts(db, ids),
    tags: await tagsOf(db, ids),
    volumes: await serverVolumes(db, ids),
    groups: new Map(groups.map((row) => [row.server_id, row.group_id])),
    hosts: new Map(hosts.map((row) => [row.id, row])),
    zones: hostIds.length === 0 ? new Map() : await hostZones(db),
    shared: new Map(),
  };
}

export function serverLinks(app: App, id: string): { rel: string; href: string }[] {
  const { publicUrl } = app.config;
  return [
    { rel: 'self', href: `${publicUrl}/compute/v2.1/servers/${id}` },
    { rel: 'bookmark', href: `${publicUrl}/compute/servers/${id}` },
  ];
}

function flavorLink(app: App, server: ViewedServer): ServerView {
  const href = `${app.config.publicUrl}/compute/flavors/${server.flavor_id}`;
  return { id: server.flavor_id, links: [{ rel: 'bookmark', href }] };
}

/** Addresses by network, as `addresses` and `/ips` show them. */
export function addressesOf(ports: readonly ServerPort[], extended: boolean): Record<string, unknown[]> {
  const networks: Record<string, unknown[]> = {};
  for (const port of ports) {
    const list = (networks[port.networkName] ??= []);
    const extra = (type: string) => (extended ? { 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': port.mac } : {});
    for (const { address, version } of port.addresses) list.push({ version, addr: address, ...extra('fixed') });
    for (const { floating } of port.floatingAddresses) list.push({ version: 4, addr: floating, ...extra('floating') });
  }
  return networks;
}

/** Nova hides the name of the host from users, but lets them see which of their servers share one. */
export function hostIdOf(server: Pick<ServerRow, 'project_id'>, hostName: string | undefined): string {
  if (hostName === undefined) return '';
  return createHash('sha224').update(`${server.project_id}${hostName}`).digest('hex');
}

const PROGRESS = new Set(['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING']);
/** A time without zone, as these members are. */
const naive = (at: number | null) => (at === null ? null : isoNaive(at));

function newestView(
  app: App,
  context: Context,
  kind: ViewKind,
  server: ViewedServer,
  around: Surroundings,
): ServerView {
  const status = statusOf(server.vm_state, server.task_state);
  const host = server.host_id === null ? undefined : around.hosts.get(server.host_id);
  const ports = around.ports.get(server.id) ?? [];
  const volumes = around.volumes.get(server.id) ?? [];
  const fault = status === 'ERROR' || status === 'DELETED' ? faultOf(server) : null;
  const groups = [...new Set(ports.flatMap((port) => port.securityGroups.map((group) => group.name)))];
  const zone = host === undefined ? (server.pinned_zone ?? '') : (around.zones.get(host.name) ?? DEFAULT_ZONE);
  return {
    id: server.id,
    name: server.name,
    status,
    tenant_id: server.project_id,
    user_id: server.user_id,
    metadata: fromJson<Record<string, string>>(server.metadata),
    hostId: once(around, `host ${server.project_id} ${host?.name}`, () => hostIdOf(server, host?.name)),
    image: once(around, `image ${server.image_id}`, () => imageLink(app, server)),
    flavor: once(around, server.flavor, () => flavorView(server)),
    created: isoSeconds(server.created_at),
    updated: isoSeconds(server.updated_at),
    addresses: server.vm_state === 'building' ? {} : addressesOf(ports, true),
    accessIPv4: server.access_ipv4 ?? '',
    accessIPv6: server.access_ipv6 === null ? '' : canonicalIpv6(server.access_ipv6),
    links: serverLinks(app, server.id),
    'OS-DCF:diskConfig': server.disk_config,
    ...(PROGRESS.has(status) && { progress: server.vm_state === 'building' ? 0 : 100 }),
    ...(fault && {
      fault: {
        code: fault.code,
        created: isoSeconds(fault.created),
        message: fault.message,
        ...(fault.details !== null && context.isAdmin && { details: fault.details }),
      },
    }),
    'OS-EXT-AZ:availability_zone': zone,
    config_drive: server.config_drive === 1 ? 'True' : '',
    key_name: server.key_name,
    'OS-SRV-USG:launched_at': naive(server.launched_at),
    'OS-SRV-USG:terminated_at': naive(server.terminated_at),
    ...(groups.length > 0 && { security_groups: groups.map((name) => ({ name })) }),
    'OS-EXT-SRV-ATTR:hostname': server.hostname,
    ...(context.isAdmin && adminView(server, host, kind, rootNameOf(volumes), context.now)),
    'OS-EXT-STS:task_state': server.task_state,
    'OS-EXT-STS:vm_state': server.vm_state,
    'OS-EXT-STS:power_state': server.power_state,
    'os-extended-volumes:volumes_attached': volumes.map(({ volumeId, deleteOnTermination }) => ({
      id: volumeId,
      delete_on_termination: deleteOnTermination,
    })),
    locked: server.locked_by !== null,
    locked_reason: server.locked_reason,
    description: server.description,
    tags: around.tags.get(server.id) ?? [],
    trusted_image_certificates: null,
    pinned_availability_zone: server.pinned_zone,
    ...(kind !== 'detail' && { server_groups: [around.groups.get(server.id) ?? []].flat() }),
    ...(kind === 'rebuild' && { user_data: server.user_data }),
  };
}

function imageLink(app: App, server: ViewedServer): ServerView | '' {
  if (server.image_id === null) return '';
  const href = `${app.config.publicUrl}/compute/images/${server.image_id}`;
  return { id: server.image_id, links: [{ rel: 'bookmark', href }] };
}

function flavorView(server: ViewedServer): ServerView {
  const flavor = fromJson<ServerFlavor>(server.flavor);
  return {
    vcpus: flavor.vcpus,
    ram: flavor.memoryMib,
    disk: flavor.diskGib,
    ephemeral: flavor.ephemeralGib,
    swap: flavor.swapMib,
    original_name: flavor.name,
    extra_specs: flavor.extraSpecs,
  };
}

function adminView(
  server: ViewedServer,
  host: Pick<HostRow, 'name' | 'enabled' | 'last_seen' | 'forced_down'> | undefined,
  kind: ViewKind,
  rootName: string,
  now: number,
): ServerView {
  return {
    'OS-EXT-SRV-ATTR:host': host?.name ?? null,
    'OS-EXT-SRV-ATTR:instance_name': instanceName(server),
    'OS-EXT-SRV-ATTR:hypervisor_hostname': host?.name ?? null,
    'OS-EXT-SRV-ATTR:kernel_id': '',
    'OS-EXT-SRV-ATTR:launch_index': server.launch_index,
    'OS-EXT-SRV-ATTR:ramdisk_id': '',
    'OS-EXT-SRV-ATTR:reservation_id': server.reservation_id,
    'OS-EXT-SRV-ATTR:root_device_name': rootName,
    // A rebuild shows them under another name.
    ...(kind !== 'rebuild' && { 'OS-EXT-SRV-ATTR:user_data': server.user_data }),
    host_status: hostStatus(host, now),
  };
}

const rootNameOf = (volumes: readonly ServerAttachment[]) =>
  `/dev/${volumes.find((one) => one.bootIndex === 0)?.device ?? 'vda'}`;

export const instanceName = (server: Pick<ServerRow, 'number'>): string =>
  `instance-${server.number.toString(16).padStart(8, '0')}`;

function hostStatus(host: Pick<HostRow, 'enabled' | 'last_seen' | 'forced_down'> | undefined, now: number): string {
  if (host === undefined) return '';
  if (host.enabled === 0) return 'MAINTENANCE';
  if (host.forced_down === 1) return 'DOWN';
  return isUp(host, now) ? 'UP' : 'UNKNOWN';
}
