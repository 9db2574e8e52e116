import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import { noContent, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { bodyOf, since } from '../http.ts';
import { replaceAllocations } from '../store/allocations.ts';
import { inventoriesOf, setInventories, type InventoryInput } from '../store/inventories.ts';
import { findProvider } from '../store/providers.ts';
import { bump } from '../use.ts';
import { manyFor, wishesFrom } from './allocation-bodies.ts';
import { All, checkAll, checkNames } from './inventories.ts';

const bodies = ([38, 34, 30] as const).map((minor) => ({
  since: `1.${minor}` as const,
  read: bodyOf(
    Strict({
      inventories: Type.Record(Type.String({ pattern: '^[0-9a-fA-F-]{36}$' }), All, {
        minProperties: 1,
        additionalProperties: false,
      }),
      allocations: manyFor({ major: 1, minor }, 0),
    }),
  ),
}));

/** Moves inventories and what was promised of them from some providers to others, all at once. */
const reshape = route({
  operation: 'reshaper:reshape',
  method: 'POST',
  path: '/reshaper',
  async handler(call) {
    const { app, context, version } = call;
    since(version, '1.30');
    const body = bodies.find((one) => atLeast(version, one.since))?.read(call);
    if (!body) throw badRequest('JSON does not validate.');
    for (const one of Object.values(body.inventories)) checkNames(one);
    await app.store.transaction(async (tx) => {
      const shaped = [];
      for (const [uuid, input] of Object.entries(body.inventories)) {
        const provider = await findProvider(tx.db, uuid);
        if (!provider) {
          throw badRequest(
            `Resource provider ${uuid} in inventories not found: No resource provider with uuid ${uuid} found`,
            'resource_provider.not_found',
          );
        }
        checkAll(version, provider, input);
        shaped.push({ provider, input });
      }
      // First what is there and what shall be, so that allocations can move; then only what shall be.
      for (const { provider, input } of shaped) {
        const both: Record<string, InventoryInput> = {};
        for (const row of await inventoriesOf(tx.db, provider.uuid)) both[row.resource_class] = row;
        if (Object.keys(input.inventories).length === 0) continue;
        await setInventories(tx, context.now, provider, { ...both, ...input.inventories });
        await bump(tx, provider.uuid, context.now);
      }
      await replaceAllocations(tx, context.now, wishesFrom(body.allocations));
      for (const { provider, input } of shaped) {
        await setInventories(tx, context.now, provider, input.inventories);
        await bump(tx, provider.uuid, context.now);
        await writeAudit(tx, context, 'placement:reshaper:reshape', provider.uuid);
      }
    });
    return noContent();
  },
});

export const reshaperRoutes: readonly Route[] = [reshape];
