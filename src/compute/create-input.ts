import { randomInt } from 'node:crypto';
import type { Static } from 'typebox';
import { ApiError, badRequest, forbidden } from '../core/errors.ts';
import { isUuid, newUuid, type HostId, type NetworkId, type PortId } from '../core/ids.ts';
import type { HostLocalDisk } from '../host/document.ts';
import type { Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import type { BootImage } from '../image/index.ts';
import { checkServerNetworks, type RequestedNetworks } from '../network/index.ts';
import type { Demand } from '../placement/index.ts';
import type { Reader } from '../store/store.ts';
import { DEFAULT_ZONE, hostZones } from './catalogue/aggregates.ts';
import { flavorByRef, type Flavor } from './catalogue/flavors-store.ts';
import { keypairForServer } from './catalogue/keypairs.ts';
import { computeQuota } from './catalogue/quotas.ts';
import { serverGroupForServer } from './catalogue/server-groups.ts';
import { assertHostname, assertKnown, assertTags } from './microversions.ts';
import type { ServerImageMetadata } from './model.ts';
import { hintedHosts, hintedIds, requirementsOf } from './scheduling/demand.ts';
import { diskOf } from './servers-store.ts';
import type { Device } from './volumes/devices.ts';
import { planDevices, type DevicePlan } from './volumes/resolve.ts';
import { assertAddresses, base64UserData, type CreateBody } from './wire.ts';

export type CreateRequest = Static<typeof CreateBody>;
type ServerInput = CreateRequest['server'];

/** A checked request: everything that is known before a host is chosen. */
export interface CreatePlan {
  flavor: Flavor;
  /** What the server's own root disk is made of; null when it boots from a volume. */
  image: BootImage | null;
  imageMetadata: ServerImageMetadata | null;
  /** Sizes of the layers of its own root disk; none when it boots from a volume. */
  layers: number[];
  devices: Device[];
  localDisks: HostLocalDisk[];
  /** What the volumes that are made for it take of its host. */
  volumesGib: number;
  key: { name: string; publicKey: string; type: 'ssh' | 'x509' } | null;
  networks: RequestedNetworks;
  securityGroups: string[];
  userData: string | null;
  zone: string | null;
  demand: Omit<Demand, 'group'>;
  groupId: string | null;
  hints: Record<string, unknown>;
  least: number;
  most: number;
  adminPassword: string;
}

/** Checks a create request as Nova does, with what the caller may see. Throws ApiError 400 or 403. */
export async function planCreate(
  db: Reader,
  context: Context,
  version: Version,
  body: CreateRequest,
): Promise<CreatePlan> {
  const input = body.server;
  assertVersion(version, input);
  assertAddresses(input);
  const flavor = await flavorForServer(db, context, String(input.flavorRef));
  const { least, most } = counts(input);
  const disks = await planDevices(db, context, input, flavor, most);
  const image = disks.root.destination === 'local' ? disks.image : null;
  if (image) assertFits(flavor, image);
  const rootGib = image === null ? 0 : rootDiskGib(flavor, image);
  const { zone, host } = await placementWish(db, context, input, disks);
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'] ?? {};
  const { groupId, awayFrom, togetherWith } = await readHints(db, context, hints);
  await assertMetadataQuota(db, context, Object.keys(input.metadata ?? {}).length);
  const networks = requestedNetworks(input);
  const securityGroups = [...new Set((input.security_groups ?? []).map((group) => group.name))];
  await checkServerNetworks(db, context, networks, securityGroups);
  return {
    flavor,
    image,
    imageMetadata: disks.metadata,
    layers: image === null ? [] : [rootGib],
    devices: disks.devices,
    localDisks: disks.localDisks,
    volumesGib: disks.newGib,
    key: input.key_name === undefined ? null : await keypairForServer(db, context, input.key_name),
    networks,
    securityGroups,
    userData: input.user_data === undefined ? null : base64UserData(input.user_data),
    zone,
    demand: {
      vcpus: flavor.vcpus,
      memoryMib: flavor.memoryMib,
      diskGib: diskOf(flavor, image === null ? null : rootGib),
      zone,
      host,
      awayFrom,
      togetherWith,
      now: context.now,
      projectId: context.projectId ?? '',
      ...requirementsOf(flavor, disks.metadata?.properties ?? {}),
    },
    groupId,
    hints,
    least,
    most,
    adminPassword: input.adminPass ?? newPassword(),
  };
}

function assertVersion(version: Version, input: ServerInput): void {
  assertKnown(version, 'create', input);
  assertHostname(version, input.hostname);
  for (const network of Array.isArray(input.networks) ? input.networks : []) assertTags(version, 'network', network);
  for (const device of input.block_device_mapping_v2 ?? []) {
    assertTags(version, 'device', device);
    assertKnown(version, 'device', device);
  }
  if (atLeast(version, '2.37')) {
    if (input.networks === undefined) {
      throw badRequest("Invalid input for field/attribute server. 'networks' is a required property.");
    }
  } else if (typeof input.networks === 'string') {
    throw badRequest(`Invalid input for field/attribute networks. Value: ${input.networks}. It needs version 2.37.`);
  }
  if ((input.personality ?? []).length > 0) {
    throw badRequest('File injection (personality) is not supported: use user_data or config_drive.');
  }
  if (input.trusted_image_certificates) {
    throw badRequest('trusted_image_certificates is not supported: images are checked by their hash.');
  }
}

/** A flavor named in a body that is not there is a bad request, not a missing page. */
export async function flavorForServer(db: Reader, context: Context, ref: string): Promise<Flavor> {
  try {
    return await flavorByRef(db, context, ref);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) throw badRequest(error.publicMessage, 'FlavorNotFound');
    throw error;
  }
}

/** Throws ApiError 400 when the image needs more than the flavor has. */
export function assertFits(flavor: Pick<Flavor, 'diskGib' | 'memoryMib'>, image: BootImage): void {
  if (image.minRamMib > flavor.memoryMib) {
    throw badRequest(
      `Flavor's memory is too small for requested image: it has ${flavor.memoryMib} MiB, the image needs ${image.minRamMib} MiB.`,
    );
  }
  if (flavor.diskGib === 0) return;
  const needed = Math.max(image.minDiskGib, image.virtualSizeBytes / 2 ** 30);
  if (needed > flavor.diskGib) {
    throw badRequest(
      `Flavor's disk is too small for requested image: it has ${flavor.diskGib} GiB, the image needs ${Math.ceil(needed)} GiB.`,
    );
  }
}

/** The size of the root disk: the flavor's, or the image's own for a flavor without. */
export function rootDiskGib(flavor: Pick<Flavor, 'diskGib'>, image: BootImage | null): number {
  if (flavor.diskGib > 0) return flavor.diskGib;
  return image === null ? 1 : Math.max(1, Math.ceil(image.virtualSizeBytes / 2 ** 30));
}

function requestedNetworks(input: ServerInput): RequestedNetworks {
  if (typeof input.networks === 'string') return input.networks;
  if (input.networks === undefined || input.networks.length === 0) return 'auto';
  return input.networks.map((network) => {
    if (network.port) {
      if (network.fixed_ip !== undefined) {
        throw badRequest(`Specified Fixed IP '${network.fixed_ip}' cannot be used with port '${network.port}'.`);
      }
      return { portId: network.port as PortId, ...(network.tag !== undefined && { tag: network.tag }) };
    }
    if (network.uuid === undefined || !isUuid(network.uuid)) {
      throw badRequest(`Bad networks format: network uuid is not in proper format (${network.uuid ?? 'none'})`);
    }
    return {
      networkId: network.uuid as NetworkId,
      ...(network.fixed_ip !== undefined && { fixedIp: network.fixed_ip }),
      ...(network.tag !== undefined && { tag: network.tag }),
    };
  });
}

/**
 * `zone`, or `zone:host` and the member `host`, which only an administrator may ask for; and the host where the
 * volumes are that the server is to have.
 */
async function placementWish(db: Reader, context: Context, input: ServerInput, disks: Pick<DevicePlan, 'hostId'>) {
  // A host has one node, of its own name.
  const [zoneName = '', ...forced] = (input.availability_zone ?? '').split(':');
  const names = new Set([...forced, input.host, input.hypervisor_hostname].filter((name) => name));
  if (names.size > 1) throw badRequest(`A server cannot be on several hosts: ${[...names].join(', ')}.`);
  const wished = [...names][0] ?? null;
  if (wished !== null && !context.isAdmin) {
    throw forbidden("Policy doesn't allow os_compute_api:servers:create:forced_host to be performed.");
  }
  if (wished !== null) {
    const known = await db.selectFrom('hosts').select('id').where('name', '=', wished).executeTakeFirst();
    if (!known) throw badRequest(`Compute host ${wished} could not be found.`);
  }
  const host = await withVolumes(db, disks.hostId, wished);
  if (zoneName === '') return { zone: null, host };
  const zones = new Set([DEFAULT_ZONE, ...(await hostZones(db)).values()]);
  if (!zones.has(zoneName)) throw badRequest('The requested availability zone is not available');
  return { zone: zoneName, host };
}

/** A host reaches only the volumes that lie on it. */
async function withVolumes(db: Reader, volumesOn: HostId | null, wished: string | null): Promise<string | null> {
  if (volumesOn === null) return wished;
  const { name } = await db.selectFrom('hosts').select('name').where('id', '=', volumesOn).executeTakeFirstOrThrow();
  if (wished !== null && wished !== name) {
    throw badRequest(`The volumes of this server lie on host ${name}, so it cannot be made on ${wished}.`);
  }
  return name;
}

async function readHints(db: Reader, context: Context, hints: Record<string, unknown>) {
  const [groupId = null, ...more] = hintedIds(hints.group);
  if (more.length > 0) throw badRequest('A server can be in one server group only.');
  if (groupId !== null) {
    if (!isUuid(groupId))
      throw badRequest('Invalid input for field/attribute group. It must be the id of a server group.');
    await serverGroupForServer(db, context, groupId);
  }
  return { groupId, ...(await hintedHosts(db, context, hints)) };
}

export async function assertMetadataQuota(db: Reader, context: Context, items: number): Promise<void> {
  const { metadata_items: most } = await computeQuota(db, context.projectId ?? '');
  if (most >= 0 && items > most) {
    throw forbidden(`Maximum number of metadata items exceeds ${most}`, 'MetadataLimitExceeded');
  }
}

function counts(input: ServerInput): { least: number; most: number } {
  const least = Number(input.min_count ?? 1);
  const most = Number(input.max_count ?? least);
  if (least > most) throw badRequest('min_count must be <= max_count');
  if (most > 1 && Array.isArray(input.networks)) {
    if (input.networks.some((network) => network.fixed_ip !== undefined)) {
      throw badRequest('Invalid fixed IP Address requested: several servers cannot have the same address.');
    }
    if (input.networks.some((network) => network.port)) {
      throw badRequest('Unable to launch multiple instances with a single configured port ID.');
    }
  }
  if (most > 1 && input.hostname !== undefined) {
    throw badRequest('A hostname cannot be given to several servers.');
  }
  return { least, most };
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A password of 12 characters that are hard to mistake for each other. */
export function newPassword(): string {
  return Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

export const newReservationId = (): string => `r-${newUuid().replaceAll('-', '').slice(0, 8)}`;
