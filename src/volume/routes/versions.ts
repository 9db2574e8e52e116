import type { App } from '../../http/app.ts';
import { versionText } from '../../http/microversions.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { PREFIX } from '../views.ts';
import { VOLUME_VERSIONS } from '../versions.ts';

/** What clients read to learn the span: https://docs.openstack.org/api-ref/block-storage/v3/#api-versions */
function versions(app: App) {
  return {
    versions: [
      {
        id: 'v3.0',
        status: 'CURRENT',
        version: versionText(VOLUME_VERSIONS.max),
        min_version: versionText(VOLUME_VERSIONS.min),
        updated: '2022-03-30T00:00:00Z',
        links: [
          { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
          { rel: 'self', href: `${app.config.publicUrl}${PREFIX}/` },
        ],
        'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
      },
    ],
  };
}

/** With and without a slash at the end: the application treats them alike. */
export const versionRoutes: Route[] = [
  route({
    operation: 'versions:list',
    method: 'GET',
    path: '/volume',
    handler: async ({ app }) => ({ status: 300, body: versions(app) }),
  }),
  route({
    operation: 'versions:show',
    method: 'GET',
    path: PREFIX,
    handler: async ({ app }) => ok(versions(app)),
  }),
];
