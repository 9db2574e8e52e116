import { openAsBlob } from 'node:fs';
import { hostAddress, networkCidr, nthAddress, parseCidr, type Cidr } from '../addresses.ts';
import type { Settings } from '../settings.ts';
import { list, text, type Session } from './client.ts';
import { KINDS, ensure, findAll } from './find.ts';

/** Name, virtual processors, memory in MiB, disk in GiB. */
const FLAVORS: readonly [string, number, number, number][] = [
  ['tiny', 1, 128, 1],
  ['small', 1, 1024, 10],
  ['medium', 2, 2048, 20],
  ['large', 4, 4096, 40],
];

/** Where networks get their addresses that are made without any: 32,768 of them. */
const PROJECT_PREFIXES = ['10.128.0.0/9'];

export const IMAGE_NAME = 'tiny';

/** An image's file and what its recipe (images/NAME/image.json) says about it. */
export interface SeedImage {
  file: string;
  minDisk: number;
  minRam: number;
  properties: Record<string, string>;
  /** Whom to log in as. */
  user: string;
}

/** What the administrator sets up for everybody: sizes, the first image, the way out. Idempotent by name. */
export async function seedCloud(
  admin: Session,
  settings: Settings,
  image: SeedImage,
): Promise<{ publicNetwork: string }> {
  for (const [name, vcpus, ram, disk] of FLAVORS) await ensure(admin, KINDS.flavor, { name, vcpus, ram, disk });
  await seedImage(admin, image);
  return { publicNetwork: await seedPublicNetwork(admin, settings) };
}

/** An account of a project of its own, and the account's role in it. */
export async function seedProject(admin: Session, name: string, password: string): Promise<void> {
  const domain_id = 'default';
  const project = await ensure(admin, KINDS.project, { name, domain_id, description: 'To try things out' }, { name });
  const user = await ensure(
    admin,
    KINDS.user,
    { name, domain_id, password, default_project_id: project, email: `${name}@localhost` },
    { name },
  );
  const role = (await findAll(admin, KINDS.role, { name: 'member' }))[0];
  if (!role) throw new Error("there is no role 'member'");
  await admin.send('PUT', 'identity/v3', `/projects/${project}/users/${user}/roles/${text(role, 'id')}`);
}

/** An image that an interrupted upload left without data is filled now. */
async function seedImage(admin: Session, seed: SeedImage): Promise<void> {
  const found = list(await admin.get('image/v2', `/images?name=${IMAGE_NAME}&visibility=public`), 'images');
  if (found.some((image) => image['status'] === 'active')) return;
  for (const image of found.filter(({ status }) => status !== 'queued')) {
    await admin.send('DELETE', 'image/v2', `/images/${text(image, 'id')}`);
  }
  const image =
    found.find(({ status }) => status === 'queued') ??
    (await admin.send('POST', 'image/v2', '/images', {
      name: IMAGE_NAME,
      disk_format: 'qcow2',
      container_format: 'bare',
      visibility: 'public',
      min_disk: seed.minDisk,
      min_ram: seed.minRam,
      ...seed.properties,
    }));
  await admin.upload('image/v2', `/images/${text(image, 'id')}/file`, await openAsBlob(seed.file));
}

async function seedPublicNetwork(admin: Session, settings: Settings): Promise<string> {
  const network = await ensure(admin, KINDS.network, {
    name: 'public',
    'router:external': true,
    is_default: true,
    'provider:network_type': 'flat',
    'provider:physical_network': 'public',
  });
  const cidr = parseCidr(settings.publicCidr);
  if (!cidr) throw new Error(`not a network: ${settings.publicCidr}`);
  await ensure(
    admin,
    KINDS.subnet,
    {
      name: 'public',
      network_id: network,
      ip_version: 4,
      cidr: networkCidr(cidr),
      gateway_ip: hostAddress(cidr),
      enable_dhcp: false,
      allocation_pools: publicPools(cidr),
    },
    { network_id: network },
  );
  // With these two a project's first network is made for it: `openstack server create --nic auto`.
  await ensure(admin, KINDS.subnetPool, {
    name: 'projects',
    prefixes: PROJECT_PREFIXES,
    default_prefixlen: 24,
    is_default: true,
    shared: true,
  });
  return network;
}

/**
 * The addresses that the cloud may give away: not this machine's own, and neither the first nor the last few of a
 * network that has enough, which are for other machines there. Pure.
 */
export function publicPools(cidr: Cidr): { start: string; end: string }[] {
  const size = 2 ** (32 - cidr.prefix);
  const [first, last] = size >= 64 ? [10, size - 6] : [2, size - 2];
  const own = Number(cidr.address & BigInt(size - 1));
  const ranges =
    own < first || own > last
      ? [[first, last]]
      : [
          [first, own - 1],
          [own + 1, last],
        ];
  return ranges.flatMap(([from = 0, to = 0]) =>
    from > to ? [] : [{ start: nthAddress(cidr, from), end: nthAddress(cidr, to) }],
  );
}
