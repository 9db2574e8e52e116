import { badRequest } from '../core/errors.ts';
import { parseBool, values } from '../http/schemas.ts';
import { MEMBER_STATUSES } from './wire.ts';

export type Query = Record<string, string | string[] | undefined>;

export const SORT_KEYS = [
  'name',
  'status',
  'container_format',
  'disk_format',
  'size',
  'id',
  'created_at',
  'updated_at',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export interface Sort {
  key: SortKey;
  direction: 'asc' | 'desc';
}

const IN_KEYS = ['id', 'name', 'status', 'container_format', 'disk_format'] as const;
const TEXT_KEYS = ['owner', 'checksum', 'os_hash_value'] as const;
const NUMBER_KEYS = ['size', 'virtual_size', 'min_disk', 'min_ram'] as const;
const TIME_KEYS = ['created_at', 'updated_at'] as const;
const OPERATORS = { gt: '>', gte: '>=', eq: '=', neq: '!=', lt: '<', lte: '<=' } as const;
type InKey = (typeof IN_KEYS)[number];
type TextKey = (typeof TEXT_KEYS)[number];
type NumberKey = (typeof NUMBER_KEYS)[number];
type TimeKey = (typeof TIME_KEYS)[number];

/** One condition of a list; the query turns each into SQL. */
export type Filter =
  | { kind: 'in'; key: InKey; values: string[] }
  | { kind: 'text'; key: TextKey; value: string }
  | { kind: 'number'; key: NumberKey; operator: '=' | '>=' | '<='; value: number }
  | { kind: 'time'; key: TimeKey; operator: (typeof OPERATORS)[keyof typeof OPERATORS]; value: number }
  | { kind: 'bit'; key: 'protected' | 'os_hidden'; value: 0 | 1 }
  | { kind: 'tag'; value: string }
  | { kind: 'property'; key: string; value: string };

export interface ListRequest {
  filters: Filter[];
  visibility: string | null;
  memberStatus: string;
  sort: Sort[];
  limit: number;
  marker: string | null;
}

const DEFAULT_LIMIT = 25;
const HIGHEST_LIMIT = 1000;
/** The names `GET /v2/images` knows; any other is compared with the property of that name. */
export const QUERY_KEYS: readonly string[] = [
  ...[
    'limit',
    'marker',
    'sort',
    'sort_key',
    'sort_dir',
    'visibility',
    'member_status',
    'tag',
    'protected',
    'os_hidden',
  ],
  ...[...IN_KEYS, ...TEXT_KEYS, ...NUMBER_KEYS, ...TIME_KEYS],
  ...NUMBER_KEYS.flatMap((key) => [`${key}_min`, `${key}_max`]),
];
const PAGING = ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'visibility', 'member_status'];

/** What `GET /v2/images` asks for. Throws ApiError 400. */
export function parseList(query: Query): ListRequest {
  const filters: Filter[] = [];
  for (const key of Object.keys(query)) {
    if (PAGING.includes(key)) continue;
    const all = values(query[key]);
    if (key === 'tag') filters.push(...all.map((value): Filter => ({ kind: 'tag', value: value.trim() })));
    else filters.push(parseFilter(key, all.at(-1) ?? ''));
  }
  if (!('os_hidden' in query)) filters.push({ kind: 'bit', key: 'os_hidden', value: 0 });
  return {
    filters,
    visibility: choice(query, 'visibility', ['public', 'private', 'shared', 'community', 'all']),
    memberStatus: choice(query, 'member_status', [...MEMBER_STATUSES, 'all']) ?? 'accepted',
    sort: parseSort(query),
    limit: parseLimit(last(query, 'limit')),
    marker: last(query, 'marker'),
  };
}

const last = (query: Query, key: string): string | null => values(query[key]).at(-1) ?? null;
const has = <T extends string>(keys: readonly T[], key: string): key is T => (keys as readonly string[]).includes(key);

function choice(query: Query, key: string, allowed: readonly string[]): string | null {
  const value = last(query, key);
  if (value === null || allowed.includes(value)) return value;
  throw badRequest(`Invalid ${key} value: ${value}. It must be one of ${allowed.join(', ')}.`);
}

function parseLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  if (!/^-?\d+$/.test(text)) throw badRequest('limit param must be an integer');
  if (Number(text) < 0) throw badRequest('limit param must be positive');
  return Math.min(Number(text), HIGHEST_LIMIT);
}

function parseFilter(key: string, value: string): Filter {
  if (key === 'changes-since') throw badRequest('The "changes-since" filter is no longer available on v2.');
  if (key === 'protected' || key === 'os_hidden') {
    const truth = /^(true|false)$/i.test(value) ? parseBool(value) : undefined;
    if (truth === undefined) {
      throw badRequest(`Invalid value '${value}' for '${key}' filter. Valid values are 'true' or 'false'.`);
    }
    return { kind: 'bit', key, value: truth ? 1 : 0 };
  }
  if (has(IN_KEYS, key)) return { kind: 'in', key, values: parseIn(key, value) };
  if (has(TEXT_KEYS, key)) return { kind: 'text', key, value };
  if (has(TIME_KEYS, key)) return parseTime(key, value);
  const base = key.replace(/_(min|max)$/, '');
  if (has(NUMBER_KEYS, key) || (base !== key && has(NUMBER_KEYS, base))) {
    if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(Number(value))) {
      throw badRequest(`Unable to filter on ${key} with the non-numeric value '${value}'.`);
    }
    const operator = key.endsWith('_min') ? '>=' : key.endsWith('_max') ? '<=' : '=';
    if (has(NUMBER_KEYS, key)) return { kind: 'number', key, operator: '=', value: Number(value) };
    if (has(NUMBER_KEYS, base)) return { kind: 'number', key: base, operator, value: Number(value) };
  }
  return { kind: 'property', key, value };
}

/**
 * `in:a,"b, c"` or one value; `eq:` is optional. A quotation mark inside of quotes is written `\"`. A name may hold a
 * colon of its own (`debian:12`).
 */
export function parseIn(key: InKey, value: string): string[] {
  const match = /^([a-z]+):(.*)$/s.exec(value);
  if (!match) return [value];
  const [, operator = '', rest = ''] = match;
  if (operator === 'eq') return [rest];
  if (operator !== 'in' && key === 'name') return [value];
  if (operator !== 'in') throw badRequest(`Unable to filter by unknown operator '${operator}'.`);
  return splitQuoted(rest);
}

/** The values between commas, read once from left to right. */
function splitQuoted(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\') at++;
        value += text[at] ?? '';
      }
      at++;
    } else {
      const comma = text.indexOf(',', at);
      value = text.slice(at, comma === -1 ? text.length : comma);
      at += value.length;
    }
    if (at > text.length || (at < text.length && text[at] !== ',') || (value.includes('"') && text[at - 1] !== '"')) {
      throw badRequest(
        `Invalid filter value ${text}. Quote each value with a comma in it, and separate values by commas.`,
      );
    }
    if (value !== '') found.push(value);
    at++;
  }
  return found;
}

function parseTime(key: TimeKey, text: string): Filter {
  const match = /^(gte?|lte?|eq|neq):(.*)$/.exec(text);
  const operator = (match?.[1] ?? 'eq') as keyof typeof OPERATORS;
  const time = match?.[2] ?? text;
  const iso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(time);
  const milliseconds = iso ? Date.parse(iso[4] || !iso[1] ? time : `${time}Z`) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw badRequest(
      `Bad "${key}" query filter format. Use ISO 8601 DateTime notation, such as gt:2026-01-31T12:00:00Z.`,
    );
  }
  return { kind: 'time', key, operator: OPERATORS[operator], value: milliseconds };
}

function parseSort(query: Query): Sort[] {
  const both = last(query, 'sort');
  const keys = values(query.sort_key);
  const directions = values(query.sort_dir);
  if (both !== null) {
    if (keys.length + directions.length > 0) throw badRequest('Old and new sorting syntax cannot be combined');
    return both.split(',').map((part) => {
      const [key = '', direction = 'desc'] = part.split(':');
      return sortOf(key, direction);
    });
  }
  if (directions.length > 1 && directions.length !== keys.length) {
    throw badRequest('Number of sort dirs does not match the number of sort keys');
  }
  if (keys.length === 0) return [sortOf('created_at', directions[0] ?? 'desc')];
  return keys.map((key, index) => sortOf(key, directions[index] ?? directions[0] ?? 'desc'));
}

function sortOf(key: string, direction: string): Sort {
  const name = key.trim();
  const order = direction.trim();
  if (!has(SORT_KEYS, name)) {
    throw badRequest(`Invalid sort key: ${name}. It must be one of the following: ${SORT_KEYS.join(', ')}.`);
  }
  if (order !== 'asc' && order !== 'desc') throw badRequest(`Invalid sort direction: ${order}. Use asc or desc.`);
  return { key: name, direction: order };
}
