import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import type { ServerId } from '../../core/ids.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';

/** The events, with the versions that brought them. */
const EVENTS: Record<string, `2.${number}`> = {
  'network-changed': '2.1',
  'network-vif-plugged': '2.1',
  'network-vif-unplugged': '2.1',
  'network-vif-deleted': '2.1',
  'volume-extended': '2.51',
  'power-update': '2.76',
  'accelerator-request-bound': '2.82',
  'volume-reimaged': '2.93',
};

/** Events that say nothing without a tag: the volume, or the state. */
const TAGGED = new Set(['volume-extended', 'power-update', 'accelerator-request-bound', 'volume-reimaged']);

const Event = Strict({
  name: Type.String(),
  server_uuid: Type.String({ pattern: '^[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' }),
  status: Type.Optional(Type.Enum(['failed', 'completed', 'in-progress'])),
  tag: Type.Optional(Type.String({ maxLength: 255 })),
});

function assertNames(events: readonly { name: string }[], version: Version): void {
  for (const { name } of events) {
    const since = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
    if (since === undefined || !atLeast(version, since)) {
      const known = Object.keys(EVENTS).filter((one) => atLeast(version, EVENTS[one] ?? '2.1'));
      throw badRequest(
        `Invalid input for field/attribute name. Value: ${name}. It must be one of ${known.join(', ')}.`,
      );
    }
  }
}

/**
 * What other services tell of a server. Ours share a database, so an event is a reason to look now and no more: the
 * host's document and the server's ports are compared with what is.
 * https://docs.openstack.org/api-ref/compute/#create-external-events-os-server-external-events
 */
export const externalEventRoutes: Route[] = [
  route({
    operation: 'server-external-events:create',
    method: 'POST',
    path: '/os-server-external-events',
    body: Strict({ events: Type.Array(Event, { minItems: 1, maxItems: 1000 }) }),
    async handler({ app, context, body, version }) {
      assertNames(body.events, version);
      const ids = [...new Set(body.events.map((event) => event.server_uuid as ServerId))];
      const rows = await app.store.read
        .selectFrom('servers')
        .select(['id', 'host_id'])
        .where('id', 'in', ids)
        .where('deleted', '=', 0)
        .execute();
      const hosts = new Map(rows.map((row) => [row.id, row.host_id]));
      const codeOf = (event: { name: string; server_uuid: string; tag?: string }) => {
        const host = hosts.get(event.server_uuid as ServerId);
        if (host === undefined) return 404;
        if (TAGGED.has(event.name) && event.tag === undefined) return 400;
        return host === null ? 422 : 200;
      };
      const events = body.events.map((event) => {
        const code = codeOf(event);
        return { ...event, status: code === 200 ? (event.status ?? 'completed') : 'failed', code };
      });
      const done = events.filter(({ code }) => code === 200);
      await app.store.transaction(async (tx) => {
        for (const event of done) {
          await writeAudit(tx, context, 'compute:server-external-events', event.server_uuid, { event: event.name });
        }
        for (const event of done) tx.raise(`host:${hosts.get(event.server_uuid as ServerId)}`);
        if (done.length > 0) tx.raise('ports');
      });
      return { status: done.length === events.length ? 200 : 207, body: { events } };
    },
  }),
];
