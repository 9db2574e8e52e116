import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { parseBool, Repeatable, Strict } from '../../http/schemas.ts';
import type { Reader } from '../../store/store.ts';
import { readAgents, type Agent } from '../agents.ts';
import { writeAudit } from '../../store/audit.ts';
import { Bool, toBool } from '../resource/body.ts';
import { IdParams } from '../resource/change.ts';
import { all, selectFields, type Query } from '../resource/list.ts';

const AnyQuery = Type.Record(Type.String(), Repeatable);
const FILTERS = [
  'id',
  'agent_type',
  'binary',
  'host',
  'topic',
  'availability_zone',
  'alive',
  'admin_state_up',
  'description',
] as const;

async function findAgent(db: Reader, id: string, now: number): Promise<Agent> {
  const agent = (await readAgents(db, now)).find((one) => one.id === id);
  if (!agent) throw notFound(`Agent ${id} could not be found.`, 'AgentNotFound');
  return agent;
}

/** https://docs.openstack.org/api-ref/network/v2/#agents */
export const agentRoutes: Route[] = [
  route({
    operation: 'agents:list',
    method: 'GET',
    path: '/agents',
    query: AnyQuery,
    async handler({ app, context, query }) {
      // As Neutron: whoever may not know the hosts sees an empty list.
      const agents = context.isAdmin ? await readAgents(app.store.read, context.now) : [];
      return ok({ agents: filtered(agents, query).map((agent) => selectFields({ ...agent }, query)) });
    },
  }),
  route({
    operation: 'agent:show',
    method: 'GET',
    path: '/agents/:id',
    params: IdParams,
    query: AnyQuery,
    async handler({ app, context, params, query }) {
      return ok({ agent: selectFields({ ...(await findAgent(app.store.read, params.id, context.now)) }, query) });
    },
  }),
  route({
    operation: 'agent:update',
    method: 'PUT',
    path: '/agents/:id',
    params: IdParams,
    body: Strict({
      agent: Strict({
        description: Type.Optional(Type.String({ maxLength: 255 })),
        admin_state_up: Type.Optional(Bool),
      }),
    }),
    async handler({ app, context, params, body }) {
      const agent = await findAgent(app.store.read, params.id, context.now);
      const { admin_state_up: up = true, description } = body.agent;
      if (!toBool(up, 'admin_state_up')) {
        throw badRequest(
          `Bad agent request: OVN agent status cannot be updated, it lives with its host. Disable the host instead: openstack compute service set --disable ${agent.host} nova-compute.`,
          'BadRequest',
        );
      }
      if (description !== undefined) {
        await app.store.transaction(async (tx) => {
          const note = { agent_id: agent.id, description };
          await tx.db
            .insertInto('network_agent_notes')
            .values(note)
            .onConflict((clash) => clash.column('agent_id').doUpdateSet({ description }))
            .execute();
          await writeAudit(tx, context, 'network:agent:update', agent.id);
        });
      }
      return ok({ agent: await findAgent(app.store.read, params.id, context.now) });
    },
  }),
  route({
    operation: 'agent:delete',
    method: 'DELETE',
    path: '/agents/:id',
    params: IdParams,
    async handler({ app, context, params }) {
      const agent = await findAgent(app.store.read, params.id, context.now);
      throw conflict(
        `Agent ${agent.id} cannot be deleted by itself: it goes with its host ${agent.host}, when that is removed from the cloud.`,
        'AgentInUse',
      );
    },
  }),
];

function filtered(agents: readonly Agent[], query: Query): Agent[] {
  return agents.filter((agent) =>
    FILTERS.every((name) => {
      const given = query[name];
      if (given === undefined) return true;
      const value = agent[name];
      return all(given).some((text) => (typeof value === 'boolean' ? parseBool(text) === value : text === value));
    }),
  );
}
