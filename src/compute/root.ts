import { versionText } from '../http/microversions.ts';
import { ok, route, type Reply, type Route } from '../http/route.ts';
import type { App } from '../http/app.ts';
import { COMPUTE_VERSIONS } from './microversions.ts';

interface Listed {
  id: string;
  status: string;
  version: string;
  min_version: string;
  updated: string;
}

/** The API of before microversions: the same paths, always at the lowest microversion (Service.oldPrefix). */
const OLD: Listed = {
  ...{ id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '' },
  updated: '2011-01-21T11:33:21Z',
};

const NEW: Listed = {
  ...{ id: 'v2.1', status: 'CURRENT' },
  version: versionText(COMPUTE_VERSIONS.max),
  min_version: versionText(COMPUTE_VERSIONS.min),
  updated: '2013-07-23T11:33:21Z',
};

const pathOf = ({ id }: Listed) => (id === 'v2.0' ? 'v2' : id);

/** What clients read to learn the span: https://docs.openstack.org/api-ref/compute/#api-versions */
function versionOf(app: App, version: Listed): Record<string, unknown> {
  return { ...version, links: [{ rel: 'self', href: `${app.config.publicUrl}/compute/${pathOf(version)}/` }] };
}

/** One version, with the members that only its own page has. */
function ownPage(app: App, version: Listed): Reply {
  const type = `application/vnd.openstack.compute+json;version=${version.id === 'v2.0' ? '2' : '2.1'}`;
  return ok({
    version: {
      ...version,
      links: [
        { rel: 'self', href: `${app.config.publicUrl}/compute/${pathOf(version)}/` },
        { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
      ],
      'media-types': [{ base: 'application/json', type }],
    },
  });
}

/** With and without a slash at the end: the application treats them alike. */
export const rootRoutes: Route[] = [
  route({
    operation: 'versions:list',
    method: 'GET',
    path: '/compute',
    handler: async ({ app }) => ok({ versions: [versionOf(app, OLD), versionOf(app, NEW)] }),
  }),
  route({
    operation: 'versions:show',
    method: 'GET',
    path: '/compute/v2.1',
    handler: async ({ app }) => ownPage(app, NEW),
  }),
  route({
    operation: 'versions:show-old',
    method: 'GET',
    path: '/compute/v2',
    handler: async ({ app }) => ownPage(app, OLD),
  }),
];
