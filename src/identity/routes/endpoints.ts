import { badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Tx } from '../../store/store.ts';
import { endpointUrl } from '../store/catalog.ts';
import { ENDPOINT_MEMBERS, EndpointCreate, EndpointUpdate, renderEndpoint, type EndpointRow } from '../wire/catalog.ts';
import { extraOf, mergedExtra, type Query } from '../wire/common.ts';
import { changeRoutes, findRow, readRoutes, type Resource } from './resource.ts';
import { catalogServices } from './services.ts';

export const endpoints: Resource<EndpointRow> = {
  table: 'catalog_endpoints',
  plural: 'endpoints',
  singular: 'endpoint',
  path: '/endpoints',
  filters: { interface: 'text', service_id: 'text', region_id: 'text', enabled: 'bool' },
  order: ['service_id', 'interface', 'id'],
  query: ({ region, ...others }: Query) => (region === undefined ? others : { region_id: region, ...others }),
  render: renderEndpoint,
};

/** What a body says of a region: `region_id` must exist, `region` is made when it does not. */
interface GivenRegion {
  region_id?: string | null;
  region?: string | null;
}

const regionOf = (given: GivenRegion) => (given.region_id ? given.region_id : (given.region ?? null)) || null;

/** Checks what an endpoint refers to. Throws ApiError 400. */
async function checkReferences(tx: Tx, row: EndpointRow): Promise<void> {
  if (!(await findRow(tx.db, catalogServices, row.service_id))) {
    throw badRequest(`Could not find service: ${row.service_id}.`);
  }
  if (/[$%]\(/.test(endpointUrl(row.url, 'project', 'user') ?? '')) {
    throw badRequest(
      `The endpoint URL ${row.url} has a substitution that is not known: use $(project_id)s or $(user_id)s.`,
    );
  }
}

async function checkRegion(tx: Tx, given: GivenRegion): Promise<void> {
  if (given.region_id) {
    const region = await tx.db.selectFrom('regions').select('id').where('id', '=', given.region_id).executeTakeFirst();
    if (!region) throw badRequest(`Could not find region: ${given.region_id}.`);
  } else if (given.region) {
    await tx.db
      .insertInto('regions')
      .values({ id: given.region, parent_region_id: null, description: '', extra: toJson({}) })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

export const endpointRoutes = [
  ...readRoutes(endpoints),
  ...changeRoutes(endpoints, {
    create: EndpointCreate,
    make: ({ endpoint }) => ({
      id: newHexId(),
      service_id: endpoint.service_id,
      interface: endpoint.interface,
      region_id: regionOf(endpoint),
      url: endpoint.url,
      enabled: bit(endpoint.enabled ?? true),
      extra: toJson(extraOf(endpoint, ENDPOINT_MEMBERS)),
      managed: bit(false),
    }),
    update: EndpointUpdate,
    change: (old, { endpoint }) => ({
      service_id: endpoint.service_id ?? old.service_id,
      interface: endpoint.interface ?? old.interface,
      region_id: endpoint.region_id !== undefined || endpoint.region !== undefined ? regionOf(endpoint) : old.region_id,
      url: endpoint.url ?? old.url,
      enabled: endpoint.enabled === undefined ? old.enabled : bit(endpoint.enabled),
      extra: toJson(mergedExtra(old.extra, extraOf(endpoint, ENDPOINT_MEMBERS))),
    }),
    async check(tx, row, _old, { endpoint }) {
      await checkRegion(tx, endpoint);
      await checkReferences(tx, row);
    },
  }),
];
