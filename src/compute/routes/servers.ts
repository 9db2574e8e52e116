import { Type } from 'typebox';
import { accepted, noContent, ok, route, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { pageLinks } from '../catalogue/paging.ts';
import { planCreate } from '../create-input.ts';
import { createServers } from '../create.ts';
import { deleteOrKeepServer } from '../soft-delete.ts';
import { readFilters, type Query } from '../list-filters.ts';
import { listServerNames, listServers } from '../list.ts';
import { assertHostname, assertKnown } from '../microversions.ts';
import type { ServerPatch } from '../model.ts';
import { ensureNetwork } from '../proxies/auto-network.ts';
import { changeServer, serverById } from '../servers-store.ts';
import { serverLinks, viewServer, viewServers } from '../view.ts';
import { assertAddresses, CreateBody, isTrue, ServerParams, UpdateBody } from '../wire.ts';

const ListQuery = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]));

const list = (detail: boolean): Route =>
  route({
    operation: detail ? 'servers:detail' : 'servers:list',
    method: 'GET',
    path: detail ? '/servers/detail' : '/servers',
    query: ListQuery,
    async handler({ app, context, query, version }) {
      const db = app.store.read;
      const filters = readFilters(context, version, query as Query);
      const url = `${app.config.publicUrl}/compute/v2.1/servers${detail ? '/detail' : ''}`;
      if (detail) {
        const { rows, more } = await listServers(db, context, filters);
        const servers = await viewServers(app, db, context, version, 'detail', rows);
        return ok({ servers, ...pageLinks('servers_links', url, query, more, rows.at(-1)?.id) });
      }
      const { rows, more } = await listServerNames(db, context, filters);
      const servers = rows.map(({ id, name }) => ({ id, name, links: serverLinks(app, id) }));
      return ok({ servers, ...pageLinks('servers_links', url, query, more, rows.at(-1)?.id) });
    },
  });

const create = route({
  operation: 'servers:create',
  method: 'POST',
  path: '/servers',
  body: CreateBody,
  async handler({ app, context, body, version, request }) {
    const plan = await planCreate(app.store.read, context, version, body);
    if (body.server.networks === 'auto') await ensureNetwork({ app, context, request });
    const { ids, reservationId } = await createServers(app, context, body, plan);
    if (isTrue(body.server.return_reservation_id)) return accepted({ reservation_id: reservationId });
    const id = ids[0] ?? '';
    const links = serverLinks(app, id);
    const server = {
      id,
      links,
      'OS-DCF:diskConfig': body.server['OS-DCF:diskConfig'] ?? 'MANUAL',
      security_groups: body.server.security_groups ?? [{ name: 'default' }],
      adminPass: plan.adminPassword,
    };
    return accepted({ server }, { location: links[0]?.href ?? '' });
  },
});

const show = route({
  operation: 'servers:show',
  method: 'GET',
  path: '/servers/:server_id',
  params: ServerParams,
  async handler({ app, context, params, version }) {
    const db = app.store.read;
    const server = await serverById(db, context, params.server_id);
    return ok({ server: await viewServer(app, db, context, version, 'show', server) });
  },
});

const update = route({
  operation: 'servers:update',
  method: 'PUT',
  path: '/servers/:server_id',
  params: ServerParams,
  body: UpdateBody,
  async handler({ app, context, params, body, version }) {
    const asked = body.server;
    assertKnown(version, 'update', asked);
    assertHostname(version, asked.hostname);
    assertAddresses(asked);
    const view = await app.store.transaction(async (tx) => {
      const server = await serverById(tx.db, context, params.server_id);
      const patch: ServerPatch = {
        ...(asked.name !== undefined && { name: asked.name }),
        ...(asked.description !== undefined && { description: asked.description }),
        ...(asked.hostname !== undefined && { hostname: asked.hostname }),
        ...(asked.accessIPv4 !== undefined && { access_ipv4: asked.accessIPv4 }),
        ...(asked.accessIPv6 !== undefined && { access_ipv6: asked.accessIPv6 }),
        ...(asked['OS-DCF:diskConfig'] !== undefined && { disk_config: asked['OS-DCF:diskConfig'] }),
      };
      await changeServer(tx, server, context.now, patch, { document: true });
      await writeAudit(tx, context, 'compute:servers:update', server.id, { members: Object.keys(patch).join(',') });
      const changed = await serverById(tx.db, context, server.id);
      return viewServer(app, tx.db, context, version, 'update', changed);
    });
    return ok({ server: view });
  },
});

const remove = route({
  operation: 'servers:delete',
  method: 'DELETE',
  path: '/servers/:server_id',
  params: ServerParams,
  async handler({ app, context, params }) {
    await deleteOrKeepServer(app, context, params.server_id);
    return noContent();
  },
});

export const serverRoutes: Route[] = [list(false), list(true), create, show, update, remove];
