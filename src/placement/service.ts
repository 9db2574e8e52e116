import { versionText } from '../http/microversions.ts';
import { route, type Route } from '../http/route.ts';
import type { Service } from '../http/service.ts';
import { placementPolicy } from '../policy/placement.ts';
import { answer, fault, PLACEMENT_VERSIONS, PREFIX } from './http.ts';
import { aggregateRoutes } from './routes/aggregates.ts';
import { allocationRoutes } from './routes/allocations.ts';
import { candidateRoutes } from './routes/candidates.ts';
import { classRoutes } from './routes/classes.ts';
import { inventoryRoutes } from './routes/inventories.ts';
import { providerRoutes } from './routes/providers.ts';
import { reshaperRoutes } from './routes/reshaper.ts';
import { traitRoutes } from './routes/traits.ts';
import { usageRoutes } from './routes/usages.ts';

const versions: Route = route({
  operation: 'versions:list',
  method: 'GET',
  path: PREFIX,
  handler: async (call) =>
    answer(call, 200, {
      versions: [
        {
          id: 'v1.0',
          max_version: versionText(PLACEMENT_VERSIONS.max),
          min_version: versionText(PLACEMENT_VERSIONS.min),
          status: 'CURRENT',
          links: [{ rel: 'self', href: '' }],
        },
      ],
    }),
});

/** Placement's API: https://docs.openstack.org/api-ref/placement/ */
export const placementService: Service = {
  name: 'placement',
  prefix: PREFIX,
  routes: [
    ...providerRoutes,
    ...inventoryRoutes,
    ...traitRoutes,
    ...classRoutes,
    ...aggregateRoutes,
    ...usageRoutes,
    ...allocationRoutes,
    ...candidateRoutes,
    ...reshaperRoutes,
  ],
  rootRoutes: [versions],
  policy: placementPolicy,
  fault,
  versions: PLACEMENT_VERSIONS,
  wrongMethod: 405,
};
