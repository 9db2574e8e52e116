import { Type, type TSchema } from 'typebox';
import { notFound } from '../../core/errors.ts';
import type { NetworkId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { invalidInput } from '../errors.ts';
import { operationsOf, type Collection, type StoredRow } from './collection.ts';
import { findRow } from './list.ts';
import { change, changeable, IdParams, type Changes } from './change.ts';

const MOST_TAGS = 50;

/** Query and path separators would make a tag that no filter can name. */
const Tag = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^,/]+$' });
const TagParams = Strict({ id: Type.String({ maxLength: 255 }), tag: Tag });

/** The tags of each row, in alphabetic order. */
export async function renderTags(
  db: Reader,
  collection: string,
  rows: readonly { id: string }[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (rows.length === 0) return found;
  const tags = await db
    .selectFrom('network_tags')
    .selectAll()
    .where('collection', '=', collection)
    .where(
      'resource_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('tag')
    .execute();
  for (const { resource_id, tag } of tags) found.set(resource_id, [...(found.get(resource_id) ?? []), tag]);
  return found;
}

/** https://docs.openstack.org/api-ref/network/v2/#standard-attributes-tag-extension */
export function tagRoutes<Row extends StoredRow>(
  collection: Collection<Row>,
  changes: Pick<Changes<Row, TSchema, TSchema>, 'mayChange' | 'adminOnly'>,
  /** Where the routes are, when that is not below the collection itself. */
  elsewhere?: { path: string; operation: string },
): Route[] {
  const { path, table } = collection;
  const base = elsewhere?.path ?? path;
  const singular = elsewhere?.operation ?? operationsOf(collection).one;
  const edit = (context: Context, id: string, work: (tx: Tx, tags: string[]) => Promise<void>) => async (tx: Tx) => {
    const row = await changeable(tx, context, collection, changes, id, 'update');
    await work(tx, (await renderTags(tx.db, path, [row])).get(row.id) ?? []);
    const count = (await renderTags(tx.db, path, [row])).get(row.id)?.length ?? 0;
    if (count > MOST_TAGS) throw invalidInput(`a resource may have at most ${MOST_TAGS} tags.`);
    await tx.db
      .updateTable(table as 'networks')
      .set((eb) => ({ revision_number: eb('revision_number', '+', 1), updated_at: context.now }))
      .where('id', '=', row.id as NetworkId)
      .execute();
    return [row.id];
  };
  const add = (tx: Tx, id: string, tags: readonly string[]) =>
    tx.db
      .insertInto('network_tags')
      .values(tags.map((tag) => ({ collection: path, resource_id: id, tag })))
      .onConflict((clash) => clash.doNothing())
      .execute();
  const removeAll = (tx: Tx, id: string) => tx.db.deleteFrom('network_tags').where('resource_id', '=', id).execute();
  return [
    route({
      operation: `${singular}:list-tags`,
      method: 'GET',
      path: `/${base}/:id/tags`,
      params: IdParams,
      async handler({ app, context, params }) {
        const row = await findRow(app.store.read, context, collection, params.id);
        return ok({ tags: (await renderTags(app.store.read, path, [row])).get(row.id) ?? [] });
      },
    }),
    route({
      operation: `${singular}:show-tag`,
      method: 'GET',
      path: `/${base}/:id/tags/:tag`,
      params: TagParams,
      async handler({ app, context, params }) {
        const row = await findRow(app.store.read, context, collection, params.id);
        const tags = (await renderTags(app.store.read, path, [row])).get(row.id) ?? [];
        if (!tags.includes(params.tag)) throw tagNotFound(params.tag);
        return noContent();
      },
    }),
    route({
      operation: `${singular}:set-tags`,
      method: 'PUT',
      path: `/${base}/:id/tags`,
      params: IdParams,
      body: Strict({ tags: Type.Array(Tag, { uniqueItems: true }) }),
      async handler({ app, context, params, body }) {
        const work = edit(context, params.id, async (tx) => {
          await removeAll(tx, params.id);
          if (body.tags.length > 0) await add(tx, params.id, body.tags);
        });
        await change(app, context, `${singular}:set-tags`, work);
        return ok({ tags: body.tags });
      },
    }),
    route({
      operation: `${singular}:add-tag`,
      method: 'PUT',
      path: `/${base}/:id/tags/:tag`,
      params: TagParams,
      async handler({ app, context, params }) {
        const work = edit(context, params.id, async (tx) => void (await add(tx, params.id, [params.tag])));
        await change(app, context, `${singular}:add-tag`, work);
        return created({});
      },
    }),
    route({
      operation: `${singular}:remove-tags`,
      method: 'DELETE',
      path: `/${base}/:id/tags`,
      params: IdParams,
      async handler({ app, context, params }) {
        const work = edit(context, params.id, async (tx) => void (await removeAll(tx, params.id)));
        await change(app, context, `${singular}:remove-tags`, work);
        return noContent();
      },
    }),
    route({
      operation: `${singular}:remove-tag`,
      method: 'DELETE',
      path: `/${base}/:id/tags/:tag`,
      params: TagParams,
      async handler({ app, context, params }) {
        const work = edit(context, params.id, async (tx, tags) => {
          if (!tags.includes(params.tag)) throw tagNotFound(params.tag);
          await tx.db
            .deleteFrom('network_tags')
            .where('resource_id', '=', params.id)
            .where('tag', '=', params.tag)
            .execute();
        });
        await change(app, context, `${singular}:remove-tag`, work);
        return noContent();
      },
    }),
  ];
}

const tagNotFound = (tag: string) => notFound(`Tag ${tag} could not be found.`, 'TagResourceNotFound');
