import { badRequest, forbidden } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import { parseBool, values } from '../http/schemas.ts';
import { unknownFilters } from './microversions.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { KNOWN_STATUSES } from './states.ts';

export type Query = Record<string, string | string[] | undefined>;

/** Columns that a client may sort by, under Nova's names. */
const SORT = {
  created_at: 'created_at',
  updated_at: 'updated_at',
  launched_at: 'launched_at',
  terminated_at: 'terminated_at',
  display_name: 'name',
  hostname: 'hostname',
  display_description: 'description',
  uuid: 'id',
  vm_state: 'vm_state',
  task_state: 'task_state',
  power_state: 'power_state',
  project_id: 'project_id',
  user_id: 'user_id',
  image_ref: 'image_id',
  key_name: 'key_name',
  launch_index: 'launch_index',
  config_drive: 'config_drive',
  access_ip_v4: 'access_ipv4',
  access_ip_v6: 'access_ipv6',
  availability_zone: 'pinned_zone',
  host: 'host_id',
  node: 'host_id',
  instance_type_id: 'flavor_id',
  locked: 'locked_by',
} as const;

export type SortColumn = (typeof SORT)[keyof typeof SORT];

/** Sort keys that Nova knows and that make no difference here: all servers have the same. */
const CONSTANT = new Set(['auto_disk_config', 'kernel_id', 'locked_by', 'progress', 'ramdisk_id', 'root_device_name']);

/** Filters that are compared as they are, with their columns. */
const EXACT = {
  uuid: 'id',
  reservation_id: 'reservation_id',
  image: 'image_id',
  image_ref: 'image_id',
  flavor: 'flavor_id',
  user_id: 'user_id',
  key_name: 'key_name',
  vm_state: 'vm_state',
  task_state: 'task_state',
  launch_index: 'launch_index',
  power_state: 'power_state',
} as const;

/** Those whose column holds numbers. */
const NUMERIC = new Set<string>(['launch_index', 'power_state']);

type ExactColumn = (typeof EXACT)[keyof typeof EXACT];

/** What everybody may filter by; the rest is for administrators, or for all since 2.83. */
const FOR_ALL = new Set(['name', 'display_name', 'status', 'image', 'flavor', 'ip', 'ip6', 'reservation_id']);
const FOR_ALL_SINCE_83 = new Set(
  'availability_zone config_drive key_name created_at launched_at terminated_at power_state task_state vm_state progress user_id'.split(
    ' ',
  ),
);
const PAGING = ['limit', 'marker', 'sort_key', 'sort_dir', 'all_tenants', 'deleted', 'soft_deleted'];
const TAG_FILTERS = ['tags', 'tags-any', 'not-tags', 'not-tags-any'] as const;
const OTHERS = [
  ...['name', 'display_name', 'status', 'ip', 'ip6', 'host', 'node', 'availability_zone', 'config_drive', 'locked'],
  ...['project_id', 'tenant_id', 'hostname', 'description', 'display_description', 'changes-since', 'changes-before'],
  ...['created_at', 'launched_at', 'terminated_at', 'progress', 'kernel_id', 'ramdisk_id', 'root_device_name'],
  ...['locked_by', 'access_ip_v4', 'access_ip_v6', 'auto_disk_config'],
];
const KNOWN = new Set<string>([...PAGING, ...TAG_FILTERS, ...OTHERS, ...Object.keys(EXACT)]);

export interface ListFilters {
  /** Null for all projects. */
  projectId: string | null;
  deleted: 'only' | 'no' | 'both';
  /** Whether servers are listed that are deleted and may be restored. */
  softDeleted: boolean;
  exact: { column: ExactColumn; value: string }[];
  statuses: string[];
  tags: { all: string[]; any: string[]; notAll: string[]; notAny: string[] };
  host: string | null;
  zone: string | null;
  locked: boolean | null;
  configDrive: boolean | null;
  changedSince: number | null;
  changedBefore: number | null;
  patterns: { column: 'name' | 'hostname' | 'description'; test: Pattern }[];
  ip: { version: 4 | 6; test: Pattern }[];
  sort: { column: SortColumn; descending: boolean }[];
  limit: number;
  marker: string | null;
}

/** Nova's `max_limit`. */
const MOST = 1000;

/** Reads the query of a server list. Throws ApiError 400 for what is malformed, 403 for what needs an admin. */
export function readFilters(context: Context, version: Version, query: Query): ListFilters {
  const tooNew = unknownFilters(version);
  const strict = atLeast(version, '2.75');
  for (const name of Object.keys(query)) {
    if (name.startsWith('_')) throw badRequest(`Invalid query parameter ${name}.`);
    if (strict && (!KNOWN.has(name) || tooNew.has(name))) {
      throw badRequest(`Additional properties are not allowed ('${name}' was unexpected)`);
    }
  }
  const allowed = (name: string) =>
    !tooNew.has(name) &&
    // Until 2.5 only administrators' ip6 counted.
    (name !== 'ip6' || context.isAdmin || atLeast(version, '2.5')) &&
    (context.isAdmin ||
      FOR_ALL.has(name) ||
      (atLeast(version, '2.83') && FOR_ALL_SINCE_83.has(name)) ||
      (TAG_FILTERS as readonly string[]).includes(name) ||
      ['changes-since', 'changes-before', 'locked'].includes(name));
  const text = (name: string) => (allowed(name) ? values(query[name]).at(-1) : undefined);
  const bool = (name: string) => {
    const value = text(name);
    return value === undefined ? null : (parseBool(value) ?? null);
  };
  const list = (name: string) => (text(name) ?? '').split(',').filter((one) => one !== '');
  const status = readStatuses(version, values(query.status));
  const since = readTime('changes-since', text('changes-since'));
  const before = readTime('changes-before', text('changes-before'));
  if (since !== null && before !== null && before < since) {
    throw badRequest('The value of changes-since must be less than or equal to changes-before.');
  }
  return {
    projectId: readProject(context, query),
    deleted: readDeleted(context, query, status, since !== null),
    softDeleted:
      status.includes('SOFT_DELETED') ||
      text('vm_state') === 'soft-delete' ||
      (context.isAdmin && parseBool(values(query.soft_deleted).at(-1) ?? '') === true),
    exact: (Object.entries(EXACT) as [keyof typeof EXACT, ExactColumn][]).flatMap(([name, column]) => {
      const value = text(name);
      if (value !== undefined && NUMERIC.has(name) && !/^-?\d{1,9}$/.test(value)) {
        throw badRequest(`Invalid value for ${name}: '${value}' is not a small whole number.`);
      }
      return value === undefined ? [] : [{ column, value }];
    }),
    statuses: status,
    tags: { all: list('tags'), any: list('tags-any'), notAll: list('not-tags'), notAny: list('not-tags-any') },
    host: text('host') ?? text('node') ?? null,
    zone: text('availability_zone') ?? null,
    locked: bool('locked'),
    configDrive: bool('config_drive'),
    changedSince: since,
    changedBefore: before,
    patterns: patternsOf(text),
    ip: ([4, 6] as const).flatMap((family) => {
      const name = family === 4 ? 'ip' : 'ip6';
      const value = text(name);
      return value === undefined ? [] : [{ version: family, test: compilePattern(value, name) }];
    }),
    sort: readSort(values(query.sort_key), values(query.sort_dir), strict),
    limit: readLimit(values(query.limit).at(-1)),
    marker: values(query.marker).at(-1) ?? null,
  };
}

function patternsOf(text: (name: string) => string | undefined): ListFilters['patterns'] {
  const found: ListFilters['patterns'] = [];
  const names = {
    name: 'name',
    display_name: 'name',
    hostname: 'hostname',
    description: 'description',
    display_description: 'description',
  } as const;
  for (const [name, column] of Object.entries(names) as [string, 'name' | 'hostname' | 'description'][]) {
    const value = text(name);
    if (value !== undefined && value !== '') found.push({ column, test: compilePattern(value, name) });
  }
  return found;
}

function readProject(context: Context, query: Query): string | null {
  const asked = values(query.all_tenants).at(-1);
  // The bare parameter means yes.
  const all = asked === undefined ? false : asked === '' ? true : parseBool(asked);
  if (all === undefined) throw badRequest(`Invalid value '${asked}' for all_tenants: it is neither true nor false.`);
  if (all && !context.isAdmin) {
    throw forbidden("Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.");
  }
  // Without all_tenants a project is not looked at, as Nova has it.
  if (!all) return context.projectId ?? '';
  return values(query.project_id).at(-1) ?? values(query.tenant_id).at(-1) ?? null;
}

function readDeleted(context: Context, query: Query, statuses: string[], changes: boolean): ListFilters['deleted'] {
  if (statuses.includes('DELETED')) {
    if (!context.isAdmin) throw forbidden('Only administrators may list deleted instances');
    return 'only';
  }
  const asked = context.isAdmin ? values(query.deleted).at(-1) : undefined;
  if (asked !== undefined) return parseBool(asked) ? 'only' : 'no';
  return changes ? 'both' : 'no';
}

function readStatuses(version: Version, given: string[]): string[] {
  const statuses = given.map((one) => one.toUpperCase());
  if (statuses.some((one) => !KNOWN_STATUSES.has(one)) && atLeast(version, '2.38')) {
    throw badRequest(`Invalid status value: ${given.join(', ')}`);
  }
  return statuses;
}

function readTime(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const time = /^\d{4}-\d\d-\d\d/.test(text)
    ? Date.parse(/T|\s/.test(text) ? zoned.replace(' ', '+') : text)
    : Number.NaN;
  if (Number.isNaN(time))
    throw badRequest(`Invalid input for query parameters ${name}. Value: ${text}. It is not a 'date-time'.`);
  return time;
}

function readSort(keys: string[], directions: string[], strict: boolean): ListFilters['sort'] {
  for (const direction of directions) {
    if (direction !== 'asc' && direction !== 'desc')
      throw badRequest(`Unknown sort direction, must be 'desc' or 'asc'.`);
  }
  const wanted = keys.length === 0 ? ['created_at'] : keys;
  return wanted.flatMap((key, index) => {
    const column = Object.hasOwn(SORT, key) ? SORT[key as keyof typeof SORT] : undefined;
    if (column === undefined && !CONSTANT.has(key) && (strict || !/^[a-z_]+$/.test(key))) {
      throw badRequest(`Invalid input for query parameters sort_key. Value: ${key}. It is not one of the sort keys.`);
    }
    const direction = directions[index] ?? directions.at(-1) ?? 'desc';
    return column === undefined ? [] : [{ column, descending: direction === 'desc' }];
  });
}

function readLimit(text: string | undefined): number {
  if (text === undefined || text === '') return MOST;
  if (!/^\d+$/.test(text))
    throw badRequest(
      `Invalid input for query parameters limit. Value: ${text}. It must be a number that is not negative.`,
    );
  return Math.min(Number(text), MOST);
}
