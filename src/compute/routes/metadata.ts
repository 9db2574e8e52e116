import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson, toJson } from '../../store/json.ts';
import { assertMetadataQuota } from '../create-input.ts';
import { assertUnlocked } from '../delete.ts';
import { changeServer, serverById } from '../servers-store.ts';
import { Metadata, ServerParams } from '../wire.ts';

type Items = Record<string, string>;

const KeyParams = Strict({ server_id: Type.String(), key: Type.String({ minLength: 1, maxLength: 255 }) });

/** Changes the items in one transaction, so that two changes at once both stay; the guest can read the new ones. */
async function changeItems(app: App, context: Context, id: string, change: (items: Items) => Items): Promise<Items> {
  return app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    const items = change(fromJson<Items>(server.metadata));
    await assertMetadataQuota(tx.db, context, Object.keys(items).length);
    await changeServer(tx, server, context.now, { metadata: toJson(items) }, { document: true });
    await writeAudit(tx, context, 'compute:servers:metadata', server.id, { keys: Object.keys(items).join(',') });
    return items;
  });
}

async function readItems(app: App, context: Context, id: string): Promise<Items> {
  return fromJson<Items>((await serverById(app.store.read, context, id)).metadata);
}

const noItem = () => notFound('Metadata item was not found');

export const metadataRoutes: Route[] = [
  route({
    operation: 'servers:metadata:list',
    method: 'GET',
    path: '/servers/:server_id/metadata',
    params: ServerParams,
    handler: async ({ app, context, params }) => ok({ metadata: await readItems(app, context, params.server_id) }),
  }),
  route({
    operation: 'servers:metadata:update',
    method: 'POST',
    path: '/servers/:server_id/metadata',
    params: ServerParams,
    body: Strict({ metadata: Metadata }),
    async handler({ app, context, params, body }) {
      const merge = (items: Items) => ({ ...items, ...body.metadata });
      return ok({ metadata: await changeItems(app, context, params.server_id, merge) });
    },
  }),
  route({
    operation: 'servers:metadata:replace',
    method: 'PUT',
    path: '/servers/:server_id/metadata',
    params: ServerParams,
    body: Strict({ metadata: Metadata }),
    async handler({ app, context, params, body }) {
      return ok({ metadata: await changeItems(app, context, params.server_id, () => body.metadata) });
    },
  }),
  route({
    operation: 'servers:metadata:show',
    method: 'GET',
    path: '/servers/:server_id/metadata/:key',
    params: KeyParams,
    async handler({ app, context, params }) {
      const value = (await readItems(app, context, params.server_id))[params.key];
      if (value === undefined) throw noItem();
      return ok({ meta: { [params.key]: value } });
    },
  }),
  route({
    operation: 'servers:metadata:set',
    method: 'PUT',
    path: '/servers/:server_id/metadata/:key',
    params: KeyParams,
    body: Strict({ meta: Metadata }),
    async handler({ app, context, params, body }) {
      const value = body.meta[params.key];
      if (Object.keys(body.meta).length !== 1) throw badRequest('Request body contains too many or too few items');
      if (value === undefined) throw badRequest('Request body and URI mismatch');
      await changeItems(app, context, params.server_id, (items) => ({ ...items, [params.key]: value }));
      return ok({ meta: { [params.key]: value } });
    },
  }),
  route({
    operation: 'servers:metadata:delete',
    method: 'DELETE',
    path: '/servers/:server_id/metadata/:key',
    params: KeyParams,
    async handler({ app, context, params }) {
      await changeItems(app, context, params.server_id, ({ [params.key]: removed, ...rest }) => {
        if (removed === undefined) throw noItem();
        return rest;
      });
      return noContent();
    },
  }),
];
