import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { Type, type TProperties } from 'typebox';
import { badRequest, conflict, forbidden, notFound } from '../../core/errors.ts';
import type { Call } from '../../http/route.ts';
import { Nullable, parseBool, Strict, values } from '../../http/schemas.ts';
import { fromJson } from '../../store/json.ts';

export const PREFIX = '/identity/v3';

export const NameOf = (most: number) => Type.String({ minLength: 1, maxLength: most, pattern: '\\S' });
export const Description = Nullable(Type.String({ maxLength: 65_535 }));
export const DomainIdText = Type.String({ minLength: 1, maxLength: 64 });
/** `options` of projects, domains and roles. */
export const ResourceOptions = Strict({ immutable: Type.Optional(Nullable(Type.Boolean())) });
export type Options = Record<string, unknown>;

/** An object that keeps members it does not know, as Keystone does for most of its resources. */
export const Open = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: true });
/** As `Open`, for updates: something must be given. */
export const OpenPatch = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: true, minProperties: 1 });

export const IdParams = <K extends string>(...names: K[]) =>
  Type.Object(
    Object.fromEntries(names.map((name) => [name, Type.String()])) as Record<K, ReturnType<typeof Type.String>>,
  );

/** A query string whose parameters are read by `filtersOf` and its kin: unknown ones are ignored, as Keystone does. */
export const AnyQuery = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]));
export type Query = Record<string, string | string[]>;

/** The URL of something of this service. */
export function urlOf(call: Pick<Call, 'app'>, path: string): string {
  return `${call.app.config.publicUrl}${PREFIX}${path}`;
}

export function parameter(query: Query, name: string): string | undefined {
  return values(query[name]).at(-1);
}

/** A flag such as `?effective`: true when given, unless its value says no. */
export function flag(query: Query, name: string): boolean | undefined {
  const text = parameter(query, name);
  if (text === undefined) return undefined;
  return parseBool(text) ?? true;
}

/** The columns of a table that a list may be filtered by. */
export type Filterable = Record<string, 'text' | 'bool'>;

/** Conditions for `?name=x`, `?enabled=false`, `?name__icontains=x`, on columns of one table. */
export function filtersOf(query: Query, table: string, columns: Filterable): RawBuilder<SqlBool>[] {
  const conditions: RawBuilder<SqlBool>[] = [];
  for (const [key, given] of Object.entries(query)) {
    const [column = '', comparison = 'equals'] = key.split('__');
    const type = columns[column];
    const value = values(given).at(-1);
    if (type === undefined || value === undefined) continue;
    const reference = sql.ref(`${table}.${column}`);
    if (type === 'bool') {
      if (comparison === 'equals') conditions.push(sql<SqlBool>`${reference} = ${(parseBool(value) ?? true) ? 1 : 0}`);
      continue;
    }
    conditions.push(...textFilter(reference, comparison, value));
  }
  return conditions;
}

function textFilter(reference: RawBuilder<unknown>, comparison: string, value: string): RawBuilder<SqlBool>[] {
  const like = (pattern: string) => [sql<SqlBool>`lower(${reference}) like ${pattern.toLowerCase()} escape ${'\\'}`];
  const literal = value.replaceAll(/[\\%_]/g, '\\$&');
  switch (comparison) {
    case 'equals':
      return [sql<SqlBool>`${reference} = ${value}`];
    case 'contains':
    case 'icontains':
      return like(`%${literal}%`);
    case 'startswith':
    case 'istartswith':
      return like(`${literal}%`);
    case 'endswith':
    case 'iendswith':
      return like(`%${literal}`);
    case 'iexact':
      return like(literal);
    default:
      return [];
  }
}

/** All conditions together. */
export function all(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  if (conditions.length === 0) return sql<SqlBool>`1 = 1`;
  return sql<SqlBool>`(${sql.join([...conditions], sql` and `)})`;
}

export interface Page {
  limit: number | null;
  condition: RawBuilder<SqlBool>;
}

/** `limit` and `marker` for a list sorted by name and id. */
export function pageOf(query: Query, table: string): Page {
  const limit = parameter(query, 'limit');
  const marker = parameter(query, 'marker');
  if (limit !== undefined && !/^\d{1,9}$/.test(limit)) {
    throw badRequest(`Invalid limit '${limit}': it must be a whole number, 0 for no limit.`);
  }
  const condition =
    marker === undefined
      ? sql<SqlBool>`1 = 1`
      : sql<SqlBool>`(${sql.ref(`${table}.name`)}, ${sql.ref(`${table}.id`)}) > (select name, id from ${sql.table(table)} where id = ${marker})`;
  return { limit: limit === undefined || Number(limit) === 0 ? null : Number(limit), condition };
}

/** How many rows to fetch: one more than shown tells whether there is a next page. */
export const fetchLimit = (page: Page) => (page.limit === null ? 1_000_000_000 : page.limit + 1);

/** The answer to a list: the rows of this page, and where it and the next one are. */
export function collection<Row extends { id: string }>(
  call: Pick<Call, 'app' | 'request'>,
  key: string,
  rows: readonly Row[],
  render: (row: Row) => object,
  page?: Page,
): object {
  const self = `${call.app.config.publicUrl}${call.request.url}`;
  const more = page !== undefined && page.limit !== null && rows.length > page.limit;
  const shown = more ? rows.slice(0, page.limit ?? undefined) : rows;
  const last = shown.at(-1);
  let next: string | null = null;
  if (more && last) {
    const url = new URL(self);
    url.searchParams.set('marker', last.id);
    next = url.href;
  }
  return { [key]: shown.map(render), links: { self, previous: null, next } };
}

/** The members of `given` that the resource has no column for. */
export function extraOf(given: Record<string, unknown>, known: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).filter(([key]) => !known.includes(key) && key !== 'id' && key !== 'links'),
  );
}

/** Stored members plus changed ones; null stays, as Keystone keeps it. */
export function mergedExtra(stored: string, changes: Record<string, unknown>): Record<string, unknown> {
  return { ...fromJson<Record<string, unknown>>(stored), ...changes };
}

/** Options plus changes; an option set to null is taken away. */
export function mergedOptions(stored: string, changes: Options | undefined): Options {
  const merged = { ...fromJson<Options>(stored), ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** Throws ApiError 403 for what was marked immutable, unless the change takes the mark away. */
export function requireMutable(kind: string, row: { id: string; options: string }, changes?: Options): void {
  if (fromJson<Options>(row.options)['immutable'] !== true) return;
  if (changes && 'immutable' in changes && changes['immutable'] !== true) return;
  throw forbidden(
    `Cannot change or delete the immutable ${kind} ${row.id}: first set its option immutable to false.`,
    'ResourceUpdateForbidden',
  );
}

/** A member id in the body may only repeat the one in the path. */
export function requireSameId(body: Record<string, unknown>, id: string): void {
  if (body['id'] !== undefined && body['id'] !== id) throw badRequest('Cannot change the ID of a resource.');
}

export const missing = (kind: string, id: string) => notFound(`Could not find ${kind}: ${id}.`);
export const duplicate = (kind: string, detail: string) =>
  conflict(`Conflict occurred attempting to store ${kind} - ${detail}.`);

/** `column in (…)`, also for an empty list, which SQL does not have. */
export function oneOf(column: string, candidates: readonly string[]): RawBuilder<SqlBool> {
  if (candidates.length === 0) return sql<SqlBool>`1 = 0`;
  return sql<SqlBool>`${sql.ref(column)} in (${sql.join([...candidates])})`;
}
