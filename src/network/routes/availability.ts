import { Type, type Static } from 'typebox';
import { sql } from 'kysely';
import { ok, route, type Route } from '../../http/route.ts';
import { Repeatable, Strict, values } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import type { Context } from '../../http/context.ts';
import { ownOrOpened } from '../rbac.ts';
import { networkNotFound } from '../errors.ts';
import type { NetworkId } from '../../core/ids.ts';
import { ZONE } from '../zones.ts';
import type { NetworksTable } from '../tables.ts';

const Query = Strict({
  network_id: Type.Optional(Repeatable),
  network_name: Type.Optional(Repeatable),
  project_id: Type.Optional(Repeatable),
  tenant_id: Type.Optional(Repeatable),
  ip_version: Type.Optional(Repeatable),
  fields: Type.Optional(Repeatable),
});

/** https://docs.openstack.org/api-ref/network/v2/#network-ip-availability-and-usage-stats */
export const availabilityRoutes: Route[] = [
  route({
    operation: 'network-ip-availabilities:list',
    method: 'GET',
    path: '/network-ip-availabilities',
    query: Query,
    async handler({ app, query }) {
      return ok({ network_ip_availabilities: await availability(app.store.read, query) });
    },
  }),
  route({
    operation: 'network-ip-availability:show',
    method: 'GET',
    path: '/network-ip-availabilities/:id',
    params: Strict({ id: Type.String({ maxLength: 255 }) }),
    async handler({ app, params }) {
      const [found] = await availability(app.store.read, { network_id: params.id });
      if (!found) throw networkNotFound(params.id);
      return ok({ network_ip_availability: found });
    },
  }),
  route({
    operation: 'availability-zones:list',
    method: 'GET',
    path: '/availability_zones',
    query: Type.Record(Type.String(), Repeatable),
    handler: async () =>
      ok({
        availability_zones: ['network', 'router'].map((resource) => ({ name: ZONE, resource, state: 'available' })),
      }),
  }),
  // The reference and the clients spell it in two ways.
  ...['floatingip_pools', 'floatingip-pools'].map((name) =>
    route({
      operation: `${name}:list`,
      method: 'GET',
      path: `/${name}`,
      query: Type.Record(Type.String(), Repeatable),
      async handler({ app, context }) {
        return ok({ floatingip_pools: await floatingPools(app.store.read, context) });
      },
    }),
  ),
  route({
    operation: 'service-providers:list',
    method: 'GET',
    path: '/service-providers',
    query: Type.Record(Type.String(), Repeatable),
    handler: async () => ok({ service_providers: [{ service_type: 'L3_ROUTER_NAT', name: 'ovn', default: true }] }),
  }),
];

/** The IPv4 subnets of the external networks that the caller sees, as Neutron's floatingip-pools lists them. */
async function floatingPools(db: Reader, context: Context): Promise<object[]> {
  const visible = context.isAdmin ? sql`1 = 1` : ownOrOpened(context);
  const { rows } = await sql<{ id: string; name: string; cidr: string; network_id: string }>`
    select s.id, s.name, s.cidr, s.network_id from subnets s join networks r on r.id = s.network_id
    where r.external = 1 and s.ip_version = 4 and (${visible}) order by s.created_at, s.id`.execute(db);
  return rows.map(({ id, name, cidr, network_id }) => ({
    subnet_id: id,
    subnet_name: name,
    cidr,
    network_id,
    project_id: context.projectId,
    tenant_id: context.projectId,
  }));
}

async function availability(db: Reader, query: Static<typeof Query>) {
  let select = db.selectFrom('networks').selectAll().orderBy('created_at').orderBy('id');
  const ids = values(query.network_id);
  const names = values(query.network_name);
  const projects = [...values(query.project_id), ...values(query.tenant_id)];
  if (ids.length > 0) select = select.where('id', 'in', ids);
  if (names.length > 0) select = select.where('name', 'in', names);
  if (projects.length > 0) select = select.where('project_id', 'in', projects);
  const versions = values(query.ip_version).map(Number);
  const found = await select.execute();
  const usage = await subnetUsage(
    db,
    found.map((network) => network.id),
    versions.length > 0 ? versions : [4, 6],
  );
  return found.map((network) => networkAvailability(network, usage.get(network.id) ?? []));
}

interface Usage {
  total: bigint;
  used: number;
  view: object;
}

/** What each network's subnets have and give, in two queries however many there are. */
async function subnetUsage(
  db: Reader,
  networkIds: readonly NetworkId[],
  versions: readonly number[],
): Promise<Map<string, Usage[]>> {
  if (networkIds.length === 0) return new Map();
  const subnets = await sql<{
    id: string;
    network_id: string;
    name: string;
    cidr: string;
    ip_version: number;
    used: number;
  }>`
    select s.id, s.network_id, s.name, s.cidr, s.ip_version,
      (select count(*) from port_addresses a where a.subnet_id = s.id) as used
    from subnets s where s.network_id in (${sql.join(networkIds)}) and s.ip_version in (${sql.join(versions)})
    order by s.created_at, s.id`.execute(db);
  const pools = await db
    .selectFrom('subnet_allocation_pools')
    .innerJoin('subnets', 'subnets.id', 'subnet_allocation_pools.subnet_id')
    .select(['subnet_id', 'first_key', 'last_key'])
    .where('subnets.network_id', 'in', [...networkIds])
    .execute();
  const sizes = new Map<string, bigint>();
  for (const pool of pools) {
    const size = BigInt(`0x${pool.last_key}`) - BigInt(`0x${pool.first_key}`) + 1n;
    sizes.set(pool.subnet_id, (sizes.get(pool.subnet_id) ?? 0n) + size);
  }
  const usage = new Map<string, Usage[]>();
  for (const { id, network_id, name, cidr, ip_version, used: count } of subnets.rows) {
    const total = sizes.get(id) ?? 0n;
    const used = Number(count);
    const view = { subnet_id: id, subnet_name: name, cidr, ip_version, used_ips: used, total_ips: exact(total) };
    usage.set(network_id, [...(usage.get(network_id) ?? []), { total, used, view }]);
  }
  return usage;
}

/** IPv6 has more addresses than a double can count; a client reads them all. */
const exact = (count: bigint): unknown =>
  (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(count.toString());

function networkAvailability(network: NetworksTable, usage: readonly Usage[]) {
  return {
    network_id: network.id,
    network_name: network.name,
    project_id: network.project_id,
    tenant_id: network.project_id,
    used_ips: usage.reduce((sum, one) => sum + one.used, 0),
    total_ips: exact(usage.reduce((sum, one) => sum + one.total, 0n)),
    subnet_ip_availability: usage.map((one) => one.view),
  };
}
