import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { badRequest, notFound } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import { parseBool } from '../http/schemas.ts';
import type { Reader } from '../store/store.ts';
import type { PropertyKind } from './properties.ts';

/** Cinder's `osapi_max_limit`: a client that asks for more gets this many, and a link to the rest. */
const MOST = 1000;

export type Query = Record<string, string | string[] | undefined>;
type Condition = RawBuilder<SqlBool>;

export interface Filter {
  column: string;
  kind: 'text' | 'number' | 'bit' | 'time' | 'host';
  /** Before this microversion the parameter is not known, and so ignored. */
  since?: `3.${number}`;
  /** For administrators only; others' is ignored. */
  admin?: true;
}

/** What a list can be asked for: plain data for each kind of thing. */
export interface ListSpec {
  table: string;
  /** `volumes`: the name in the path and of the links. */
  collection: string;
  filters: Readonly<Record<string, Filter>>;
  /** Parameter to column. */
  sortKeys: Readonly<Record<string, string>>;
  /** Parameters that somebody else looks at. */
  others?: readonly string[];
  properties?: Readonly<Record<string, PropertyKind>>;
  /** Whether the rows have `managed`. */
  managed?: true;
  /** The column of the project, when it is not `project_id`. */
  projectColumn?: string;
}

export interface Listed<Row> {
  rows: Row[];
  /** All that match, whatever the page; null unless asked for. */
  count: number | null;
  links: Record<string, unknown>;
}

const PAGING = ['limit', 'marker', 'offset', 'sort', 'sort_key', 'sort_dir', 'all_tenants', 'with_count', 'project_id'];

/** Whether an administrator asks for the rows of all projects. Throws ApiError 400 for what is neither yes nor no. */
export function asksForAll(context: Context, query: Query): boolean {
  const text = one(query.all_tenants);
  if (text === undefined) return false;
  const yes = text === '' ? true : parseBool(text);
  if (yes === undefined) throw badRequest(`Invalid value for all_tenants: ${text}. Say True or False.`);
  return yes && context.isAdmin;
}

/**
 * One page of what the caller sees and asks for, in a total order, so that pages neither repeat nor skip a row.
 * Throws ApiError 400 for a bad parameter, 404 for an unknown marker.
 */
export async function listRows<Row extends { id: string }>(
  app: App,
  context: Context,
  version: Version,
  query: Query,
  spec: ListSpec,
  { path = spec.collection, most = MOST }: { path?: string; most?: number } = {},
): Promise<Listed<Row>> {
  const db = app.store.read;
  const scope = scopeOf(context, query, spec);
  const conditions = [...scope, ...filtersOf(context, version, query, spec)];
  const order = orderOf(query, spec);
  const limit = Math.min(wholeNumber('limit', one(query.limit)) ?? most, most);
  const offset = wholeNumber('offset', one(query.offset)) ?? 0;
  const after = await markerCondition(db, spec, scope, one(query.marker), order);
  const all = [...conditions, ...after];
  const table = sql.table(spec.table);
  const { rows } = await sql<Row>`select * from ${table} where ${sql.join(all, sql` and `)}
    order by ${sql.join(order.map(({ column, direction }) => sql`${sortable(column)} ${sql.raw(direction)}`))}
    limit ${limit} offset ${offset}`.execute(db);
  const count = parseBool(one(query.with_count) ?? '') === true && atLeast(version, '3.45') ? await counted() : null;
  return { rows, count, links: linksOf(app, spec, path, query, rows, limit) };

  async function counted(): Promise<number> {
    const result = await sql<{ count: number }>`select count(*) as count from ${table}
      where ${sql.join(conditions, sql` and `)}`.execute(db);
    return result.rows[0]?.count ?? 0;
  }
}

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value.at(-1) : value);

function scopeOf(context: Context, query: Query, spec: ListSpec): Condition[] {
  const conditions: Condition[] = [spec.managed ? sql<SqlBool>`managed = 1` : sql<SqlBool>`1 = 1`];
  const column = sql.ref(spec.projectColumn ?? 'project_id');
  const all = asksForAll(context, query);
  const project = one(query.project_id);
  if (all && project !== undefined) conditions.push(sql<SqlBool>`${column} = ${project}`);
  if (!all) conditions.push(sql<SqlBool>`${column} = ${context.projectId ?? ''}`);
  return conditions;
}

function filtersOf(context: Context, version: Version, query: Query, spec: ListSpec): Condition[] {
  const found: Condition[] = [];
  for (const [given, raw] of Object.entries(query)) {
    const value = one(raw);
    if (value === undefined || PAGING.includes(given) || spec.others?.includes(given)) continue;
    const like = given.endsWith('~') && atLeast(version, '3.34');
    const name = like ? given.slice(0, -1) : given;
    const property = spec.properties?.[name];
    if (property !== undefined) {
      if (name === 'glance_metadata' && !atLeast(version, '3.4')) continue;
      found.push(...propertyConditions(spec, property, value));
      continue;
    }
    const filter = spec.filters[name];
    if (!filter) {
      if (atLeast(version, '3.31')) throw badRequest(`Invalid filters ${given} are found in query options.`);
      continue;
    }
    if (filter.since !== undefined && !atLeast(version, filter.since)) continue;
    if (filter.admin && !context.isAdmin) continue;
    found.push(condition(name, filter, value, like));
  }
  return found;
}

function condition(name: string, { column, kind }: Filter, value: string, like: boolean): Condition {
  const ref = sql.ref(column);
  if (like) return sql<SqlBool>`${ref} like ${`%${value.replaceAll(/[%_\\]/g, '\\$&')}%`} escape '\\'`;
  switch (kind) {
    case 'text':
      return sql<SqlBool>`${ref} = ${value}`;
    case 'number':
      return sql<SqlBool>`${ref} = ${wholeNumber(name, value) ?? -1}`;
    case 'bit': {
      const truth = parseBool(value);
      if (truth === undefined) throw badRequest(`Invalid value for ${name}: ${value}. Say True or False.`);
      return sql<SqlBool>`${ref} = ${truth ? 1 : 0}`;
    }
    case 'host':
      return sql<SqlBool>`${ref} in (select id from hosts where name = ${value.split('@')[0] ?? ''})`;
    case 'time':
      return timeCondition(name, ref, value);
  }
}

const COMPARISONS: Record<string, string> = { gt: '>', gte: '>=', eq: '=', neq: '<>', lt: '<', lte: '<=' };

/** `gt:2026-01-01T00:00:00,lt:…` of microversion 3.60. */
function timeCondition(name: string, ref: RawBuilder<unknown>, value: string): Condition {
  const parts = value.split(',').map((text) => {
    const [, operator = 'eq', time = ''] = /^(?:(gte?|lte?|eq|neq):)?(.+)$/.exec(text.trim()) ?? [];
    const at = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(time) ? time : `${time}Z`);
    if (Number.isNaN(at)) throw badRequest(`Invalid value for ${name}: ${text}. Write gt:2026-01-31T12:00:00.`);
    return sql`${ref} / 1000 ${sql.raw(COMPARISONS[operator] ?? '=')} ${Math.floor(at / 1000)}`;
  });
  return sql<SqlBool>`(${sql.join(parts, sql` and `)})`;
}

/** `{'key': 'value'}`, as Python prints it, or JSON. */
function propertyConditions(spec: ListSpec, kind: PropertyKind, text: string): Condition[] {
  const pairs = [...text.matchAll(/u?(['"])(.*?)\1\s*:\s*u?(['"])(.*?)\3/g)];
  if (pairs.length === 0) throw badRequest(`Invalid metadata filter ${text}: write {'name': 'value'}.`);
  return pairs.map(
    ([, , name, , value]) =>
      sql<SqlBool>`exists (select 1 from volume_properties p where p.owner_id = ${sql.table(spec.table)}.id
        and p.kind = ${kind} and p.name = ${name} and p.value = ${value})`,
  );
}

interface Sort {
  column: string;
  direction: 'asc' | 'desc';
}

function orderOf(query: Query, spec: ListSpec): Sort[] {
  const asked: Sort[] = [];
  const add = (key: string, direction = 'desc') => {
    const column = spec.sortKeys[key];
    if (column === undefined) {
      throw badRequest(`Sort key supplied is invalid: ${key}. Use ${Object.keys(spec.sortKeys).join(', ')}.`);
    }
    if (direction !== 'asc' && direction !== 'desc') {
      throw badRequest(`Unknown sort direction ${direction}: it must be 'asc' or 'desc'.`);
    }
    asked.push({ column, direction });
  };
  const sort = one(query.sort);
  if (sort !== undefined) {
    if (query.sort_key !== undefined || query.sort_dir !== undefined) {
      throw badRequest("The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with 'sort'.");
    }
    for (const part of sort.split(',').map((text) => text.trim()))
      if (part) add(...(part.split(':') as [string, string?]));
  } else {
    const keys = one(query.sort_key) ?? 'created_at';
    for (const key of keys.split(',')) add(key.trim(), one(query.sort_dir)?.trim() ?? 'desc');
  }
  const direction = asked[0]?.direction ?? 'desc';
  return [...asked, ...(asked.some((sort) => sort.column === 'number') ? [] : [{ column: 'number', direction }])];
}

/** Columns to sort by that hold numbers. */
const NUMBERS = new Set(['number', 'created_at', 'size_gib', 'bootable', 'guaranteed_until']);

const lowest = (column: string) => (NUMBERS.has(column) ? -1 : '');
/** Empty texts and missing times come first. */
const sortable = (column: string) => sql`coalesce(${sql.ref(column)}, ${sql.lit(lowest(column))})`;

async function markerCondition(
  db: Reader,
  spec: ListSpec,
  scope: readonly Condition[],
  marker: string | undefined,
  order: readonly Sort[],
): Promise<Condition[]> {
  if (marker === undefined) return [];
  const columns = order.map(({ column }, index) => sql`${sortable(column)} as ${sql.id(`k${index}`)}`);
  const { rows } = await sql<Record<string, string | number>>`select ${sql.join(columns)} from ${sql.table(spec.table)}
    where ${sql.join([...scope, sql<SqlBool>`id = ${marker}`], sql` and `)}`.execute(db);
  const values = rows[0];
  if (!values) throw notFound(`marker [${marker}] could not be found: take the id of the last one you received.`);
  const branches = order.map(({ column, direction }, index) => {
    const equal = order.slice(0, index).map((sort, at) => sql`${sortable(sort.column)} = ${values[`k${at}`]}`);
    const beyond = sql.raw(direction === 'asc' ? '>' : '<');
    return sql`(${sql.join([...equal, sql`${sortable(column)} ${beyond} ${values[`k${index}`]}`], sql` and `)})`;
  });
  return [sql<SqlBool>`(${sql.join(branches, sql` or `)})`];
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} param must be an integer that is not negative, not ${text}.`);
  return Number(text);
}

function linksOf(
  app: App,
  spec: ListSpec,
  path: string,
  query: Query,
  rows: readonly { id: string }[],
  limit: number,
): Record<string, unknown> {
  const last = rows.at(-1);
  if (last === undefined || rows.length < limit) return {};
  const next = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const text = one(value);
    if (key !== 'marker' && key !== 'offset' && text !== undefined) next.set(key, text);
  }
  next.set('marker', last.id);
  const href = `${app.config.publicUrl}/volume/v3/${path}?${next.toString()}`;
  return { [`${spec.collection.replaceAll('-', '_')}_links`]: [{ rel: 'next', href }] };
}
