import { Type } from 'typebox';
import { atLeast } from '../../http/microversions.ts';
import { route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { answer, bodyOf, checkAccept, since } from '../http.ts';
import { checkGeneration, getProvider } from '../store/providers.ts';
import { bump, touchProviders } from '../use.ts';
import { ProviderParams } from './providers.ts';

const List = Type.Array(Type.String({ format: 'uuid' }), { uniqueItems: true });
const listBody = bodyOf(List);
const generationBody = bodyOf(Strict({ aggregates: List, resource_provider_generation: Type.Integer() }));

async function aggregatesOf(db: Reader, provider: string): Promise<string[]> {
  const rows = await db
    .selectFrom('provider_aggregates')
    .select('aggregate')
    .where('provider', '=', provider)
    .orderBy('aggregate')
    .execute();
  return rows.map((row) => row.aggregate);
}

const show = route({
  operation: 'aggregates:list',
  method: 'GET',
  path: '/resource_providers/:uuid/aggregates',
  params: ProviderParams,
  async handler(call) {
    checkAccept(call);
    since(call.version, '1.1');
    const db = call.app.store.read;
    const { uuid, generation } = await getProvider(db, call.params.uuid);
    const seen = atLeast(call.version, '1.19') && { resource_provider_generation: generation };
    return answer(call, 200, { aggregates: await aggregatesOf(db, uuid), ...seen });
  },
});

const replace = route({
  operation: 'aggregates:replace',
  method: 'PUT',
  path: '/resource_providers/:uuid/aggregates',
  params: ProviderParams,
  async handler(call) {
    const { app, context, params, version } = call;
    since(version, '1.1');
    const counted = atLeast(version, '1.19');
    await getProvider(app.store.read, params.uuid);
    const input: { aggregates: string[]; resource_provider_generation?: number } = counted
      ? generationBody(call)
      : { aggregates: listBody(call) };
    const shown = await app.store.transaction(async (tx) => {
      const provider = await getProvider(tx.db, params.uuid);
      if (input.resource_provider_generation !== undefined) {
        checkGeneration(provider, input.resource_provider_generation);
      }
      await tx.db.deleteFrom('provider_aggregates').where('provider', '=', provider.uuid).execute();
      const rows = input.aggregates.map((aggregate) => ({ provider: provider.uuid, aggregate }));
      if (rows.length > 0) await tx.db.insertInto('provider_aggregates').values(rows).execute();
      if (counted) await bump(tx, provider.uuid, context.now);
      else await touchProviders(tx, 'uuid', [provider.uuid], context.now);
      await writeAudit(tx, context, 'placement:aggregates:replace', provider.uuid);
      return {
        aggregates: input.aggregates,
        ...(counted && { resource_provider_generation: provider.generation + 1 }),
      };
    });
    return answer(call, 200, shown);
  },
});

export const aggregateRoutes: readonly Route[] = [show, replace];
