import { randomUUID } from 'node:crypto';
import type { MakeThings } from './case.ts';

const ROOT = '/placement';

/** A provider of its own, with an inventory and an allocation of another. */
export const placementThings: MakeThings = async ({ make, places }) => {
  const uuid = randomUUID();
  const busy = randomUUID();
  const consumer = randomUUID();
  for (const one of [uuid, busy]) {
    await make('admin', 'POST', `${ROOT}/resource_providers`, { uuid: one, name: `p-${one}` });
    await make('admin', 'PUT', `${ROOT}/resource_providers/${one}/inventories`, {
      resource_provider_generation: 0,
      inventories: { VCPU: { total: 8 } },
    });
  }
  const allocation = {
    allocations: { [busy]: { resources: { VCPU: 1 } } },
    ...{ project_id: places.projectId, user_id: places.users.admin, consumer_type: 'INSTANCE' },
  };
  await make('admin', 'PUT', `${ROOT}/allocations/${consumer}`, { ...allocation, consumer_generation: null });
  await make('admin', 'PUT', `${ROOT}/resource_classes/CUSTOM_OLD`);
  await make('admin', 'PUT', `${ROOT}/traits/CUSTOM_OLD`);
  const another = randomUUID();
  const fresh = { ...allocation, consumer_generation: null };
  return {
    params: {
      ...{ uuid, consumer, 'inventories/:resource_class': 'VCPU', 'resource_classes/:name': 'CUSTOM_OLD' },
      'traits/:name': 'CUSTOM_OLD',
    },
    cases: {
      'resource-providers:create': { body: { name: 'new' } },
      'resource-providers:update': { body: { name: 'other' } },
      'inventories:create': { body: { resource_class: 'MEMORY_MB', total: 1, resource_provider_generation: 1 } },
      'inventories:replace': { body: { resource_provider_generation: 1, inventories: { VCPU: { total: 9 } } } },
      'inventories:update': { body: { total: 9, resource_provider_generation: 1 } },
      'traits:create': { params: { name: 'CUSTOM_NEW' } },
      'provider-traits:replace': { body: { traits: ['CUSTOM_OLD'], resource_provider_generation: 1 } },
      'resource-classes:create': { body: { name: 'CUSTOM_NEW' } },
      'resource-classes:update': { params: { name: 'CUSTOM_NEW' } },
      'aggregates:replace': { body: { aggregates: [], resource_provider_generation: 1 } },
      'allocations:replace': { params: { consumer: another }, body: fresh },
      'allocations:replace-several': { body: { [another]: fresh } },
      'usages:total': { query: `project_id=${places.projectId}` },
      'usages:show': { query: `project_id=${places.projectId}` },
      'allocation-candidates:list': { query: 'resources=VCPU:1' },
      'candidates:list': { query: 'resources=VCPU:1' },
      'reshaper:reshape': {
        body: { inventories: { [uuid]: { resource_provider_generation: 1, inventories: {} } }, allocations: {} },
      },
    },
  };
};
