import { catalogPages } from './pages/admin/catalog/routes.ts';
import { hostPages } from './pages/admin/hosts/routes.ts';
import { operationPages } from './pages/admin/operations/routes.ts';
import { peoplePages } from './pages/admin/people/routes.ts';
import { homePages } from './pages/home/routes.ts';
import type { PageRoute } from './layout/page-route.ts';
import { serverPages } from './pages/servers/routes.ts';

/** Every page that needs a session. Each area of pages adds its line. */
export const PAGES: readonly PageRoute[] = [
  ...homePages,
  ...serverPages,
  ...hostPages,
  ...peoplePages,
  ...catalogPages,
  ...operationPages,
];
