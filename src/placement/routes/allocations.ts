import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import { atLeast } from '../../http/microversions.ts';
import { noContent, route, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { answer, checkAccept, dashed, latest, since } from '../http.ts';
import { allocationsBy, findConsumer, replaceAllocations, type Allocation } from '../store/allocations.ts';
import { getProvider } from '../store/providers.ts';
import { wishesOf, wishOf } from './allocation-bodies.ts';
import { ProviderParams } from './providers.ts';

const ConsumerParams = Type.Object({ consumer: Type.String() });

/** Allocations as an object by provider or by consumer, with something about each. */
function grouped(
  rows: readonly Allocation[],
  by: 'provider' | 'consumer',
  about: (uuid: string) => Record<string, unknown>,
): Record<string, object> {
  const groups: Record<string, { resources: Record<string, number> }> = {};
  for (const row of rows) {
    const group = (groups[row[by]] ??= { ...about(row[by]), resources: {} });
    group.resources[row.resource_class] = row.used;
  }
  return groups;
}

const show = route({
  operation: 'allocations:show',
  method: 'GET',
  path: '/allocations/:consumer',
  params: ConsumerParams,
  async handler(call) {
    checkAccept(call);
    const { app, params, version } = call;
    const db = app.store.read;
    const rows = await allocationsBy(db, 'consumer', params.consumer);
    const providers = await db
      .selectFrom('resource_providers')
      .select(['uuid', 'generation'])
      .where('uuid', 'in', [...rows.map((row) => row.provider), ''])
      .execute();
    const generations = new Map(providers.map((one) => [one.uuid, one.generation]));
    const consumer = rows.length === 0 ? undefined : await findConsumer(db, params.consumer);
    const body = {
      allocations: grouped(rows, 'provider', (uuid) => ({ generation: generations.get(uuid) ?? 0 })),
      ...(consumer &&
        atLeast(version, '1.12') && {
          project_id: consumer.project_id,
          user_id: consumer.user_id,
          ...(atLeast(version, '1.28') && { consumer_generation: consumer.generation }),
          ...(atLeast(version, '1.38') && { consumer_type: consumer.type ?? 'unknown' }),
        }),
    };
    return answer(call, 200, body, { modified: latest(rows.map((row) => row.created_at)) });
  },
});

const ofProvider = route({
  operation: 'allocations:provider',
  method: 'GET',
  path: '/resource_providers/:uuid/allocations',
  params: ProviderParams,
  async handler(call) {
    checkAccept(call);
    const db = call.app.store.read;
    const { uuid, generation: resource_provider_generation } = await getProvider(db, call.params.uuid);
    const rows = await db
      .selectFrom('allocations')
      .innerJoin('consumers', 'uuid', 'consumer')
      .selectAll('allocations')
      .select('generation')
      .where('provider', '=', uuid)
      .orderBy('resource_class')
      .execute();
    const generations = new Map(rows.map((row) => [row.consumer, row.generation]));
    const about = (consumer: string) =>
      atLeast(call.version, '1.28') ? { consumer_generation: generations.get(consumer) ?? null } : {};
    const body = { allocations: grouped(rows, 'consumer', about), resource_provider_generation };
    return answer(call, 200, body, { modified: latest(rows.map((row) => row.created_at)) });
  },
});

const put = route({
  operation: 'allocations:replace',
  method: 'PUT',
  path: '/allocations/:consumer',
  params: ConsumerParams,
  async handler(call) {
    const { app, context, params } = call;
    if (!isUuid(params.consumer)) throw badRequest(`Malformed consumer_uuid: ${params.consumer}`);
    const wish = wishOf(call, dashed(params.consumer));
    await app.store.transaction(async (tx) => {
      await replaceAllocations(tx, context.now, [wish]);
      await writeAudit(tx, context, 'placement:allocations:replace', wish.consumer);
    });
    return noContent();
  },
});

const post = route({
  operation: 'allocations:replace-several',
  method: 'POST',
  path: '/allocations',
  async handler(call) {
    since(call.version, '1.13');
    const wishes = wishesOf(call);
    const { app, context } = call;
    await app.store.transaction(async (tx) => {
      await replaceAllocations(tx, context.now, wishes);
      for (const wish of wishes) await writeAudit(tx, context, 'placement:allocations:replace', wish.consumer);
    });
    return noContent();
  },
});

const remove = route({
  operation: 'allocations:delete',
  method: 'DELETE',
  path: '/allocations/:consumer',
  params: ConsumerParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const { consumer } = params;
      const known = await findConsumer(tx.db, consumer);
      if (!known || (await allocationsBy(tx.db, 'consumer', consumer)).length === 0) {
        throw notFound(`No allocations for consumer '${consumer}'`);
      }
      const owner = { projectId: known.project_id, userId: known.user_id };
      const wish = { consumer, ...owner, type: undefined, generation: undefined, resources: {} };
      await replaceAllocations(tx, context.now, [wish], { bump: false });
      await writeAudit(tx, context, 'placement:allocations:delete', consumer);
    });
    return noContent();
  },
});

export const allocationRoutes: readonly Route[] = [show, ofProvider, put, post, remove];
