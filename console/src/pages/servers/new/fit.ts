import type { ComputeLimits, Flavor } from '../../../api/queries/compute.ts';
import type { Image } from '../../../api/queries/image.ts';
import type { FloatingIp, Network, Port, Router, SecurityGroup } from '../../../api/queries/network.ts';

/** Why a size cannot be chosen: too small for the image, or more than the quota leaves. */
export type Misfit = 'disk' | 'memory' | 'servers-quota' | 'cores-quota' | 'memory-quota';

const left = (limit: number, used: number) => (limit < 0 ? Infinity : limit - used);

/** The first reason why a server of this size, with this image, is not to be had; null when it is. Pure. */
export function misfit(flavor: Flavor, image: Image | undefined, limits: ComputeLimits | undefined): Misfit | null {
  if (image !== undefined) {
    if (flavor.ram < image.min_ram) return 'memory';
    // A size without a disk of its own takes one as large as the image.
    if (flavor.disk > 0 && flavor.disk < image.min_disk) return 'disk';
  }
  if (limits === undefined) return null;
  if (left(limits.maxTotalInstances, limits.totalInstancesUsed) < 1) return 'servers-quota';
  if (left(limits.maxTotalCores, limits.totalCoresUsed) < flavor.vcpus) return 'cores-quota';
  if (left(limits.maxTotalRAMSize, limits.totalRAMUsed) < flavor.ram) return 'memory-quota';
  return null;
}

/** Sizes from small to large. Pure. */
export function bySize(flavors: readonly Flavor[]): Flavor[] {
  return flavors.toSorted(
    (a, b) => a.ram - b.ram || a.vcpus - b.vcpus || a.disk - b.disk || a.name.localeCompare(b.name),
  );
}

/** What a size is good for, as a step of five. Pure. */
export function sizeClass({ ram }: Flavor): 'trial' | 'site' | 'application' | 'team' | 'many' {
  if (ram < 512) return 'trial';
  if (ram <= 1024) return 'site';
  if (ram <= 2048) return 'application';
  return ram <= 4096 ? 'team' : 'many';
}

/** Distributions that most people are at home in come first, then others by name. */
const FAMILIAR = ['debian', 'ubuntu'];

/** Images that a server can be made of, the likely ones first. Pure. */
export function usableImages(images: readonly Image[]): Image[] {
  const rank = ({ os_distro: distro = '', visibility }: Image) => {
    const known = FAMILIAR.indexOf(distro.toLowerCase());
    return (known === -1 ? FAMILIAR.length : known) * 10 + (visibility === 'public' ? 0 : 1);
  };
  return images
    .filter((image) => image.status === 'active' && !image.os_hidden)
    .toSorted((a, b) => rank(a) - rank(b) || (a.name ?? '').localeCompare(b.name ?? ''));
}

/** User of an image when nothing in it says one, by distribution: what these images are built with. */
const USERS: Record<string, string> = {
  almalinux: 'almalinux',
  alpine: 'alpine',
  arch: 'arch',
  centos: 'cloud-user',
  debian: 'debian',
  fedora: 'fedora',
  freebsd: 'freebsd',
  opensuse: 'opensuse',
  'potluck-tiny': 'root',
  rocky: 'rocky',
  ubuntu: 'ubuntu',
};

/** The user to log in as by SSH; null when nobody knows. Pure. */
export function loginUser(image: Image | undefined): string | null {
  return image?.image_original_user ?? USERS[(image?.os_distro ?? '').toLowerCase()] ?? null;
}

/** How a server on a network is reached from outside. */
export type Reach = { kind: 'direct' } | { kind: 'floating'; networkId: string } | { kind: 'none' };

/** Directly on an external network; by a floating IP behind a router that has a way out; or not at all. Pure. */
export function reachOf(network: Network, routers: readonly Router[], ports: readonly Port[]): Reach {
  if (network['router:external']) return { kind: 'direct' };
  const own = ports.filter((port) => port.network_id === network.id && port.device_owner.startsWith('network:router'));
  for (const { device_id: id } of own) {
    const out = routers.find((router) => router.id === id)?.external_gateway_info;
    if (out) return { kind: 'floating', networkId: out.network_id };
  }
  return { kind: 'none' };
}

/** The network that is meant when nobody says one: of the project, best with a way out. Pure. */
export function usualNetwork(
  networks: readonly Network[],
  routers: readonly Router[],
  ports: readonly Port[],
  projectId: string,
): Network | undefined {
  const usable = networks.filter((network) => network.admin_state_up && network.subnets.length > 0);
  const rank = (network: Network) =>
    (network.project_id === projectId ? 0 : 2) + (reachOf(network, routers, ports).kind === 'none' ? 1 : 0);
  return usable
    .filter((network) => !network['router:external'] || network.shared)
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))[0];
}

/** Whether anybody may come in by SSH. Pure. */
export function letsSshIn(groups: readonly SecurityGroup[]): boolean {
  return groups
    .flatMap((group) => group.security_group_rules)
    .some(
      (rule) =>
        rule.direction === 'ingress' &&
        rule.ethertype === 'IPv4' &&
        rule.remote_group_id === null &&
        (rule.remote_ip_prefix === null || rule.remote_ip_prefix === '0.0.0.0/0') &&
        (rule.protocol === null || ((rule.protocol === 'tcp' || rule.protocol === '6') && inRange(22, rule))),
    );
}

const inRange = (port: number, rule: { port_range_min: number | null; port_range_max: number | null }) =>
  rule.port_range_min === null || (rule.port_range_min <= port && port <= (rule.port_range_max ?? port));

/** A floating IP of a network that nobody uses at the moment. Pure. */
export function freeFloatingIp(all: readonly FloatingIp[], networkId: string): FloatingIp | undefined {
  return all.find((one) => one.floating_network_id === networkId && one.port_id === null);
}

/** A name nobody has yet: a word of the list, by a number between 0 and 1; numbered when all are taken. Pure. */
export function proposeName(words: readonly string[], taken: readonly string[], random: number): string {
  const start = Math.floor(random * words.length);
  const turned = [...words.slice(start), ...words.slice(0, start)];
  for (let round = 1; ; round++) {
    const found = turned.map((word) => (round === 1 ? word : `${word}-${round}`)).find((name) => !taken.includes(name));
    if (found !== undefined || words.length === 0) return found ?? '';
  }
}
