import { Type } from 'typebox';
import { badRequest, forbidden, notFound } from '../../core/errors.ts';
import type { Call } from '../../http/route.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { atLeast } from '../../http/microversions.ts';
import { Strict } from '../../http/schemas.ts';
import { page, pageLinks } from '../catalogue/paging.ts';
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

async function usages({ app, context, version, query }: Call<unknown, Query>, projectId: string | null, path: string) {
  const period = periodOf(query, context.now);
  const servers = await serversInPeriod(app.store.read, period, projectId);
  const paged = atLeast(version, '2.40');
  const { items, more } = page(servers, paged ? query : {}, (server) => server.id, 'server');
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
    access: 'admin',
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
    access: 'reader',
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
