import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { noContent, route, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Store } from '../../store/store.ts';
import { fits, isMember, traitsMatch } from '../candidates/fit.ts';
import { readLandscape } from '../candidates/known.ts';
import { parseMemberOf, parseResources, parseTraits, type Query } from '../candidates/parse.ts';
import { answer, bodyOf, checkAccept, dashed, latest, PREFIX, queryOf } from '../http.ts';
import { checkClasses, unknownTraits } from '../store/names.ts';
import {
  deleteProvider,
  findProvider,
  getProvider,
  insertProvider,
  updateProvider,
  type Provider,
} from '../store/providers.ts';

export const ProviderParams = Type.Object({ uuid: Type.String() });
const Uuid = Type.String({ format: 'uuid' });
const Name = Type.String({ maxLength: 200 });
const Parent = Type.Optional(Nullable(Uuid));

const createBody = bodyOf(Strict({ name: Name, uuid: Type.Optional(Uuid) }));
const createBody14 = bodyOf(Strict({ name: Name, uuid: Type.Optional(Uuid), parent_provider_uuid: Parent }));
const updateBody = bodyOf(Strict({ name: Name }));
const updateBody14 = bodyOf(Strict({ name: Name, parent_provider_uuid: Parent }));

export const urlOf = (uuid: string) => `${PREFIX}/resource_providers/${uuid}`;

/** A provider as the API shows it in a version. */
function view(provider: Provider, version: Version): object {
  const url = urlOf(provider.uuid);
  const parts = [
    'inventories',
    'usages',
    ...(atLeast(version, '1.1') ? ['aggregates'] : []),
    ...(atLeast(version, '1.6') ? ['traits'] : []),
    ...(atLeast(version, '1.11') ? ['allocations'] : []),
  ];
  return {
    uuid: provider.uuid,
    name: provider.name,
    generation: provider.generation,
    links: [{ rel: 'self', href: url }, ...parts.map((rel) => ({ rel, href: `${url}/${rel}` }))],
    ...(atLeast(version, '1.14') && {
      parent_provider_uuid: provider.parent,
      root_provider_uuid: provider.root,
    }),
  };
}

const create = route({
  operation: 'resource-providers:create',
  method: 'POST',
  path: '/resource_providers',
  async handler(call) {
    const { app, context, version } = call;
    const body: { name: string; uuid?: string; parent_provider_uuid?: string | null } = atLeast(version, '1.14')
      ? createBody14(call)
      : createBody(call);
    const uuid = body.uuid === undefined ? newUuid() : dashed(body.uuid);
    const { name, parent_provider_uuid: parent } = body;
    const made = await app.store.transaction(async (tx) => {
      const row = await insertProvider(tx, context.now, { uuid, name, parent: parent ? dashed(parent) : null });
      await writeAudit(tx, context, 'placement:resource-providers:create', uuid, { name });
      return row;
    });
    const headers = { location: app.config.publicUrl + urlOf(uuid) };
    if (!atLeast(version, '1.20')) return { status: 201, body: null, headers };
    return answer(call, 200, view(made, version), { headers, modified: made.updated_at });
  },
});

const show = route({
  operation: 'resource-providers:show',
  method: 'GET',
  path: '/resource_providers/:uuid',
  params: ProviderParams,
  async handler(call) {
    checkAccept(call);
    const provider = await getProvider(call.app.store.read, call.params.uuid);
    return answer(call, 200, view(provider, call.version), { modified: provider.updated_at });
  },
});

const Texts = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));
const LIST: [`1.${number}`, Record<string, ReturnType<typeof Type.Optional>>][] = [
  ['1.0', { name: Type.Optional(Type.String()), uuid: Type.Optional(Uuid) }],
  ['1.3', { member_of: Texts }],
  ['1.4', { resources: Type.Optional(Type.String()) }],
  ['1.14', { in_tree: Type.Optional(Uuid) }],
  ['1.18', { required: Texts }],
];
const listQueries = LIST.map(([since], index) => ({
  since,
  check: queryOf(Strict(Object.assign({}, ...LIST.slice(0, index + 1).map(([, members]) => members)))),
})).toReversed();

const list = route({
  operation: 'resource-providers:list',
  method: 'GET',
  path: '/resource_providers',
  async handler(call) {
    checkAccept(call);
    const { app, version } = call;
    listQueries.find((one) => atLeast(version, one.since))?.check(call.query);
    const found = await filtered(app.store, call.query as Query, version);
    const modified = latest(found.map((one) => one.updated_at));
    return answer(call, 200, { resource_providers: found.map((one) => view(one, version)) }, { modified });
  },
});

async function filtered(store: Store, query: Query, version: Version): Promise<Provider[]> {
  const db = store.read;
  const resources = typeof query.resources === 'string' ? parseResources(query.resources) : {};
  await checkClasses(
    db,
    Object.keys(resources),
    (name) => `Invalid resource class in resources parameter: No such resource class ${name}.`,
  );
  const traits = parseTraits(query, 'required', version);
  const unknown = await unknownTraits(db, [...traits.required.flat(), ...traits.forbidden]);
  if (unknown.length > 0) {
    throw badRequest(`Invalid trait(s) in "required" parameter: No such trait(s): ${unknown.toSorted().join(', ')}.`);
  }
  const aggregates = parseMemberOf(query, 'member_of', version);
  const tree = typeof query.in_tree === 'string' ? await findProvider(db, dashed(query.in_tree)) : null;
  if (tree === undefined) return [];
  const rows = await db
    .selectFrom('resource_providers')
    .selectAll()
    .$if(typeof query.name === 'string', (select) => select.where('name', '=', String(query.name)))
    .$if(typeof query.uuid === 'string', (select) => select.where('uuid', '=', dashed(String(query.uuid))))
    .$if(tree !== null, (select) => select.where('root', '=', tree?.root ?? ''))
    .orderBy('created_at')
    .orderBy('name')
    .execute();
  const asked = [
    ...Object.keys(resources),
    ...traits.required,
    ...traits.forbidden,
    ...aggregates.required,
    ...aggregates.forbidden,
  ];
  if (asked.length === 0) return rows;
  const { nodes } = await readLandscape(store);
  return rows.filter(({ uuid }) => {
    const node = nodes.get(uuid);
    if (!node || !traitsMatch(node.traits, traits)) return false;
    if (!Object.entries(resources).every(([name, amount]) => fits(node, name, amount))) return false;
    return isMember(node, aggregates);
  });
}

const update = route({
  operation: 'resource-providers:update',
  method: 'PUT',
  path: '/resource_providers/:uuid',
  params: ProviderParams,
  async handler(call) {
    const { app, context, version, params } = call;
    await getProvider(app.store.read, params.uuid);
    const body: { name: string; parent_provider_uuid?: string | null } = atLeast(version, '1.14')
      ? updateBody14(call)
      : updateBody(call);
    const changed = await app.store.transaction(async (tx) => {
      const before = await getProvider(tx.db, params.uuid);
      const { name, parent_provider_uuid: parent } = body;
      await writeAudit(tx, context, 'placement:resource-providers:update', before.uuid, { name });
      return updateProvider(tx, context.now, before, {
        name,
        parent: parent ? dashed(parent) : parent,
        mayMove: atLeast(version, '1.37'),
      });
    });
    return answer(call, 200, view(changed, version), { modified: changed.updated_at });
  },
});

const remove = route({
  operation: 'resource-providers:delete',
  method: 'DELETE',
  path: '/resource_providers/:uuid',
  params: ProviderParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const provider = await findProvider(tx.db, params.uuid);
      if (!provider) throw notFound(`No resource provider with uuid ${params.uuid} found for delete`);
      await deleteProvider(tx, provider);
      await writeAudit(tx, context, 'placement:resource-providers:delete', provider.uuid, { name: provider.name });
    });
    return noContent();
  },
});

export const providerRoutes: readonly Route[] = [create, list, show, update, remove];
