import { Type } from 'typebox';
import { notFound } from '../../core/errors.ts';
import { ok, route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { findEvent, listEvents } from '../store.ts';
import { Event, Events, EventsQuery, renderEvent, wantedOf } from '../wire.ts';

const list = route({
  operation: 'events:list',
  method: 'GET',
  path: '/events',
  query: EventsQuery,
  response: Events,
  async handler({ app, context, query }) {
    const wanted = wantedOf(query);
    const rows = await listEvents(app.store.read, context, wanted);
    const last = rows.length < wanted.limit ? undefined : rows.at(-1);
    const parameters = new URLSearchParams({ ...query, ...(last && { marker: String(last.id) }) });
    const next = last ? `${app.config.publicUrl}/audit/v1/events?${parameters.toString()}` : null;
    return ok({ events: rows.map(renderEvent), links: { next } });
  },
});

const show = route({
  operation: 'events:show',
  method: 'GET',
  path: '/events/:event_id',
  params: Strict({ event_id: Type.String({ maxLength: 255 }) }),
  response: Type.Object({ event: Event }),
  async handler({ app, context, params }) {
    const id = /^\d{1,15}$/.test(params.event_id) ? Number(params.event_id) : null;
    const row = id === null ? undefined : await findEvent(app.store.read, context, id);
    if (!row) throw notFound(`There is no event ${params.event_id}: it is unknown, or older than what is kept.`);
    return ok({ event: renderEvent(row) });
  },
});

export const eventRoutes = [list, show];
