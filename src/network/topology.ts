import { conflict } from '../core/errors.ts';
import type { ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import { addInterfaceBySubnet, removeInterface, routerLegs } from './routers.ts';
import { networkChanges } from './routes/networks.ts';
import { routerChanges } from './routes/routers.ts';
import { subnetChanges } from './routes/subnets.ts';
import type { AutoTopologiesTable, NetworksTable } from './tables.ts';

/** What the parts of a topology are called, and which resolvers its guests ask. */
export interface TopologyPlan {
  network: string;
  router: string;
  subnet: (version: 4 | 6) => string;
  nameservers: { 4: string[]; 6: string[] };
}

/** What was made for a project, if it is still there. */
export const presentTopology = (db: Reader, projectId: ProjectId): Promise<AutoTopologiesTable | undefined> =>
  db.selectFrom('auto_topologies').selectAll().where('project_id', '=', projectId).executeTakeFirst();

export interface TopologyGround {
  external: NetworksTable;
  versions: (4 | 6)[];
}

/** What administrators have to provide first: a default external network, and default pools of addresses. */
export async function topologyGround(db: Reader): Promise<TopologyGround | { missing: 'network' | 'subnet pool' }> {
  const external = await db.selectFrom('networks').selectAll().where('is_default', '=', 1).executeTakeFirst();
  const pools = await db.selectFrom('subnet_pools').select('ip_version').where('is_default', '=', 1).execute();
  if (!external) return { missing: 'network' };
  if (pools.length === 0) return { missing: 'subnet pool' };
  return { external, versions: pools.map((pool) => pool.ip_version).toSorted((a, b) => a - b) };
}

/** The same. Throws ApiError 409 that says what is missing. */
export async function requireGround(db: Reader): Promise<TopologyGround> {
  const ground = await topologyGround(db);
  if (!('missing' in ground)) return ground;
  const missing =
    ground.missing === 'network' ? 'No default router:external network' : 'No default subnetpools defined';
  throw conflict(
    `Deployment error: ${missing}. An administrator names one, with: openstack ${ground.missing} set --default`,
    'AutoAllocationFailure',
  );
}

/** Makes a network with a subnet of each default pool and a router to the outside. Answers the network's id. */
export async function buildTopology(
  tx: Tx,
  context: Context,
  projectId: ProjectId,
  { external, versions }: TopologyGround,
  plan: TopologyPlan,
): Promise<string> {
  const own = { project_id: projectId };
  const networkId = await networkChanges.create?.run(tx, context, { ...own, name: plan.network });
  const routerId = await routerChanges.create?.run(tx, context, {
    ...own,
    name: plan.router,
    external_gateway_info: { network_id: external.id },
  });
  if (networkId === undefined || routerId === undefined) throw new Error('networks and routers can be made');
  const router = await tx.db.selectFrom('routers').selectAll().where('id', '=', routerId).executeTakeFirstOrThrow();
  for (const version of versions) {
    const modes = version === 6 ? ({ ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' } as const) : {};
    const subnetId = await subnetChanges.create?.run(tx, context, {
      ...own,
      name: plan.subnet(version),
      network_id: networkId,
      ip_version: version,
      use_default_subnetpool: true,
      dns_nameservers: plan.nameservers[version],
      ...modes,
    });
    const subnet = await tx.db
      .selectFrom('subnets')
      .selectAll()
      .where('id', '=', subnetId ?? '')
      .executeTakeFirstOrThrow();
    await addInterfaceBySubnet(tx, context, router, subnet);
  }
  await tx.db
    .insertInto('auto_topologies')
    .values({ project_id: projectId, network_id: networkId, router_id: routerId })
    .execute();
  return networkId;
}

/** Takes away what was made for a project. Throws ApiError 409 while servers are on the network. */
export async function tearDownTopology(tx: Tx, context: Context, topology: AutoTopologiesTable): Promise<void> {
  const router = await tx.db.selectFrom('routers').selectAll().where('id', '=', topology.router_id).executeTakeFirst();
  const network = await tx.db
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', topology.network_id)
    .executeTakeFirst();
  await tx.db.deleteFrom('auto_topologies').where('project_id', '=', topology.project_id).execute();
  if (router) {
    for (const port of new Set((await routerLegs(tx.db, router.id, false)).map((leg) => leg.port.id))) {
      await removeInterface(tx, context, router, { portId: port, subnetId: null });
    }
    await routerChanges.remove(tx, context, router);
  }
  if (network) await networkChanges.remove(tx, context, network);
}
