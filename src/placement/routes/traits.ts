import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { noContent, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { answer, bodyOf, checkAccept, PREFIX, queryOf, since } from '../http.ts';
import { STANDARD_TRAITS } from '../standard.ts';
import { unknownTraits } from '../store/names.ts';
import { checkGeneration, getProvider } from '../store/providers.ts';
import { bump } from '../use.ts';
import { ProviderParams } from './providers.ts';

const NameParams = Type.Object({ name: Type.String() });
const listQuery = queryOf(Strict({ name: Type.Optional(Type.String()), associated: Type.Optional(Type.String()) }));
const putBody = bodyOf(
  Strict({
    traits: Type.Array(Type.String({ minLength: 1, maxLength: 255 })),
    resource_provider_generation: Type.Integer(),
  }),
);

const list = route({
  operation: 'traits:list',
  method: 'GET',
  path: '/traits',
  async handler(call) {
    since(call.version, '1.6');
    checkAccept(call);
    const { name, associated } = listQuery(call.query);
    const custom = await call.app.store.read.selectFrom('custom_traits').select('name').orderBy('name').execute();
    let names = [...STANDARD_TRAITS, ...custom.map((row) => row.name)];
    if (name !== undefined) names = names.filter(filterOf(name));
    if (associated !== undefined) {
      if (!/^(true|false)$/i.test(associated)) {
        throw badRequest('The query parameter "associated" only accepts "true" or "false"');
      }
      const used = await usedTraits(call.app.store.read);
      names = names.filter((one) => used.has(one) === (associated.toLowerCase() === 'true'));
    }
    return answer(call, 200, { traits: names });
  },
});

/** `in:A,B` or `startswith:CUSTOM`. Throws ApiError 400. */
function filterOf(text: string): (name: string) => boolean {
  const [operator = '', ...rest] = text.split(':');
  if (rest.length === 0) {
    throw badRequest(
      `Badly formatted name parameter. Expected name query string parameter in form: ?name=[in|startswith]:[name1,name2|prefix]. Got: "${text}"`,
    );
  }
  const value = rest.join(':');
  if (operator === 'in') return (name) => value.split(',').includes(name);
  if (operator === 'startswith') return (name) => name.startsWith(value);
  return () => true;
}

async function usedTraits(db: Reader): Promise<Set<string>> {
  const rows = await db.selectFrom('provider_traits').select('trait').distinct().execute();
  return new Set(rows.map((row) => row.trait));
}

async function exists(db: Reader, name: string): Promise<boolean> {
  return (await unknownTraits(db, [name])).length === 0;
}

const show = route({
  operation: 'traits:show',
  method: 'GET',
  path: '/traits/:name',
  params: NameParams,
  async handler(call) {
    since(call.version, '1.6');
    if (!(await exists(call.app.store.read, call.params.name))) {
      throw notFound(`No such trait(s): ${call.params.name}.`);
    }
    return answer(call, 204, null);
  },
});

const create = route({
  operation: 'traits:create',
  method: 'PUT',
  path: '/traits/:name',
  params: NameParams,
  async handler(call) {
    const { app, context, params, version } = call;
    since(version, '1.6');
    const { name } = params;
    if (!/^CUSTOM_[A-Z0-9_]+$/.test(name) || name.length > 255) {
      throw badRequest(
        'The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix "CUSTOM_" and use following characters: "A"-"Z", "0"-"9" and "_"',
      );
    }
    const made = await app.store.transaction(async (tx) => {
      if (await exists(tx.db, name)) return false;
      await tx.db.insertInto('custom_traits').values({ name, created_at: context.now }).execute();
      await writeAudit(tx, context, 'placement:traits:create', name);
      return true;
    });
    return answer(call, made ? 201 : 204, null, {
      headers: { location: `${app.config.publicUrl}${PREFIX}/traits/${name}` },
    });
  },
});

const remove = route({
  operation: 'traits:delete',
  method: 'DELETE',
  path: '/traits/:name',
  params: NameParams,
  async handler({ app, context, params, version }) {
    since(version, '1.6');
    const { name } = params;
    await app.store.transaction(async (tx) => {
      if (STANDARD_TRAITS.has(name)) throw badRequest(`Cannot delete standard trait ${name}.`);
      if (!(await exists(tx.db, name))) throw notFound(`No such trait(s): ${name}.`);
      if ((await usedTraits(tx.db)).has(name)) {
        throw conflict(`The trait ${name} is in use by a resource provider.`);
      }
      await tx.db.deleteFrom('custom_traits').where('name', '=', name).execute();
      await writeAudit(tx, context, 'placement:traits:delete', name);
    });
    return noContent();
  },
});

async function traitsOf(db: Reader, provider: string): Promise<string[]> {
  const rows = await db
    .selectFrom('provider_traits')
    .select('trait')
    .where('provider', '=', provider)
    .orderBy('trait')
    .execute();
  return rows.map((row) => row.trait);
}

const listOfProvider = route({
  operation: 'provider-traits:list',
  method: 'GET',
  path: '/resource_providers/:uuid/traits',
  params: ProviderParams,
  async handler(call) {
    since(call.version, '1.6');
    checkAccept(call);
    const db = call.app.store.read;
    const { uuid, generation: resource_provider_generation } = await getProvider(db, call.params.uuid);
    return answer(call, 200, { traits: await traitsOf(db, uuid), resource_provider_generation });
  },
});

async function setTraits(tx: Tx, provider: string, traits: readonly string[]): Promise<void> {
  await tx.db.deleteFrom('provider_traits').where('provider', '=', provider).execute();
  const rows = [...new Set(traits)].map((trait) => ({ provider, trait }));
  if (rows.length > 0) await tx.db.insertInto('provider_traits').values(rows).execute();
}

const replace = route({
  operation: 'provider-traits:replace',
  method: 'PUT',
  path: '/resource_providers/:uuid/traits',
  params: ProviderParams,
  async handler(call) {
    const { app, context, params, version } = call;
    since(version, '1.6');
    const { traits, resource_provider_generation: generation } = putBody(call);
    const shown = await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      checkGeneration(provider, generation);
      const unknown = await unknownTraits(tx.db, traits);
      if (unknown.length > 0) throw badRequest(`No such trait ${unknown.join(', ')}`);
      await setTraits(tx, provider.uuid, traits);
      await bump(tx, provider.uuid, context.now);
      await writeAudit(tx, context, 'placement:provider-traits:replace', provider.uuid, { traits });
      return { traits: await traitsOf(tx.db, provider.uuid), resource_provider_generation: generation + 1 };
    });
    return answer(call, 200, shown);
  },
});

const clear = route({
  operation: 'provider-traits:delete',
  method: 'DELETE',
  path: '/resource_providers/:uuid/traits',
  params: ProviderParams,
  async handler({ app, context, params, version }) {
    since(version, '1.6');
    await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      await setTraits(tx, provider.uuid, []);
      await bump(tx, provider.uuid, context.now);
      await writeAudit(tx, context, 'placement:provider-traits:delete', provider.uuid);
    });
    return noContent();
  },
});

export const traitRoutes: readonly Route[] = [list, show, create, remove, listOfProvider, replace, clear];
