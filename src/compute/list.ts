import { sql, type ExpressionBuilder, type SelectQueryBuilder } from 'kysely';
import { badRequest } from '../core/errors.ts';
import type { ServerId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { serverPorts } from '../network/index.ts';
import type { Database } from '../store/database.ts';
import type { Reader } from '../store/store.ts';
import { DEFAULT_ZONE, hostZones } from './catalogue/aggregates.ts';
import type { ListFilters } from './list-filters.ts';
import type { ServerRow } from './model.ts';
import { statesOf } from './states.ts';
import { VIEWED, type ViewedServer } from './view.ts';

/** Rows read at once when a pattern is applied to them one by one. */
const BATCH = 500;

type Servers = SelectQueryBuilder<Database, 'servers', object>;
type Where = ExpressionBuilder<Database, 'servers'>;

/** A page of servers in order, and whether more follow. */
export interface Page<T> {
  rows: T[];
  more: boolean;
}

/** The page that `filters` ask for. Throws ApiError 400 for a marker that is not there. */
export async function listServers(db: Reader, context: Context, filters: ListFilters): Promise<Page<ViewedServer>> {
  const { limit } = filters;
  const first = await rowsOf(db, context, filters);
  if (!isByPattern(filters))
    return pageOf(
      await first(null, limit + 1)
        .select(VIEWED)
        .execute(),
      limit,
    );
  const rows: ViewedServer[] = [];
  for (let after: ViewedServer | null = null; ;) {
    const batch: ViewedServer[] = await first(after, BATCH).select(VIEWED).execute();
    rows.push(...(await matching(db, batch, filters)));
    if (rows.length > limit || batch.length < BATCH) return pageOf(rows, limit);
    after = batch.at(-1) ?? null;
  }
}

/** The same, of each server only what a short list shows. */
export async function listServerNames(
  db: Reader,
  context: Context,
  filters: ListFilters,
): Promise<Page<Pick<ServerRow, 'id' | 'name'>>> {
  if (isByPattern(filters)) return listServers(db, context, filters);
  const first = await rowsOf(db, context, filters);
  return pageOf(
    await first(null, filters.limit + 1)
      .select(['id', 'name'])
      .execute(),
    filters.limit,
  );
}

const isByPattern = (filters: ListFilters) => filters.patterns.length > 0 || filters.ip.length > 0;

const pageOf = <T>(rows: T[], limit: number): Page<T> => ({
  rows: rows.slice(0, limit),
  more: limit > 0 && rows.length > limit,
});

/** The rows in order, from the marker on or from after another row. */
async function rowsOf(db: Reader, context: Context, filters: ListFilters) {
  const marker = filters.marker === null ? null : await markerRow(db, context, filters.marker);
  const base = await filtered(db, filters);
  return (after: ViewedServer | null, count: number): Servers => {
    const from = after ?? marker;
    return ordered(from === null ? base : beyond(base, filters.sort, from), filters.sort).limit(count);
  };
}

async function markerRow(db: Reader, context: Context, id: string): Promise<ViewedServer> {
  const row = await db
    .selectFrom('servers')
    .select(VIEWED)
    .where('id', '=', id as ServerId)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw badRequest(`marker [${id}] not found`);
  return row;
}

async function filtered(db: Reader, filters: ListFilters): Promise<Servers> {
  let query: Servers = db.selectFrom('servers');
  if (filters.projectId !== null) query = query.where('project_id', '=', filters.projectId);
  if (filters.deleted !== 'both') query = query.where('deleted', '=', filters.deleted === 'only' ? 1 : 0);
  if (filters.deleted === 'no' && !filters.softDeleted) query = query.where('vm_state', '<>', 'soft-delete');
  for (const { column, value } of filters.exact) query = query.where(sql.ref(column), '=', value);
  if (filters.statuses.length > 0) query = query.where((where) => whereStatus(where, filters.statuses));
  if (filters.locked !== null) query = query.where('locked_by', filters.locked ? 'is not' : 'is', null);
  if (filters.configDrive !== null) query = query.where('config_drive', '=', filters.configDrive ? 1 : 0);
  if (filters.changedSince !== null) query = query.where('updated_at', '>=', filters.changedSince);
  if (filters.changedBefore !== null) query = query.where('updated_at', '<=', filters.changedBefore);
  if (filters.host !== null || filters.zone !== null) query = await onHosts(db, query, filters);
  return whereTags(query, filters.tags);
}

function whereStatus(where: Where, statuses: readonly string[]) {
  return where.or(
    statuses
      .flatMap(statesOf)
      .map(({ vm, task, except }) =>
        where.and([
          where('vm_state', '=', vm),
          ...(task !== null ? [where('task_state', '=', task)] : []),
          ...(except.length > 0
            ? [where.or([where('task_state', 'is', null), where('task_state', 'not in', except)])]
            : []),
        ]),
      ),
  );
}

async function onHosts(db: Reader, query: Servers, filters: ListFilters): Promise<Servers> {
  const zones = await hostZones(db);
  const hosts = await db.selectFrom('hosts').select(['id', 'name']).execute();
  const wanted = hosts.filter(
    ({ name }) =>
      (filters.host === null || name === filters.host) &&
      (filters.zone === null || (zones.get(name) ?? DEFAULT_ZONE) === filters.zone),
  );
  return query.where(
    'host_id',
    'in',
    wanted.map(({ id }) => id),
  );
}

function whereTags(query: Servers, tags: ListFilters['tags']): Servers {
  const having = (list: readonly string[]) =>
    sql<number>`(select count(*) from server_tags t where t.server_id = servers.id and t.tag in (${sql.join(list)}))`;
  let narrowed = query;
  if (tags.all.length > 0) narrowed = narrowed.where(having(tags.all), '=', new Set(tags.all).size);
  if (tags.any.length > 0) narrowed = narrowed.where(having(tags.any), '>', 0);
  if (tags.notAll.length > 0) narrowed = narrowed.where(having(tags.notAll), '<', new Set(tags.notAll).size);
  if (tags.notAny.length > 0) narrowed = narrowed.where(having(tags.notAny), '=', 0);
  return narrowed;
}

const NEVER_NULL = new Set(['created_at', 'updated_at', 'number', 'id', 'name', 'hostname', 'vm_state', 'project_id']);

/** Columns to sort by that hold numbers, of those that can be null. */
const NUMBERS = new Set(['launched_at', 'terminated_at', 'power_state', 'launch_index', 'config_drive']);

/** What null counts as: the lowest of all. */
const lowest = (column: string) => (NUMBERS.has(column) ? -1 : '');

/** A column to sort by: null sorts first, and can be compared; a plain column can use its index. */
const keyOf = (column: string) =>
  NEVER_NULL.has(column)
    ? sql`${sql.ref(`servers.${column}`)}`
    : sql`coalesce(${sql.ref(`servers.${column}`)}, ${sql.lit(lowest(column))})`;

/** By the wished columns, then by age, so that every order is one order. */
function ordered(query: Servers, sort: ListFilters['sort']): Servers {
  let result = query;
  for (const { column, descending } of sort) result = result.orderBy(keyOf(column), descending ? 'desc' : 'asc');
  return result.orderBy('number', lastDescends(sort) ? 'desc' : 'asc');
}

const lastDescends = (sort: ListFilters['sort']) => sort.at(-1)?.descending ?? true;

/** The rows after one in that order: greater in the first column that differs. */
function beyond(query: Servers, sort: ListFilters['sort'], row: ViewedServer): Servers {
  const columns = [...sort, { column: 'number' as const, descending: lastDescends(sort) }];
  const steps = columns.map(({ column, descending }, index) => {
    const value = row[column] ?? lowest(column);
    const same = columns
      .slice(0, index)
      .map((one) => sql<boolean>`${keyOf(one.column)} = ${row[one.column] ?? lowest(one.column)}`);
    const next = descending ? sql<boolean>`${keyOf(column)} < ${value}` : sql<boolean>`${keyOf(column)} > ${value}`;
    return sql<boolean>`(${sql.join([...same, next], sql` and `)})`;
  });
  return query.where(sql<boolean>`(${sql.join(steps, sql` or `)})`);
}

async function matching(db: Reader, batch: readonly ViewedServer[], filters: ListFilters): Promise<ViewedServer[]> {
  const named = batch.filter((row) => filters.patterns.every(({ column, test }) => test(row[column] ?? '')));
  if (filters.ip.length === 0 || named.length === 0) return named;
  const ports = await serverPorts(
    db,
    named.map((row) => row.id),
  );
  return named.filter((row) => {
    const addresses = (ports.get(row.id) ?? []).flatMap((port) => [
      ...port.addresses.map(({ address, version }) => ({ address, version })),
      ...port.floatingAddresses.map(({ floating }) => ({ address: floating, version: 4 as const })),
    ]);
    return filters.ip.some(({ version, test }) =>
      addresses.some((one) => one.version === version && test(one.address)),
    );
  });
}
