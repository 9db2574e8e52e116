import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Tx } from '../../store/store.ts';
import type { ServerRow } from '../model.ts';
import { serverById, tagsOf } from '../servers-store.ts';
import { ServerParams, Tag } from '../wire.ts';

const MOST = 50;
const TagParams = Strict({ server_id: Type.String(), tag: Type.String() });

function assertVersion(version: Version): void {
  if (!atLeast(version, '2.26')) throw notFound('The resource could not be found.');
}

async function change<T>(
  app: App,
  context: Context,
  [verb, id]: [verb: string, id: string],
  work: (tx: Tx, server: ServerRow) => Promise<T>,
) {
  return app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    const result = await work(tx, server);
    await tx.db.updateTable('servers').set({ updated_at: context.now }).where('id', '=', server.id).execute();
    await writeAudit(tx, context, `compute:servers:tags:${verb}`, server.id);
    return result;
  });
}

async function readTags(app: App, context: Context, id: string): Promise<string[]> {
  const server = await serverById(app.store.read, context, id);
  return (await tagsOf(app.store.read, [server.id])).get(server.id) ?? [];
}

/** https://docs.openstack.org/api-ref/compute/#server-tags-servers-tags */
export const tagRoutes: Route[] = [
  route({
    operation: 'servers:tags:list',
    method: 'GET',
    path: '/servers/:server_id/tags',
    params: ServerParams,
    async handler({ app, context, params, version }) {
      assertVersion(version);
      return ok({ tags: await readTags(app, context, params.server_id) });
    },
  }),
  route({
    operation: 'servers:tags:replace',
    method: 'PUT',
    path: '/servers/:server_id/tags',
    params: ServerParams,
    body: Strict({ tags: Type.Array(Tag) }),
    async handler({ app, context, params, body, version }) {
      assertVersion(version);
      const tags = [...new Set(body.tags)].sort();
      if (tags.length > MOST) throw badRequest(`The number of tags exceeded the per-server limit ${MOST}`);
      await change(app, context, ['replace', params.server_id], async (tx, server) => {
        await tx.db.deleteFrom('server_tags').where('server_id', '=', server.id).execute();
        const rows = tags.map((tag) => ({ server_id: server.id, tag }));
        if (rows.length > 0) await tx.db.insertInto('server_tags').values(rows).execute();
      });
      return ok({ tags });
    },
  }),
  route({
    operation: 'servers:tags:clear',
    method: 'DELETE',
    path: '/servers/:server_id/tags',
    params: ServerParams,
    async handler({ app, context, params, version }) {
      assertVersion(version);
      await change(app, context, ['clear', params.server_id], (tx, server) =>
        tx.db.deleteFrom('server_tags').where('server_id', '=', server.id).execute(),
      );
      return noContent();
    },
  }),
  route({
    operation: 'servers:tags:check',
    method: 'GET',
    path: '/servers/:server_id/tags/:tag',
    params: TagParams,
    async handler({ app, context, params, version }) {
      assertVersion(version);
      const tags = await readTags(app, context, params.server_id);
      if (!tags.includes(params.tag)) throw notFound(`Server ${params.server_id} has no tag '${params.tag}'`);
      return noContent();
    },
  }),
  route({
    operation: 'servers:tags:add',
    method: 'PUT',
    path: '/servers/:server_id/tags/:tag',
    params: TagParams,
    async handler({ app, context, params, version }) {
      assertVersion(version);
      const { tag } = params;
      if (tag === '' || tag.length > 60 || /[,/]/.test(tag)) {
        throw badRequest(`Tag '${tag}' is invalid: 1 to 60 characters, neither comma nor slash.`);
      }
      const fresh = await change(app, context, ['add', params.server_id], async (tx, server) => {
        const known = (await tagsOf(tx.db, [server.id])).get(server.id) ?? [];
        if (known.includes(tag)) return false;
        if (known.length >= MOST) throw badRequest(`The number of tags exceeded the per-server limit ${MOST}`);
        await tx.db.insertInto('server_tags').values({ server_id: server.id, tag }).execute();
        return true;
      });
      const location = `${app.config.publicUrl}/compute/v2.1/servers/${params.server_id}/tags/${encodeURIComponent(tag)}`;
      return fresh ? { status: 201, body: null, headers: { location } } : noContent({ location });
    },
  }),
  route({
    operation: 'servers:tags:remove',
    method: 'DELETE',
    path: '/servers/:server_id/tags/:tag',
    params: TagParams,
    async handler({ app, context, params, version }) {
      assertVersion(version);
      await change(app, context, ['remove', params.server_id], async (tx, server) => {
        const gone = await tx.db
          .deleteFrom('server_tags')
          .where('server_id', '=', server.id)
          .where('tag', '=', params.tag)
          .executeTakeFirst();
        if (gone.numDeletedRows === 0n) throw notFound(`Server ${server.id} has no tag '${params.tag}'`);
      });
      return noContent();
    },
  }),
];
