import { homePages } from './pages/home/routes.ts';
import type { PageRoute } from './layout/page-route.ts';
import { serverPages } from './pages/servers/routes.ts';

/** Every page that needs a session. Each area of pages adds its line. */
export const PAGES: readonly PageRoute[] = [...homePages, ...serverPages];
