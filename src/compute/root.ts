import { versionText } from '../http/microversions.ts';
import { ok, route, type Reply, type Route } from '../http/route.ts';
import type { App } from '../http/app.ts';
import { COMPUTE_VERSIONS } from './microversions.ts';

/** What clients read to learn the span: https://docs.openstack.org/api-ref/compute/#api-versions */
function versionOf(app: App): Record<string, unknown> {
  return {
    id: 'v2.1',
    status: 'CURRENT',
    version: versionText(COMPUTE_VERSIONS.max),
    min_version: versionText(COMPUTE_VERSIONS.min),
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${app.config.publicUrl}/compute/v2.1/` }],
  };
}

/** The one version, with the members that only its own page has. */
function ownPage(app: App): Reply {
  const version = versionOf(app);
  return ok({
    version: {
      ...version,
      links: [
        { rel: 'self', href: `${app.config.publicUrl}/compute/v2.1/` },
        { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
      ],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
    },
  });
}

/** With and without a slash at the end: the application treats them alike. */
export const rootRoutes: Route[] = [
  route({
    operation: 'versions:list',
    method: 'GET',
    path: '/compute',
    access: 'public',
    handler: async ({ app }) => ok({ versions: [versionOf(app)] }),
  }),
  route({
    operation: 'versions:show',
    method: 'GET',
    path: '/compute/v2.1',
    access: 'public',
    handler: async ({ app }) => ownPage(app),
  }),
];
