import { Type } from 'typebox';
import { forbidden } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import { route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { answer, checkAccept, queryOf, since } from '../http.ts';
import { inventoriesOf } from '../store/inventories.ts';
import { getProvider } from '../store/providers.ts';
import { ProviderParams } from './providers.ts';

const ofProvider = route({
  operation: 'usages:provider',
  method: 'GET',
  path: '/resource_providers/:uuid/usages',
  params: ProviderParams,
  async handler(call) {
    checkAccept(call);
    const db = call.app.store.read;
    const { uuid, generation: resource_provider_generation } = await getProvider(db, call.params.uuid);
    const rows = await inventoriesOf(db, uuid);
    const usages = Object.fromEntries(rows.map((row) => [row.resource_class, row.used]));
    return answer(call, 200, { resource_provider_generation, usages });
  },
});

const Id = Type.String({ minLength: 1, maxLength: 255 });
const BASE = { project_id: Id, user_id: Type.Optional(Id) };
const query = queryOf(Strict(BASE));
const query38 = queryOf(
  Strict({ ...BASE, consumer_type: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]+$|^all$|^unknown$' })) }),
);

const total = route({
  operation: 'usages:total',
  method: 'GET',
  path: '/usages',
  async handler(call) {
    const { app, context, version } = call;
    since(version, '1.9');
    checkAccept(call);
    const typed = atLeast(version, '1.38');
    const asked: { project_id: string; user_id?: string; consumer_type?: string } = typed
      ? query38(call.query)
      : query(call.query);
    if (!context.isAdmin && asked.project_id !== context.projectId) {
      throw forbidden(`Only an administrator may read the usage of project ${asked.project_id}.`);
    }
    const rows = await app.store.read
      .selectFrom('consumers')
      .innerJoin('allocations', 'consumer', 'uuid')
      .select(['uuid', 'type', 'resource_class', 'used'])
      .where('project_id', '=', asked.project_id)
      .$if(asked.user_id !== undefined, (select) => select.where('user_id', '=', asked.user_id ?? ''))
      .execute();
    if (!typed) return answer(call, 200, { usages: sums(rows) });
    const wanted = asked.consumer_type;
    const groups = new Map<string, typeof rows>();
    for (const row of rows) {
      const type = row.type ?? 'unknown';
      if (wanted !== undefined && wanted !== 'all' && wanted !== type) continue;
      const name = wanted === 'all' ? 'all' : type;
      groups.set(name, [...(groups.get(name) ?? []), row]);
    }
    const usages = [...groups].map(([name, some]) => [
      name,
      { ...sums(some), consumer_count: new Set(some.map((row) => row.uuid)).size },
    ]);
    return answer(call, 200, { usages: Object.fromEntries(usages) as object });
  },
});

function sums(rows: readonly { resource_class: string; used: number }[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { resource_class: name, used } of rows) found[name] = (found[name] ?? 0) + used;
  return found;
}

export const usageRoutes: readonly Route[] = [ofProvider, total];
