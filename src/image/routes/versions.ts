import type { App } from '../../http/app.ts';
import { route, type Route } from '../../http/route.ts';

/**
 * What the versions mean is in the api-ref's "Version history". 2.14 is the image cache, which this cloud does not
 * have: each host keeps the images its servers use.
 */
const MINORS = [16, 15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

function versions(app: App): object {
  return {
    versions: MINORS.map((minor, index) => ({
      id: `v2.${minor}`,
      status: index === 0 ? 'CURRENT' : 'SUPPORTED',
      links: [{ rel: 'self', href: `${app.config.publicUrl}/image/v2/` }],
    })),
  };
}

export const versionRoutes: readonly Route[] = [
  route({
    operation: 'versions:choices',
    method: 'GET',
    path: '/image',
    handler: async ({ app }) => ({ status: 300, body: versions(app) }),
  }),
  route({
    operation: 'versions:list',
    method: 'GET',
    path: '/image/versions',
    handler: async ({ app }) => ({ status: 200, body: versions(app) }),
  }),
];
