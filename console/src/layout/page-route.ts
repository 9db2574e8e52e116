import type { ComponentType } from 'react';

/** A page: its path, and its module, which is fetched when somebody goes there and whose default export draws it. */
export interface PageRoute {
  /** `/servers/:id`, parameters by `useParams`. No API may have its first part: see src/console/negotiate.ts. */
  path: string;
  load: () => Promise<{ default: ComponentType }>;
}
