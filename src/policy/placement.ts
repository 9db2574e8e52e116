import type { Policy } from './policy.ts';

/** Who may do what with Placement's API. */
export const placementPolicy: Policy = {
  'versions:list': 'public',

  'resource-providers:create': 'admin',
  'resource-providers:list': 'admin',
  'resource-providers:show': 'admin',
  'resource-providers:update': 'admin',
  'resource-providers:delete': 'admin',

  'inventories:list': 'admin',
  'inventories:show': 'admin',
  'inventories:create': 'admin',
  'inventories:replace': 'admin',
  'inventories:update': 'admin',
  'inventories:delete': 'admin',
  'inventories:delete-all': 'admin',

  'traits:list': 'admin',
  'traits:show': 'admin',
  'traits:create': 'admin',
  'traits:delete': 'admin',

  'provider-traits:list': 'admin',
  'provider-traits:replace': 'admin',
  'provider-traits:delete': 'admin',

  'resource-classes:list': 'admin',
  'resource-classes:show': 'admin',
  'resource-classes:create': 'admin',
  'resource-classes:update': 'admin',
  'resource-classes:delete': 'admin',

  'aggregates:list': 'admin',
  'aggregates:replace': 'admin',

  'usages:provider': 'admin',
  'usages:total': 'reader',

  'allocations:show': 'admin',
  'allocations:provider': 'admin',
  'allocations:replace': 'admin',
  'allocations:replace-several': 'admin',
  'allocations:delete': 'admin',

  'allocation-candidates:list': 'admin',
  'reshaper:reshape': 'admin',
};
