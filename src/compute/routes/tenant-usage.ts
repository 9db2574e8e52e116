import { Type } from 'typebox';
import { badRequest, forbidden, notFound } from '../../core/errors.ts';
import type { Call } from '../../http/route.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { atLeast } from '../../http/microversions.ts';
import { Strict } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { pageLinks } from '../catalogue/paging.ts';
import { addUp, serversInPeriod } from '../tenant-usage.ts';

const UsageQuery = Type.Object({
  start: Type.Optional(Type.String()),
  end: Type.Optional(Type.String()),
  detailed: Type.Optional(Type.String()),
  limit: Type.Optional(Type.String()),
  marker: Type.Optional(Type.String()),
});

type Query = { start?: string; end?: string; detailed?: string; limit?: string; marker?: string };

/** The times have no zone and are UTC; none is now. */
function periodOf(query: Query, now: number): { start: number; stop: number } {
  const read = (text: string | undefined) => {
    if (text === undefined || text === '') return now;
    const match = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?)?$/.test(text);
    const at = match ? Date.parse(`${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`) : Number.NaN;
    if (Number.isNaN(at)) throw badRequest(`Datetime is in invalid format: ${text}`);
    return at;
  };
  const start = read(query.start);
  const stop = read(query.end);
  if (start >= stop) throw badRequest('Invalid start time. The start time cannot occur after the end time.');
  return { start, stop: Math.min(stop, now) };
}

/** Nova's `max_limit`. */
const MOST = 1000;

function sizeOf(text: string | undefined): number {
  if (text === undefined) return MOST;
  if (!/^\d+$/.test(text)) throw badRequest('limit param must be an integer that is not negative.');
  return Math.min(Number(text), MOST);
}

/** The number of the server behind a marker, which may be deleted. */
async function markerOf(db: Reader, projectId: string | null, id: string | undefined): Promise<number | null> {
  if (id === undefined) return null;
  const row = await db
    .selectFrom('servers')
    .select('number')
    .where('id', '=', id)
    .$if(projectId !== null, (query) => query.where('project_id', '=', projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw badRequest(`marker [${id}] not found: it is not a server you can see.`);
  return row.number;
}

async function usages({ app, context, version, query }: Call<unknown, Query>, projectId: string | null, path: string) {
  const period = periodOf(query, context.now);
  const paged = atLeast(version, '2.40');
  const asked = paged ? query : {};
  const limit = sizeOf(asked.limit);
  const after = await markerOf(app.store.read, projectId, asked.marker);
  // One more than is shown tells whether there is a next page; without paging Nova cuts the list off too.
  const servers =
    limit === 0 ? [] : await serversInPeriod(app.store.read, period, projectId, { limit: limit + 1, after });
  const items = servers.slice(0, limit);
  const more = servers.length > limit;
  const url = `${app.config.publicUrl}/compute/v2.1${path}`;
  const links = (name: string) => (paged ? pageLinks(name, url, query, more, items.at(-1)?.id) : {});
  return { period, items, links };
}

/** What projects have used, also by servers that are gone. */
export const tenantUsageRoutes: Route[] = [
  route({
    operation: 'simple-tenant-usage:list',
    method: 'GET',
    path: '/os-simple-tenant-usage',
    query: UsageQuery,
    async handler(call) {
      // A client that asks for the usage of a project without a name.
      if (/\/(\?|$)/.test(call.request.url)) throw notFound('The resource could not be found.');
      const { period, items, links } = await usages(call, null, '/os-simple-tenant-usage');
      const detailed = call.query.detailed === '1';
      return ok({
        tenant_usages: addUp(items, period, detailed, call.context.now),
        ...links('tenant_usages_links'),
      });
    },
  }),
  route({
    operation: 'simple-tenant-usage:show',
    method: 'GET',
    path: '/os-simple-tenant-usage/:project_id',
    params: Strict({ project_id: Type.String() }),
    query: UsageQuery,
    async handler(call) {
      const { project_id: projectId } = call.params;
      if (!call.context.isAdmin && projectId !== call.context.projectId) {
        throw forbidden("Policy doesn't allow os_compute_api:os-simple-tenant-usage:show to be performed.");
      }
      const path = `/os-simple-tenant-usage/${projectId}`;
      const { period, items, links } = await usages(call, projectId, path);
      const [usage] = addUp(items, period, true, call.context.now);
      return ok({ tenant_usage: usage ?? {}, ...links('tenant_usage_links') });
    },
  }),
];
