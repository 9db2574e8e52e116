import { notFound } from '../../core/errors.ts';
import { ok, route } from '../../http/route.ts';
import type { Reader } from '../../store/store.ts';
import { requireSeesAll } from '../policy.ts';
import {
  associate,
  dissociate,
  isAssociated,
  policyFor,
  readAssociations,
  regionsAbove,
  targetOf,
} from '../store/policy-associations.ts';
import { renderEndpoint } from '../wire/catalog.ts';
import { collection, IdParams, missing } from '../wire/common.ts';
import { endpoints } from './endpoints.ts';
import { linkRoutes } from './links.ts';
import { policies } from './policies.ts';
import { findRow, getRow } from './resource.ts';
import { catalogServices } from './services.ts';

/* OS-ENDPOINT-POLICY: which policy goes for an endpoint, a service, or a service in a region. */

const BASE = '/policies/:policy_id/OS-ENDPOINT-POLICY';

async function requireEnds(db: Reader, given: Record<string, string>): Promise<void> {
  await getRow(db, policies, given['policy_id'] ?? '');
  const { endpoint_id: endpointId, service_id: serviceId, region_id: regionId } = targetOf(given);
  if (endpointId !== null) await getRow(db, endpoints, endpointId);
  if (serviceId !== null) await getRow(db, catalogServices, serviceId);
  if (regionId !== null && !(await findRow(db, { table: 'regions' }, regionId))) throw missing('region', regionId);
}

const associationAt = (kind: string, path: string, ...targets: string[]) =>
  linkRoutes({
    name: `policy-association-for-${kind}`,
    title: 'policy association',
    path: BASE + path,
    params: ['policy_id', ...targets],
    requireEnds,
    exists: (db, given) => isAssociated(db, given['policy_id'] ?? '', targetOf(given)),
    insert: (tx, given) => associate(tx, given['policy_id'] ?? '', targetOf(given)),
    remove: (tx, given) => dissociate(tx, targetOf(given)),
  });

const listEndpoints = route({
  operation: 'policies:list-endpoints',
  method: 'GET',
  path: `${BASE}/endpoints`,
  params: IdParams('policy_id'),
  async handler(call) {
    requireSeesAll(call.context, 'list_endpoints_for_policy');
    const db = call.app.store.read;
    const policy = await getRow(db, policies, call.params.policy_id);
    const associations = (await readAssociations(db)).filter((row) => row.policy_id === policy.id);
    const regions = await db.selectFrom('regions').selectAll().execute();
    const rows = await db.selectFrom('catalog_endpoints').selectAll().orderBy('id').execute();
    const tied = rows.filter((endpoint) =>
      associations.some(
        (row) =>
          row.endpoint_id === endpoint.id ||
          (row.service_id === endpoint.service_id &&
            (row.region_id === null || regionsAbove(regions, endpoint.region_id).includes(row.region_id))),
      ),
    );
    return ok(collection(call, 'endpoints', tied, (row) => renderEndpoint(call, row)));
  },
});

const showForEndpoint = route({
  operation: 'endpoints:show-policy',
  method: 'GET',
  path: '/endpoints/:endpoint_id/OS-ENDPOINT-POLICY/policy',
  params: IdParams('endpoint_id'),
  async handler(call) {
    requireSeesAll(call.context, 'get_policy_for_endpoint');
    const db = call.app.store.read;
    const endpoint = await getRow(db, endpoints, call.params.endpoint_id);
    const regions = await db.selectFrom('regions').selectAll().execute();
    const policyId = policyFor(endpoint, await readAssociations(db), regions);
    if (policyId === null) throw notFound(`No policy is associated with endpoint ${endpoint.id}.`);
    return ok({ policy: policies.render(call, await getRow(db, policies, policyId)) });
  },
});

export const endpointPolicyRoutes = [
  ...associationAt('endpoint', '/endpoints/:endpoint_id', 'endpoint_id'),
  ...associationAt('service', '/services/:service_id', 'service_id'),
  ...associationAt('region-and-service', '/services/:service_id/regions/:region_id', 'service_id', 'region_id'),
  listEndpoints,
  showForEndpoint,
];
