import { Type } from 'typebox';
import { conflict, forbidden } from '../../core/errors.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { limitsOf, usageOf, usageView } from '../quota.ts';
import { imageSchema, imagesSchema, memberSchema, membersSchema } from '../schemas.ts';
import { getOwnImage } from '../store/images.ts';
import { hasData, IMPORT_METHODS, STORE } from '../wire.ts';

const schemaRoute = (name: string, schema: object) =>
  route({
    operation: `schemas:${name}`,
    method: 'GET',
    path: `/schemas/${name}`,
    handler: async () => ok(schema),
  });

const importInfo = route({
  operation: 'info:import',
  method: 'GET',
  path: '/info/import',
  handler: async () =>
    ok({
      'import-methods': { description: 'Import methods available.', type: 'array', value: [...IMPORT_METHODS] },
    }),
});

const stores = route({
  operation: 'info:stores',
  method: 'GET',
  path: '/info/stores',
  handler: async () => ok({ stores: [{ id: STORE, description: "The controller's disk", default: 'true' }] }),
});

const storesDetail = route({
  operation: 'info:stores-detail',
  method: 'GET',
  path: '/info/stores/detail',
  handler: async () =>
    ok({
      stores: [
        { id: STORE, description: "The controller's disk", default: 'true', type: 'file', weight: 0, properties: {} },
      ],
    }),
});

const usage = route({
  operation: 'info:usage',
  method: 'GET',
  path: '/info/usage',
  async handler({ app, context }) {
    const { read } = app.store;
    const limits = await limitsOf(read, app.config, context.projectId);
    return ok(usageView(await usageOf(read, context.projectId), limits));
  },
});

const removeFromStore = route({
  operation: 'stores:delete',
  method: 'DELETE',
  path: '/stores/:store_id/:image_id',
  params: Type.Object({ store_id: Type.String(), image_id: Type.String() }),
  async handler({ app, context, params }) {
    if (params.store_id !== STORE) throw conflict(`There is no store ${params.store_id}; the store is ${STORE}.`);
    const image = await getOwnImage(app.store.read, context, params.image_id, 'change');
    if (!hasData(image))
      throw conflict("It's not allowed to remove image data from store if image status is not 'active'");
    throw forbidden('Cannot delete image data from the only store containing it. Consider deleting the image instead.');
  },
});

export const infoRoutes: readonly Route[] = [
  schemaRoute('image', imageSchema),
  schemaRoute('images', imagesSchema),
  schemaRoute('member', memberSchema),
  schemaRoute('members', membersSchema),
  importInfo,
  stores,
  storesDetail,
  usage,
  removeFromStore,
];
