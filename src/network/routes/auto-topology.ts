import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import type { ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Repeatable, Strict } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { notAuthorized } from '../errors.ts';
import { change } from '../resource/change.ts';
import { all } from '../resource/list.ts';
import type { NetworksTable } from '../tables.ts';
import { addInterfaceBySubnet, removeInterface, routerLegs } from '../routers.ts';
import { networkChanges } from './networks.ts';
import { routerChanges } from './routers.ts';
import { subnetChanges } from './subnets.ts';

const Params = Strict({ project_id: Type.String({ maxLength: 255 }) });
const Query = Type.Record(Type.String(), Repeatable);
const NAMES = { network: 'auto_allocated_network', router: 'auto_allocated_router' };

/**
 * A network, a router and the way out for a project that has nothing yet, in one call: the same again when it is there.
 * https://docs.openstack.org/api-ref/network/v2/#auto-allocated-topologies
 */
export const autoTopologyRoutes: Route[] = [
  route({
    operation: 'auto_allocated_topology:show',
    method: 'GET',
    path: '/auto-allocated-topology/:project_id',
    params: Params,
    query: Query,
    async handler({ app, context, params, query }) {
      const projectId = projectOf(context, params.project_id);
      if (all(query['fields'] ?? []).includes('dry-run')) {
        await requirements(app.store.read);
        return ok({ auto_allocated_topology: { id: 'dry-run=pass', ...owner(projectId) } });
      }
      let id = (await present(app.store.read, projectId))?.network_id;
      if (id === undefined) {
        await change(app, context, 'auto_allocated_topology:create', async (tx) => {
          // Another request may have been faster.
          id = (await present(tx.db, projectId))?.network_id ?? (await build(tx, context, projectId));
          return [id];
        });
      }
      return ok({ auto_allocated_topology: { id, ...owner(projectId) } });
    },
  }),
  route({
    operation: 'auto_allocated_topology:delete',
    method: 'DELETE',
    path: '/auto-allocated-topology/:project_id',
    params: Params,
    async handler({ app, context, params }) {
      const projectId = projectOf(context, params.project_id);
      await change(app, context, 'auto_allocated_topology:delete', async (tx) => {
        const topology = await present(tx.db, projectId);
        if (!topology) {
          throw notFound(
            `No auto-allocated topology of project ${projectId} was found.`,
            'AutoAllocatedTopologyNotFound',
          );
        }
        await tearDown(tx, context, topology);
        return [topology.network_id];
      });
      return noContent();
    },
  }),
];

const owner = (projectId: ProjectId) => ({ project_id: projectId, tenant_id: projectId });

function projectOf(context: Context, given: string): ProjectId {
  // The clients say `null` or `None` for the project of the token.
  const own = given === 'null' || given === 'None' || given === '' ? context.projectId : (given as ProjectId);
  if (own === null) throw badRequest('Running without a project: name one.', 'HTTPBadRequest');
  if (!context.isAdmin && own !== context.projectId) throw notAuthorized('get_auto_allocated_topology');
  return own;
}

const present = (db: Reader, projectId: ProjectId) =>
  db.selectFrom('auto_topologies').selectAll().where('project_id', '=', projectId).executeTakeFirst();

/** What administrators have to provide first. Throws ApiError 409 that says what is missing. */
async function requirements(db: Reader): Promise<{ external: NetworksTable; versions: (4 | 6)[] }> {
  const external = await db.selectFrom('networks').selectAll().where('is_default', '=', 1).executeTakeFirst();
  const pools = await db.selectFrom('subnet_pools').select('ip_version').where('is_default', '=', 1).execute();
  const missing = external ? 'No default subnetpools defined' : 'No default router:external network';
  if (!external || pools.length === 0) {
    throw conflict(
      `Deployment error: ${missing}. An administrator names one, with: openstack ${external ? 'subnet pool' : 'network'} set --default`,
      'AutoAllocationFailure',
    );
  }
  return { external, versions: pools.map((pool) => pool.ip_version).toSorted((a, b) => a - b) };
}

async function build(tx: Tx, context: Context, projectId: ProjectId): Promise<string> {
  const { external, versions } = await requirements(tx.db);
  const own = { project_id: projectId };
  const networkId = await networkChanges.create?.run(tx, context, { ...own, name: NAMES.network });
  const routerId = await routerChanges.create?.run(tx, context, {
    ...own,
    name: NAMES.router,
    external_gateway_info: { network_id: external.id },
  });
  if (networkId === undefined || routerId === undefined) throw new Error('networks and routers can be made');
  const router = await tx.db.selectFrom('routers').selectAll().where('id', '=', routerId).executeTakeFirstOrThrow();
  for (const version of versions) {
    const modes = version === 6 ? ({ ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' } as const) : {};
    const subnetId = await subnetChanges.create?.run(tx, context, {
      ...own,
      name: `auto_allocated_subnet_v${version}`,
      network_id: networkId,
      ip_version: version,
      use_default_subnetpool: true,
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

async function tearDown(
  tx: Tx,
  context: Context,
  topology: { project_id: ProjectId; network_id: string; router_id: string },
): Promise<void> {
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
