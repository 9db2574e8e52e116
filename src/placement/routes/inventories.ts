import { Type, type Static } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import type { Version } from '../../http/microversions.ts';
import { noContent, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { MOST } from '../accounts.ts';
import { answer, bodyOf, checkAccept, latest, since } from '../http.ts';
import {
  addInventory,
  checkCapacity,
  deleteInventory,
  inventoriesOf,
  setInventories,
  writeInventory,
  type Inventory,
} from '../store/inventories.ts';
import { checkGeneration, getProvider, type Provider } from '../store/providers.ts';
import { bump } from '../use.ts';
import { ProviderParams, urlOf } from './providers.ts';

const Count = Type.Optional(Type.Integer({ minimum: 1, maximum: MOST }));
const FIELDS = {
  total: Type.Integer({ minimum: 1, maximum: MOST }),
  reserved: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST })),
  ...{ min_unit: Count, max_unit: Count, step_size: Count },
  allocation_ratio: Type.Optional(Type.Number({ maximum: 3.40282e38 })),
};
const Generation = Type.Integer();
const ClassName = Type.String({ pattern: '^[A-Z0-9_]+$' });

const One = Strict({ ...FIELDS, resource_provider_generation: Type.Optional(Generation) });
/** The inventories of a provider with the generation that their writer has seen. */
export const All = Strict({
  resource_provider_generation: Generation,
  inventories: Type.Record(Type.String(), One),
});
const postBody = bodyOf(
  Strict({ ...FIELDS, resource_class: ClassName, resource_provider_generation: Type.Optional(Generation) }),
);
const putBody = bodyOf(All);
const putOneBody = bodyOf(Strict({ ...FIELDS, resource_provider_generation: Generation }));

/** Throws ApiError 400 for an inventory whose class has not the form of one. */
export function checkNames(body: Static<typeof All>): void {
  const wrong = Object.keys(body.inventories).find((name) => !/^[A-Z0-9_]+$/.test(name));
  if (wrong !== undefined) throw badRequest(`JSON does not validate: '${wrong}' is no name of a resource class.`);
}

const view = ({ total, reserved, min_unit, max_unit, step_size, allocation_ratio }: Inventory) => ({
  ...{ total, reserved, min_unit, max_unit, step_size, allocation_ratio },
});

async function showAll(db: Reader, uuid: string) {
  const provider = await getProvider(db, uuid);
  const rows = await inventoriesOf(db, provider.uuid);
  return {
    body: {
      resource_provider_generation: provider.generation,
      inventories: Object.fromEntries(rows.map((row) => [row.resource_class, view(row)])),
    },
    modified: latest(rows.map((row) => row.updated_at)),
  };
}

async function showOne(db: Reader, uuid: string, name: string) {
  const provider = await getProvider(db, uuid);
  const row = (await inventoriesOf(db, provider.uuid)).find((one) => one.resource_class === name);
  if (!row) throw notFound(`No inventory of class ${name} for ${uuid}`);
  return { body: { ...view(row), resource_provider_generation: provider.generation }, modified: row.updated_at };
}

const list = route({
  operation: 'inventories:list',
  method: 'GET',
  path: '/resource_providers/:uuid/inventories',
  params: ProviderParams,
  async handler(call) {
    checkAccept(call);
    const { body, modified } = await showAll(call.app.store.read, call.params.uuid);
    return answer(call, 200, body, { modified });
  },
});

const OneParams = Type.Object({ uuid: Type.String(), resource_class: Type.String() });

const show = route({
  operation: 'inventories:show',
  method: 'GET',
  path: '/resource_providers/:uuid/inventories/:resource_class',
  params: OneParams,
  async handler(call) {
    checkAccept(call);
    const { body, modified } = await showOne(call.app.store.read, call.params.uuid, call.params.resource_class);
    return answer(call, 200, body, { modified });
  },
});

const create = route({
  operation: 'inventories:create',
  method: 'POST',
  path: '/resource_providers/:uuid/inventories',
  params: ProviderParams,
  async handler(call) {
    const { app, context, params, version } = call;
    await getProvider(app.store.read, params.uuid);
    const { resource_class: name, resource_provider_generation: generation, ...input } = postBody(call);
    const { body, modified } = await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      if (generation !== undefined) checkGeneration(provider, generation);
      checkCapacity(version, provider, { [name]: input }, 'create');
      await addInventory(tx, context.now, provider, name, input);
      await bump(tx, provider.uuid, context.now);
      await writeAudit(tx, context, 'placement:inventories:create', provider.uuid, { class: name });
      return showOne(tx.db, provider.uuid, name);
    });
    const headers = { location: `${app.config.publicUrl}${urlOf(params.uuid)}/inventories/${name}` };
    return answer(call, 201, body, { modified, headers });
  },
});

/** Writes all inventories of a provider, in the transaction of whoever asks. */
export function checkAll(version: Version, provider: Provider, body: Static<typeof All>): void {
  checkGeneration(provider, body.resource_provider_generation);
  checkCapacity(version, provider, body.inventories);
}

const replace = route({
  operation: 'inventories:replace',
  method: 'PUT',
  path: '/resource_providers/:uuid/inventories',
  params: ProviderParams,
  async handler(call) {
    const { app, context, params, version } = call;
    await getProvider(app.store.read, params.uuid);
    const input = putBody(call);
    checkNames(input);
    const { body, modified } = await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      checkAll(version, provider, input);
      await setInventories(tx, context.now, provider, input.inventories);
      await bump(tx, provider.uuid, context.now);
      await writeAudit(tx, context, 'placement:inventories:replace', provider.uuid);
      return showAll(tx.db, provider.uuid);
    });
    return answer(call, 200, body, { modified });
  },
});

const update = route({
  operation: 'inventories:update',
  method: 'PUT',
  path: '/resource_providers/:uuid/inventories/:resource_class',
  params: OneParams,
  async handler(call) {
    const { app, context, params, version } = call;
    const { resource_class: name } = params;
    await getProvider(app.store.read, params.uuid);
    const { resource_provider_generation: generation, ...input } = putOneBody(call);
    const { body, modified } = await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      checkGeneration(provider, generation);
      checkCapacity(version, provider, { [name]: input });
      if (!(await inventoriesOf(tx.db, provider.uuid)).some((one) => one.resource_class === name)) {
        throw badRequest(
          `No inventory record with resource class for resource provider ${provider.uuid}: there is no ${name}.`,
        );
      }
      await writeInventory(tx, context.now, provider, name, input);
      await bump(tx, provider.uuid, context.now);
      await writeAudit(tx, context, 'placement:inventories:update', provider.uuid, { class: name });
      return showOne(tx.db, provider.uuid, name);
    });
    return answer(call, 200, body, { modified });
  },
});

const remove = route({
  operation: 'inventories:delete',
  method: 'DELETE',
  path: '/resource_providers/:uuid/inventories/:resource_class',
  params: OneParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      await deleteInventory(tx, provider, params.resource_class);
      await bump(tx, provider.uuid, context.now);
      await writeAudit(tx, context, 'placement:inventories:delete', provider.uuid, { class: params.resource_class });
    });
    return noContent();
  },
});

const removeAll = route({
  operation: 'inventories:delete-all',
  method: 'DELETE',
  path: '/resource_providers/:uuid/inventories',
  params: ProviderParams,
  async handler({ app, context, params, version }) {
    since(version, '1.5', 405);
    await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      await setInventories(tx, context.now, provider, {});
      await bump(tx, provider.uuid, context.now);
      await writeAudit(tx, context, 'placement:inventories:delete-all', provider.uuid);
    });
    return noContent();
  },
});

export const inventoryRoutes: readonly Route[] = [list, show, create, replace, update, remove, removeAll];
