import { sql } from 'kysely';
import { badRequest } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { parseBool } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { invalidAttribute } from '../errors.ts';
import { column, filterCondition, type Collection, type Condition, type Query, type StoredRow } from './collection.ts';

export type { Query } from './collection.ts';

/** Rows per page when nobody limits them: enough for what a site has, and a bound on one answer. */
const MOST_ROWS = 10_000;

interface SortKey {
  name: string;
  column: string;
  nullable: string | number;
  ascending: boolean;
}

interface Paging {
  limit: number | null;
  marker: string | null;
  reverse: boolean;
}

const CONTROLS = ['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse'];

/** The rows of one page that the caller sees, filtered and sorted in SQL, and whether links to others are due. */
export async function listRows<Row extends StoredRow>(
  db: Reader,
  context: Context,
  collection: Collection<Row>,
  query: Query,
): Promise<{ rows: Row[]; paging: Paging }> {
  const conditions: Condition[] = [visibleTo(context, collection)];
  for (const [name, given] of Object.entries(query)) {
    if (CONTROLS.includes(name) || given === undefined) continue;
    const attribute = Object.hasOwn(collection.attributes, name) ? collection.attributes[name] : undefined;
    if (!attribute) throw badRequest(`['${name}'] is invalid attribute for filtering`, 'HTTPBadRequest');
    conditions.push(filterCondition(name, attribute, all(given), context));
  }
  const paging = pagingOf(query);
  const sort = sortKeys(collection, query);
  if (paging.reverse) for (const key of sort) key.ascending = !key.ascending;
  if (paging.marker !== null) conditions.push(await afterMarker(db, collection, sort, paging.marker));
  const order = sort.map((key) => sql`${sortValue(key)} ${key.ascending ? sql`asc` : sql`desc`}`);
  const { rows } = await sql<Row>`select r.* from ${sql.table(collection.table)} as r
    where ${sql.join(conditions, sql` and `)} order by ${sql.join(order)}
    limit ${paging.limit ?? MOST_ROWS}`.execute(db);
  return { rows: paging.reverse ? rows.toReversed() : rows, paging };
}

/** One row that the caller sees. Throws the collection's 404 otherwise. */
export async function findRow<Row extends StoredRow>(
  db: Reader,
  context: Context,
  collection: Collection<Row>,
  id: string,
): Promise<Row> {
  const { rows } = await sql<Row>`select r.* from ${sql.table(collection.table)} as r
    where r.id = ${id} and ${visibleTo(context, collection)}`.execute(db);
  if (!rows[0]) throw collection.notFound(id);
  return rows[0];
}

function visibleTo<Row extends StoredRow>(context: Context, collection: Collection<Row>): Condition {
  return context.isAdmin ? sql`1 = 1` : sql`(${collection.visible(context)})`;
}

export const all = (value: string | string[]) => (Array.isArray(value) ? value : [value]);

function pagingOf(query: Query): Paging {
  const [limit] = all(query.limit ?? []);
  const [marker] = all(query.marker ?? []);
  const [reverse] = all(query.page_reverse ?? []);
  if (limit !== undefined && !/^\d{1,9}$/.test(limit)) {
    throw badRequest(`Limit must be an integer 0 or greater and not '${limit}'`, 'HTTPBadRequest');
  }
  // Neutron takes 0 for no limit.
  const count = limit === undefined || Number(limit) === 0 ? null : Math.min(Number(limit), MOST_ROWS);
  return { limit: count, marker: marker ?? null, reverse: reverse !== undefined && parseBool(reverse) === true };
}

function sortKeys<Row extends StoredRow>(collection: Collection<Row>, query: Query): SortKey[] {
  const names = all(query.sort_key ?? []);
  const directions = all(query.sort_dir ?? []);
  if (directions.length > 0 && directions.length !== names.length) {
    throw badRequest('The number of sort_keys and sort_dirs must be same', 'HTTPBadRequest');
  }
  const keys = names.map((name, index) => {
    const attribute = Object.hasOwn(collection.attributes, name) ? collection.attributes[name] : undefined;
    if (!attribute || attribute.filter) {
      throw badRequest(`['${name}'] is invalid attribute for sort key`, 'HTTPBadRequest');
    }
    const direction = directions[index] ?? 'asc';
    if (direction !== 'asc' && direction !== 'desc') throw invalidAttribute('sort_dir', "it must be 'asc' or 'desc'.");
    return {
      name,
      column: attribute.column ?? name,
      nullable: attribute.kind === 'text' ? '' : -1,
      ascending: direction === 'asc',
    };
  });
  if (keys.length === 0) keys.push({ name: 'created_at', column: 'created_at', nullable: -1, ascending: true });
  if (!keys.some((key) => key.column === 'id')) {
    keys.push({ name: 'id', column: 'id', nullable: '', ascending: keys.at(-1)?.ascending ?? true });
  }
  return keys;
}

const sortValue = (key: SortKey) => sql`coalesce(${column(key.column)}, ${sql.lit(key.nullable)})`;

/** What comes after the marker's row in the order of the keys. */
async function afterMarker<Row extends StoredRow>(
  db: Reader,
  collection: Collection<Row>,
  sort: readonly SortKey[],
  marker: string,
): Promise<Condition> {
  const { rows } = await sql<Record<string, string | number | null>>`select r.* from ${sql.table(collection.table)} as r
    where r.id = ${marker}`.execute(db);
  const row = rows[0];
  if (!row) throw badRequest(`marker '${marker}' is no ${collection.singular}.`, 'HTTPBadRequest');
  const alternatives = sort.map((key, index) => {
    const equal = sort
      .slice(0, index)
      .map((before) => sql`${sortValue(before)} = ${row[before.column] ?? before.nullable}`);
    const beyond = sql`${sortValue(key)} ${key.ascending ? sql`>` : sql`<`} ${row[key.column] ?? key.nullable}`;
    return sql`(${sql.join([...equal, beyond], sql` and `)})`;
  });
  return sql`(${sql.join(alternatives, sql` or `)})`;
}

/** Only the members a client asks for with `fields`, which may be repeated. */
export function selectFields(item: Record<string, unknown>, query: Query): Record<string, unknown> {
  const fields = all(query.fields ?? []).filter((field) => field !== '');
  if (fields.length === 0) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => fields.includes(name)));
}

/** `networks_links`: the pages before and after, when the list is limited. */
export function pageLinks(
  base: string,
  query: Query,
  paging: Paging,
  rows: readonly { id: string }[],
): { rel: string; href: string }[] {
  if (paging.limit === null) return [];
  const short = rows.length < paging.limit;
  const link = (marker: string | undefined, reverse: boolean) => {
    const search = new URLSearchParams();
    for (const [name, given] of Object.entries(query)) {
      if (name === 'marker' || name === 'page_reverse' || given === undefined) continue;
      for (const value of all(given)) search.append(name, value);
    }
    if (marker !== undefined) search.append('marker', marker);
    if (reverse) search.append('page_reverse', 'True');
    return `${base}?${search.toString()}`;
  };
  return [
    ...(short && !paging.reverse ? [] : [{ rel: 'next', href: link(rows.at(-1)?.id, false) }]),
    ...(short && paging.reverse ? [] : [{ rel: 'previous', href: link(rows[0]?.id, true) }]),
  ];
}
