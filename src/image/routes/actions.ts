import { badRequest, forbidden, notFound, tooLarge } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { noContent, route, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { checkValue } from '../fields.ts';
import { getOwnImage, tellMembers } from '../store/images.ts';
import { ImageParams, TagParams } from '../wire.ts';

const MOST_TAGS = 128;

async function setActive(app: App, context: Context, id: string, active: boolean): Promise<void> {
  const [from, to] = active ? (['deactivated', 'active'] as const) : (['active', 'deactivated'] as const);
  const verb = active ? 'reactivate' : 'deactivate';
  await app.store.transaction(async (tx) => {
    const image = await getOwnImage(tx.db, context, id, verb);
    if (image.status === to) return;
    if (image.status !== from) throw forbidden(`Not allowed to ${verb} image in status '${image.status}'`);
    await tx.db.updateTable('images').set({ status: to, updated_at: context.now }).where('id', '=', image.id).execute();
    await tellMembers(tx, image.id);
    await writeAudit(tx, context, `image:${verb}`, image.id);
  });
}

const deactivate = route({
  operation: 'images:deactivate',
  method: 'POST',
  path: '/images/:image_id/actions/deactivate',
  params: ImageParams,
  async handler({ app, context, params }) {
    await setActive(app, context, params.image_id, false);
    return noContent();
  },
});

const reactivate = route({
  operation: 'images:reactivate',
  method: 'POST',
  path: '/images/:image_id/actions/reactivate',
  params: ImageParams,
  async handler({ app, context, params }) {
    await setActive(app, context, params.image_id, true);
    return noContent();
  },
});

const addTag = route({
  operation: 'tags:add',
  method: 'PUT',
  path: '/images/:image_id/tags/:tag',
  params: TagParams,
  async handler({ app, context, params }) {
    checkValue('tags', [params.tag]);
    if (params.tag === '') throw badRequest('A tag has 1 to 255 characters.');
    await app.store.transaction(async (tx) => {
      const image = await getOwnImage(tx.db, context, params.image_id, 'tag');
      if (image.tags.includes(params.tag)) return;
      if (image.tags.length >= MOST_TAGS) throw tooLarge(`An image has at most ${MOST_TAGS} tags.`);
      await tx.db.insertInto('image_tags').values({ image_id: image.id, tag: params.tag }).execute();
      await tx.db.updateTable('images').set({ updated_at: context.now }).where('id', '=', image.id).execute();
      await writeAudit(tx, context, 'image:tag', image.id, { tag: params.tag });
    });
    return noContent();
  },
});

const removeTag = route({
  operation: 'tags:remove',
  method: 'DELETE',
  path: '/images/:image_id/tags/:tag',
  params: TagParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const image = await getOwnImage(tx.db, context, params.image_id, 'untag');
      if (!image.tags.includes(params.tag)) throw notFound(`Image ${image.id} has no tag ${params.tag}.`);
      await tx.db.deleteFrom('image_tags').where('image_id', '=', image.id).where('tag', '=', params.tag).execute();
      await tx.db.updateTable('images').set({ updated_at: context.now }).where('id', '=', image.id).execute();
      await writeAudit(tx, context, 'image:untag', image.id, { tag: params.tag });
    });
    return noContent();
  },
});

export const actionRoutes: readonly Route[] = [deactivate, reactivate, addTag, removeTag];
