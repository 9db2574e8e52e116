import { Type, type Static } from 'typebox';
import { sql } from 'kysely';
import { ok, route, type Route } from '../../http/route.ts';
import { Repeatable, Strict, values } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { networkNotFound } from '../errors.ts';
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
    access: 'admin',
    query: Query,
    async handler({ app, query }) {
      return ok({ network_ip_availabilities: await availability(app.store.read, query) });
    },
  }),
  route({
    operation: 'network-ip-availability:show',
    method: 'GET',
    path: '/network-ip-availabilities/:id',
    access: 'admin',
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
    access: 'reader',
    query: Type.Record(Type.String(), Repeatable),
    handler: async () =>
      ok({
        availability_zones: ['network', 'router'].map((resource) => ({ name: 'nova', resource, state: 'available' })),
      }),
  }),
  route({
    operation: 'service-providers:list',
    method: 'GET',
    path: '/service-providers',
    access: 'reader',
    query: Type.Record(Type.String(), Repeatable),
    handler: async () => ok({ service_providers: [{ service_type: 'L3_ROUTER_NAT', name: 'ovn', default: true }] }),
  }),
];

async function availability(db: Reader, query: Static<typeof Query>) {
  let select = db.selectFrom('networks').selectAll().orderBy('created_at').orderBy('id');
  const ids = values(query.network_id);
  const names = values(query.network_name);
  const projects = [...values(query.project_id), ...values(query.tenant_id)];
  if (ids.length > 0) select = select.where('id', 'in', ids);
  if (names.length > 0) select = select.where('name', 'in', names);
  if (projects.length > 0) select = select.where('project_id', 'in', projects);
  const versions = values(query.ip_version).map(Number);
  const rows: object[] = [];
  for (const network of await select.execute()) {
    rows.push(await networkAvailability(db, network, versions.length > 0 ? versions : [4, 6]));
  }
  return rows;
}

async function networkAvailability(db: Reader, network: NetworksTable, versions: readonly number[]) {
  const subnets = await sql<{ id: string; name: string; cidr: string; ip_version: number; used: number }>`
    select s.id, s.name, s.cidr, s.ip_version,
      (select count(*) from port_addresses a where a.subnet_id = s.id) as used
    from subnets s where s.network_id = ${network.id} and s.ip_version in (${sql.join(versions)})`.execute(db);
  const usage: { total: bigint; used: number; view: object }[] = [];
  for (const subnet of subnets.rows) {
    const pools = await db
      .selectFrom('subnet_allocation_pools')
      .selectAll()
      .where('subnet_id', '=', subnet.id)
      .execute();
    const total = pools.reduce(
      (sum, pool) => sum + BigInt(`0x${pool.last_key}`) - BigInt(`0x${pool.first_key}`) + 1n,
      0n,
    );
    const used = Number(subnet.used);
    const { name, cidr, ip_version } = subnet;
    usage.push({
      total,
      used,
      view: { subnet_id: subnet.id, subnet_name: name, cidr, ip_version, used_ips: used, total_ips: Number(total) },
    });
  }
  return {
    network_id: network.id,
    network_name: network.name,
    project_id: network.project_id,
    tenant_id: network.project_id,
    used_ips: usage.reduce((sum, one) => sum + one.used, 0),
    total_ips: Number(usage.reduce((sum, one) => sum + one.total, 0n)),
    subnet_ip_availability: usage.map((one) => one.view),
  };
}
