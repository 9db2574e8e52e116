import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import type { ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Repeatable, Strict } from '../../http/schemas.ts';
import { notAuthorized } from '../errors.ts';
import { change } from '../resource/change.ts';
import { all } from '../resource/list.ts';
import { buildTopology, presentTopology, requireGround, tearDownTopology, type TopologyPlan } from '../topology.ts';

const Params = Strict({ project_id: Type.String({ maxLength: 255 }) });
const Query = Type.Record(Type.String(), Repeatable);
/** As Neutron calls them. */
const PLAN: TopologyPlan = {
  network: 'auto_allocated_network',
  router: 'auto_allocated_router',
  subnet: (version) => `auto_allocated_subnet_v${version}`,
  nameservers: { 4: [], 6: [] },
};

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
        await requireGround(app.store.read);
        return ok({ auto_allocated_topology: { id: 'dry-run=pass', ...owner(projectId) } });
      }
      let id = (await presentTopology(app.store.read, projectId))?.network_id;
      if (id === undefined) {
        await change(app, context, 'auto_allocated_topology:create', async (tx) => {
          // Another request may have been faster.
          id =
            (await presentTopology(tx.db, projectId))?.network_id ??
            (await buildTopology(tx, context, projectId, await requireGround(tx.db), PLAN));
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
        const topology = await presentTopology(tx.db, projectId);
        if (!topology) {
          throw notFound(
            `No auto-allocated topology of project ${projectId} was found.`,
            'AutoAllocatedTopologyNotFound',
          );
        }
        await tearDownTopology(tx, context, topology);
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
