import { Type, type Static } from 'typebox';
import type { Selectable } from 'kysely';
import { isoNaive } from '../../core/clock.ts';
import { badRequest, notFound } from '../../core/errors.ts';
import type { ServerId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { page, pageLinks, PageQuery } from '../catalogue/paging.ts';
import { serverById } from '../servers-store.ts';
import type { ServerActionTable, ServerEventTable } from '../tables.ts';
import { hostIdOf } from '../view.ts';
import { ServerParams } from '../wire.ts';

const HistoryQuery = Type.Object({
  ...PageQuery,
  'changes-since': Type.Optional(Type.String()),
  'changes-before': Type.Optional(Type.String()),
});

/** Since 2.21 the history of servers that are gone can be read too. */
async function subject(db: Reader, context: Context, version: Version, id: string) {
  if (!atLeast(version, '2.21')) return serverById(db, context, id);
  const row = await db
    .selectFrom('servers')
    .selectAll()
    .where('id', '=', id as ServerId)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Instance ${id} could not be found.`, 'InstanceNotFound');
  return row;
}

function actionView(row: Selectable<ServerActionTable>, version: Version) {
  return {
    action: row.action,
    instance_uuid: row.server_id,
    message: row.message,
    project_id: row.project_id,
    request_id: row.request_id,
    start_time: isoNaive(row.start_time),
    user_id: row.user_id,
    ...(atLeast(version, '2.58') && { updated_at: isoNaive(row.updated_at) }),
  };
}

function eventView(
  event: Selectable<ServerEventTable>,
  context: Context,
  version: Version,
  server: { project_id: string },
  hostName: string | undefined,
) {
  return {
    event: event.event,
    start_time: isoNaive(event.start_time),
    finish_time: event.finish_time === null ? null : isoNaive(event.finish_time),
    result: event.result,
    ...(context.isAdmin && { traceback: null }),
    ...(atLeast(version, '2.62') && {
      hostId: hostIdOf(server, hostName),
      ...(context.isAdmin && { host: hostName ?? null }),
    }),
    ...(atLeast(version, '2.84') && { details: event.details }),
  };
}

function time(query: Static<typeof HistoryQuery>, name: 'changes-since' | 'changes-before', version: Version) {
  const text = query[name];
  const known = atLeast(version, name === 'changes-since' ? '2.58' : '2.66');
  if (text === undefined || !known) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw badRequest(`Invalid input for query parameters ${name}. Value: ${text}. It is not a 'date-time'.`);
  return at;
}

/** https://docs.openstack.org/api-ref/compute/#servers-actions-servers-os-instance-actions */
export const historyRoutes: Route[] = [
  route({
    operation: 'instance-actions:list',
    method: 'GET',
    path: '/servers/:server_id/os-instance-actions',
    params: ServerParams,
    query: HistoryQuery,
    async handler({ app, context, params, query, version }) {
      const db = app.store.read;
      const server = await subject(db, context, version, params.server_id);
      const since = time(query, 'changes-since', version);
      const before = time(query, 'changes-before', version);
      const rows = await db
        .selectFrom('server_actions')
        .selectAll()
        .where('server_id', '=', server.id)
        .$if(since !== null, (narrow) => narrow.where('updated_at', '>=', since))
        .$if(before !== null, (narrow) => narrow.where('updated_at', '<=', before))
        .orderBy('id', 'desc')
        .execute();
      if (!atLeast(version, '2.58')) return ok({ instanceActions: rows.map((row) => actionView(row, version)) });
      const { items, more } = page(rows, query, (row) => row.request_id, 'request');
      const url = `${app.config.publicUrl}/compute/v2.1/servers/${server.id}/os-instance-actions`;
      return ok({
        instanceActions: items.map((row) => actionView(row, version)),
        ...pageLinks('links', url, query, more, items.at(-1)?.request_id),
      });
    },
  }),
  route({
    operation: 'instance-actions:show',
    method: 'GET',
    path: '/servers/:server_id/os-instance-actions/:request_id',
    params: Strict({ server_id: Type.String(), request_id: Type.String() }),
    async handler({ app, context, params, version }) {
      const db = app.store.read;
      const server = await subject(db, context, version, params.server_id);
      const row = await db
        .selectFrom('server_actions')
        .selectAll()
        .where('server_id', '=', server.id)
        .where('request_id', '=', params.request_id)
        .orderBy('id', 'desc')
        .executeTakeFirst();
      if (!row) throw notFound(`Action for request_id ${params.request_id} on instance ${server.id} not found`);
      const withEvents = context.isAdmin || atLeast(version, '2.51');
      const events = withEvents
        ? await db.selectFrom('server_events').selectAll().where('action_id', '=', row.id).orderBy('id').execute()
        : [];
      const hosts = await db.selectFrom('hosts').select(['id', 'name']).execute();
      const nameOf = (id: string | null) => hosts.find((host) => host.id === id)?.name;
      const shown = events.map((event) => eventView(event, context, version, server, nameOf(event.host_id)));
      return ok({ instanceAction: { ...actionView(row, version), ...(withEvents && { events: shown }) } });
    },
  }),
];
