import type { App } from '../../http/app.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { PREFIX } from '../resource/routes.ts';

/** `GET /network/`: which versions there are. */
export const versionRoutes: Route[] = [
  route({
    operation: 'versions:list',
    method: 'GET',
    path: '/network',
    handler: async ({ app }) => ok({ versions: [version(app)] }),
  }),
];

const version = (app: App) => ({
  id: 'v2.0',
  status: 'CURRENT',
  links: [{ rel: 'self', href: `${app.config.publicUrl}${PREFIX}/` }],
});

/** `GET /network/v2.0/`: the collections below. */
export function resourceListRoute(collections: readonly { singular: string; plural: string; path: string }[]): Route {
  return route({
    operation: 'version:show',
    method: 'GET',
    path: '',
    handler: async ({ app }) =>
      ok({
        resources: collections.map(({ singular, plural, path }) => ({
          name: singular,
          collection: plural,
          links: [{ rel: 'self', href: `${app.config.publicUrl}${PREFIX}/${path}` }],
        })),
      }),
  });
}
