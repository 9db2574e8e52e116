import { ok, route, type Call, type Reply } from '../../http/route.ts';
import { PREFIX, urlOf } from '../wire/common.ts';

/** The version of Keystone's API that this service answers like. */
const version = (call: Call) => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: urlOf(call, '/') }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});

const versions = async (call: Call): Promise<Reply> => ({
  status: 300,
  body: { versions: { values: [version(call)] } },
  headers: { location: urlOf(call, '/') },
});

/** What a person or program finds who only knows the cloud's address. */
const index = route({
  operation: 'index',
  method: 'GET',
  path: '/',
  async handler({ app }) {
    const rows = await app.store.read
      .selectFrom('catalog_endpoints as endpoint')
      .innerJoin('catalog_services as service', 'service.id', 'endpoint.service_id')
      .select(['service.type', 'service.name', 'endpoint.url'])
      .where('endpoint.interface', '=', 'public')
      .where('endpoint.enabled', '=', 1)
      .where('service.enabled', '=', 1)
      .orderBy('service.type')
      .execute();
    return ok({ auth_url: `${app.config.publicUrl}${PREFIX}`, region: app.config.region, services: rows });
  },
});

const list = route({
  operation: 'versions:list',
  method: 'GET',
  path: '/identity',
  handler: versions,
});

const show = route({
  operation: 'versions:show',
  method: 'GET',
  path: PREFIX,
  handler: async (call) => ok({ version: version(call) }),
});

export const versionRoutes = [index, list, show];
