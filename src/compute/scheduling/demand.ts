import type { HostId, ServerId } from '../../core/ids.ts';
import { systemContext, type Context } from '../../http/context.ts';
import type { Demand, GroupDemand } from '../../placement/index.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { serverVolumes, volumeForServer } from '../../volume/index.ts';
import { serverGroupForServer } from '../catalogue/server-groups.ts';
import { flavorOfServer, metadataOfServer, type ServerRow } from '../model.ts';
import { amountOf } from '../servers-store.ts';

type Specs = Readonly<Record<string, unknown>>;
export type Requirements = Pick<Demand, 'traits' | 'others' | 'aggregateSpecs' | 'capabilities'>;

/**
 * What flavor and image ask of a host besides room. Of the image: traits, and what Nova's ImagePropertiesFilter knows.
 * https://docs.openstack.org/nova/latest/configuration/extra-specs.html
 */
export function requirementsOf(flavor: { vcpus: number; extraSpecs: Specs }, image: Specs = {}): Requirements {
  const { extraSpecs: specs } = flavor;
  const scoped = (scope: string) =>
    Object.entries(specs).flatMap(([name, value]): [string, string][] =>
      name.startsWith(`${scope}:`) && typeof value === 'string' ? [[name.slice(scope.length + 1), value]] : [],
    );
  const resources = scoped('resources').flatMap(([name, value]): [string, number][] => {
    const amount = Number(value);
    return Number.isInteger(amount) && amount > 0 && !OWN_CLASSES.has(name) ? [[name, amount]] : [];
  });
  // No host of this release pins processors, so who needs that is told so instead of being given something else.
  const pinned: [string, number][] =
    specs['hw:cpu_policy'] === 'dedicated' || image.hw_cpu_policy === 'dedicated' ? [['PCPU', flavor.vcpus]] : [];
  return {
    traits: traitsOf(specs, image),
    others: Object.fromEntries([...resources, ...pinned]),
    aggregateSpecs: scoped('aggregate_instance_extra_specs'),
    capabilities: [...scoped('capabilities'), ...machineOf(image)],
  };
}

/** What a flavor's own members say. */
const OWN_CLASSES = new Set(['VCPU', 'MEMORY_MB', 'DISK_GB']);

/** `trait:CUSTOM_FAST` with the value `required` or `forbidden`. */
function traitsOf(...specs: readonly Specs[]): Demand['traits'] {
  const all = specs.flatMap((one) => Object.entries(one)).filter(([name]) => name.startsWith('trait:'));
  const of = (what: string) => all.filter(([, value]) => value === what).map(([name]) => name.slice('trait:'.length));
  return { required: [...new Set(of('required'))], forbidden: [...new Set(of('forbidden'))] };
}

/** The machine that an image is made for, as requirements of a host's capabilities. */
function machineOf(image: Specs): [string, string][] {
  const of = (...names: string[]) => {
    const value = names.map((name) => image[name]).find((one) => typeof one === 'string' && one !== '');
    return typeof value === 'string' ? value.toLowerCase() : null;
  };
  const needs: [string, string][] = [];
  const arch = of('hw_architecture', 'architecture');
  if (arch !== null) needs.push(['cpu_info:arch', ARCHITECTURES[arch] ?? arch]);
  const hypervisor = of('img_hv_type', 'hypervisor_type');
  if (hypervisor !== null && hypervisor !== 'qemu' && hypervisor !== 'kvm') needs.push(['hypervisor_type', hypervisor]);
  const mode = of('hw_vm_mode', 'vm_mode');
  if (mode !== null && mode !== 'hvm') needs.push(['vm_mode', mode]);
  return needs;
}

/** Other names, and what runs what else. */
const ARCHITECTURES: Partial<Record<string, string>> = {
  ...{ amd64: 'x86_64', x64: 'x86_64', arm64: 'aarch64' },
  ...{ i386: '<or> i686 <or> x86_64', i486: '<or> i686 <or> x86_64', i686: '<or> i686 <or> x86_64' },
};

/** The group with the hosts of its members, without those of `except`. Throws ApiError 400 for one that is not seen. */
export async function groupDemand(
  db: Reader,
  context: Context,
  groupId: string | null,
  except: ServerId | null = null,
): Promise<GroupDemand | null> {
  if (groupId === null) return null;
  const group = await serverGroupForServer(db, context, groupId);
  const members = group.members.filter((id) => id !== except) as ServerId[];
  const rows =
    members.length === 0 ? [] : await db.selectFrom('servers').select('host_id').where('id', 'in', members).execute();
  return {
    policy: group.policy,
    maxServerPerHost: group.maxServerPerHost,
    hosts: rows.flatMap((row): HostId[] => (row.host_id === null ? [] : [row.host_id])),
  };
}

/** A hint's value as a list of texts; one alone need not be a list. */
export const hintedIds = (value: unknown): string[] =>
  [value ?? []].flat().filter((one): one is string => typeof one === 'string');

/** The hosts that the hints `same_host` and `different_host` speak of, of servers that the caller sees. */
export async function hintedHosts(
  db: Reader,
  context: Pick<Context, 'isAdmin' | 'projectId'>,
  hints: Specs,
): Promise<Pick<Demand, 'awayFrom' | 'togetherWith'>> {
  const hostsOf = async (name: string): Promise<HostId[]> => {
    const ids = hintedIds(hints[name]) as ServerId[];
    if (ids.length === 0) return [];
    const rows = await db
      .selectFrom('servers')
      .select('host_id')
      .where('id', 'in', ids)
      .where('deleted', '=', 0)
      .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
      .execute();
    return rows.flatMap((row) => row.host_id ?? []);
  };
  const togetherWith = hints.same_host === undefined ? null : await hostsOf('same_host');
  return { awayFrom: await hostsOf('different_host'), togetherWith };
}

/** What a server that has been asks of a host when it is placed again: all that it was made with. */
export async function demandOfServer(db: Reader, context: Context, server: ServerRow): Promise<Demand> {
  const { projectId, now } = { ...context, projectId: server.project_id };
  const membership = await db
    .selectFrom('server_group_members')
    .select('group_id')
    .where('server_id', '=', server.id)
    .executeTakeFirst();
  const system = systemContext(now);
  const hints = fromJson<Record<string, unknown>>(server.scheduler_hints);
  const { awayFrom, togetherWith } = await hintedHosts(db, { isAdmin: false, projectId }, hints);
  const volumes = (await serverVolumes(db, [server.id])).get(server.id) ?? [];
  const places = await Promise.all(volumes.map((one) => volumeForServer(db, system, one.volumeId)));
  const held = places.flatMap((volume): HostId[] => (volume.hostId === null ? [] : [volume.hostId]));
  return {
    ...amountOf(server),
    ...requirementsOf(flavorOfServer(server), metadataOfServer(server)?.properties),
    ...{ now, projectId, zone: server.pinned_zone, host: null, awayFrom },
    group: await groupDemand(db, system, membership?.group_id ?? null, server.id),
    // A host reaches only the volumes that lie on it.
    togetherWith: held.length === 0 ? togetherWith : held.filter((id) => togetherWith?.includes(id) ?? true),
  };
}
