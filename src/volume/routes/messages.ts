import { Type } from 'typebox';
import type { Selectable } from 'kysely';
import { isoNaive } from '../../core/clock.ts';
import { notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { listRows } from '../list.ts';
import { MESSAGES } from '../specs.ts';
import type { VolumeMessageTable } from '../tables.ts';
import { since } from '../versions.ts';
import { linksTo } from '../views.ts';
import { AnyQuery } from '../wire.ts';

type Row = Selectable<VolumeMessageTable>;
const Params = Strict({ message_id: Type.String() });

const view = (app: App, row: Row) => ({
  id: row.id,
  event_id: row.event_id,
  user_message: row.user_message,
  message_level: row.message_level,
  request_id: row.request_id,
  resource_type: row.resource_type,
  resource_uuid: row.resource_uuid,
  created_at: isoNaive(row.created_at),
  guaranteed_until: isoNaive(row.guaranteed_until),
  links: linksTo(app, 'messages', row.id),
});

async function find(db: Reader, context: Context, id: string): Promise<Row> {
  const row = await db
    .selectFrom('volume_messages')
    .selectAll()
    .where('id', '=', id)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Message ${id} could not be found.`, 'MessageNotFound');
  return row;
}

export const messageRoutes: Route[] = [
  since('3.3', {
    operation: 'messages:list',
    method: 'GET',
    path: '/messages',
    query: AnyQuery,
    async handler({ app, context, version, query }) {
      const { rows, links } = await listRows<Row>(app, context, version, query, MESSAGES);
      return ok({ messages: rows.map((row) => view(app, row)), ...links });
    },
  }),
  since('3.3', {
    operation: 'messages:show',
    method: 'GET',
    path: '/messages/:message_id',
    params: Params,
    handler: async ({ app, context, params }) =>
      ok({ message: view(app, await find(app.store.read, context, params.message_id)) }),
  }),
  since('3.3', {
    operation: 'messages:delete',
    method: 'DELETE',
    path: '/messages/:message_id',
    params: Params,
    async handler({ app, context, params }) {
      await app.store.transaction(async (tx) => {
        const row = await find(tx.db, context, params.message_id);
        await tx.db.deleteFrom('volume_messages').where('id', '=', row.id).execute();
        await writeAudit(tx, context, 'volume:messages:delete', row.id);
      });
      return noContent();
    },
  }),
];
