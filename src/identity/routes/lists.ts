import type { RawBuilder, Selectable, SqlBool } from 'kysely';
import { ok, type Call, type Reply } from '../../http/route.ts';
import type { Database } from '../../store/database.ts';
import { tagsOf, type ProjectRow } from '../store/projects.ts';
import {
  all,
  collection,
  fetchLimit,
  filtersOf,
  pageOf,
  type Filterable,
  type Page,
  type Query,
} from '../wire/common.ts';
import { renderDomain, renderProject } from '../wire/projects.ts';

/* Lists of what has a name: filtered, sorted by name, in pages. */

type Named = 'projects' | 'users' | 'user_groups' | 'roles';

/** One page of a table, sorted by name: what the query string asks for, within what the caller may see. */
export async function namedRows<T extends Named>(
  call: { app: Call['app']; query: Query },
  table: T,
  { filters, within }: { filters: Filterable; within: readonly RawBuilder<SqlBool>[] },
): Promise<{ rows: Selectable<Database[T]>[]; page: Page }> {
  const page = pageOf(call.query, table);
  const rows = await call.app.store.read
    // Each of these tables has an id and a name: the query's type may be that of any of them.
    .selectFrom(table as 'roles')
    .selectAll()
    .where(all([...within, ...filtersOf(call.query, table, filters), page.condition]))
    .orderBy('name')
    .orderBy('id')
    .limit(fetchLimit(page))
    .execute();
  return { rows: rows as unknown as Selectable<Database[T]>[], page };
}

type Answering = Pick<Call, 'app' | 'request'>;

async function withTags(
  call: Answering,
  key: 'projects' | 'domains',
  rows: readonly ProjectRow[],
  page: Page | undefined,
): Promise<Reply> {
  const tags = await tagsOf(
    call.app.store.read,
    rows.map((row) => row.id),
  );
  const render = key === 'projects' ? renderProject : renderDomain;
  return ok(collection(call, key, rows, (row) => render(call, row, tags.get(row.id) ?? []), page));
}

/** The answer to a list of projects, with their tags. */
export const answerProjects = (call: Answering, rows: readonly ProjectRow[], page?: Page): Promise<Reply> =>
  withTags(call, 'projects', rows, page);

/** The answer to a list of domains, with their tags. */
export const answerDomains = (call: Answering, rows: readonly ProjectRow[], page?: Page): Promise<Reply> =>
  withTags(call, 'domains', rows, page);
