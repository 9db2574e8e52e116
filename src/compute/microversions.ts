import { badRequest } from '../core/errors.ts';
import { atLeast, type Version, type VersionSpan } from '../http/microversions.ts';
import type { Route } from '../http/route.ts';

/** The span the `openstack` client of today negotiates; 2.96 is the newest of 2024.2. */
export const COMPUTE_VERSIONS: VersionSpan = {
  type: 'compute',
  legacyHeaders: ['x-openstack-nova-api-version'],
  min: { major: 2, minor: 1 },
  max: { major: 2, minor: 96 },
};

/** The requests whose members came and went. */
export type RequestKind = 'create' | 'update' | 'rebuild' | 'device' | 'list' | 'lock';
/** The answers that show a server; `detail` is one of a list. */
export type ViewKind = 'show' | 'detail' | 'update' | 'rebuild';

export type ServerView = Record<string, unknown>;

interface Step {
  since: `2.${number}`;
  /** Members a request may have from this version on. */
  adds?: Partial<Record<RequestKind, readonly string[]>>;
  /** Members a request may no longer have from this version on. */
  drops?: Partial<Record<RequestKind, readonly string[]>>;
  /** Makes the answer of this version into that of the one before. */
  before?: (view: ServerView, seen: { admin: boolean; kind: ViewKind; flavor: ServerView }) => void;
}

const without = (view: ServerView, ...names: string[]) => {
  for (const name of names) Reflect.deleteProperty(view, name);
};

const EXTENDED = [
  'hostname',
  'kernel_id',
  'launch_index',
  'ramdisk_id',
  'reservation_id',
  'root_device_name',
  'user_data',
].map((name) => `OS-EXT-SRV-ATTR:${name}`);

/** Addresses as update and rebuild showed them before 2.75: what they are and no more. */
function plainAddresses(addresses: unknown): Record<string, unknown[]> {
  const networks = Object.entries((addresses ?? {}) as Record<string, { version: number; addr: string }[]>);
  return Object.fromEntries(
    networks.map(([name, list]) => [name, list.map(({ version, addr }) => ({ version, addr }))]),
  );
}

/** What update and rebuild did not show before 2.75; the key only for update. */
const ONLY_SHOWN = [
  'OS-EXT-AZ:availability_zone',
  'config_drive',
  'OS-SRV-USG:launched_at',
  'OS-SRV-USG:terminated_at',
  'security_groups',
  'OS-EXT-STS:task_state',
  'OS-EXT-STS:vm_state',
  'OS-EXT-STS:power_state',
  'os-extended-volumes:volumes_attached',
  'OS-EXT-SRV-ATTR:host',
  'OS-EXT-SRV-ATTR:instance_name',
  'OS-EXT-SRV-ATTR:hypervisor_hostname',
  'host_status',
];

/**
 * How servers looked in older versions, newest step first: an answer is made for the newest version, then each step
 * above the client's version takes it one further back.
 * https://docs.openstack.org/nova/latest/reference/api-microversion-history.html
 */
const STEPS: readonly Step[] = [
  { since: '2.96', before: (view) => without(view, 'pinned_availability_zone') },
  {
    since: '2.90',
    adds: { create: ['hostname'], update: ['hostname'], rebuild: ['hostname'] },
    before: (view, { admin }) => void (admin || without(view, 'OS-EXT-SRV-ATTR:hostname')),
  },
  {
    since: '2.75',
    before(view, { kind }) {
      if (kind === 'show' || kind === 'detail') return;
      without(view, ...ONLY_SHOWN, ...EXTENDED);
      view.addresses = plainAddresses(view.addresses);
      if (kind === 'update') without(view, 'key_name');
    },
  },
  { since: '2.74', adds: { create: ['host', 'hypervisor_hostname'] } },
  {
    since: '2.73',
    adds: { lock: ['locked_reason'], list: ['locked'] },
    before: (view) => without(view, 'locked_reason'),
  },
  { since: '2.71', before: (view) => without(view, 'server_groups') },
  { since: '2.67', adds: { device: ['volume_type'] } },
  { since: '2.66', adds: { list: ['changes-before'] } },
  {
    since: '2.63',
    adds: { create: ['trusted_image_certificates'], rebuild: ['trusted_image_certificates'] },
    before: (view) => without(view, 'trusted_image_certificates'),
  },
  {
    since: '2.57',
    adds: { rebuild: ['user_data'] },
    drops: { create: ['personality'], rebuild: ['personality'] },
    before: (view, { kind }) => void (kind === 'rebuild' && without(view, 'user_data')),
  },
  {
    since: '2.54',
    adds: { rebuild: ['key_name'] },
    before: (view, { kind }) => void (kind === 'rebuild' && without(view, 'key_name')),
  },
  { since: '2.52', adds: { create: ['tags'] } },
  { since: '2.47', before: (view, { flavor }) => void (view.flavor = flavor) },
  {
    since: '2.26',
    adds: { list: ['tags', 'tags-any', 'not-tags', 'not-tags-any'] },
    before: (view) => without(view, 'tags'),
  },
  {
    since: '2.19',
    adds: { create: ['description'], update: ['description'], rebuild: ['description'] },
    before: (view) => without(view, 'description'),
  },
  { since: '2.16', before: (view) => without(view, 'host_status') },
  { since: '2.9', before: (view) => without(view, 'locked') },
  {
    since: '2.3',
    before(view) {
      without(view, ...EXTENDED);
      const volumes = view['os-extended-volumes:volumes_attached'];
      if (!Array.isArray(volumes)) return;
      view['os-extended-volumes:volumes_attached'] = volumes.map(({ id }: { id: string }) => ({ id }));
    },
  },
];

/** Takes the newest view of a server back to the client's version. */
export function viewFor(
  version: Version,
  view: ServerView,
  seen: { admin: boolean; kind: ViewKind; flavor: ServerView },
): ServerView {
  for (const step of STEPS) {
    if (atLeast(version, step.since)) break;
    step.before?.(view, seen);
  }
  return view;
}

/** Throws ApiError 400 for members that a request of this version may not have. */
export function assertKnown(version: Version, kind: RequestKind, body: object): void {
  for (const step of STEPS) {
    const names = (atLeast(version, step.since) ? step.drops : step.adds)?.[kind] ?? [];
    for (const name of names) {
      if (Object.hasOwn(body, name)) {
        throw badRequest(`Additional properties are not allowed ('${name}' was unexpected).`);
      }
    }
  }
}

/** A hostname is one label until 2.93, and may have a domain since. Throws ApiError 400. */
export function assertHostname(version: Version, hostname: string | undefined): void {
  if (hostname === undefined || atLeast(version, '2.94')) return;
  if (hostname.length > 63 || hostname.includes('.')) {
    throw badRequest(
      `Invalid input for field/attribute hostname. Value: ${hostname}. Before version 2.94 it is one label of at most 63 characters.`,
    );
  }
}

/**
 * Routes that since 2.75 refuse query parameters they do not know; older versions ignored those. Routes without a
 * schema for their query take any.
 */
export function withStrictQueries(routes: readonly Route[]): Route[] {
  return routes.map((one) => {
    const known = (one.query as { properties?: Record<string, unknown> } | undefined)?.properties;
    if (known === undefined) return one;
    return {
      ...one,
      handler(call) {
        const unknown = Object.keys(call.query as object).find((name) => !Object.hasOwn(known, name));
        if (unknown !== undefined && atLeast(call.version, '2.75')) {
          throw badRequest(`Additional properties are not allowed ('${unknown}' was unexpected)`);
        }
        return one.handler(call);
      },
    };
  });
}

/** Tags of devices came with 2.32, went by mistake soon after, and are back since 2.42. Throws ApiError 400. */
export function assertTags(version: Version, kind: 'network' | 'device', body: { tag?: unknown }): void {
  if (body.tag === undefined || atLeast(version, '2.42')) return;
  if (atLeast(version, '2.32') && !atLeast(version, kind === 'network' ? '2.37' : '2.33')) return;
  throw badRequest("Additional properties are not allowed ('tag' was unexpected).");
}

/** The query parameters of lists that this version does not know; older versions ignored what they did not know. */
export function unknownFilters(version: Version): Set<string> {
  const steps = STEPS.filter((step) => !atLeast(version, step.since));
  return new Set(steps.flatMap((step) => step.adds?.list ?? []));
}
