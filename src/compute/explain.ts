import { Type, type Static } from 'typebox';
import { notFound } from '../core/errors.ts';
import type { ServerId } from '../core/ids.ts';
import { Nullable } from '../http/schemas.ts';
import { serverPorts } from '../network/index.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import type { Placement, ServerFault } from './model.ts';
import { statusOf } from './states.ts';

const Text = Nullable(Type.String());
const Time = Nullable(Type.Integer());

/** Why a server is where it is and as it is, for an operator. Times in milliseconds since 1970. */
export const Explanation = Type.Object({
  server: Type.Object({
    ...{ id: Type.String(), name: Type.String(), project: Type.String() },
    ...{ status: Type.String(), vmState: Type.String(), taskState: Text },
  }),
  /** What the scheduler saw when it chose: how many hosts there were, how many of them fitted, the best of those, and why not others. */
  placement: Nullable(
    Type.Object({
      ...{ at: Type.Integer(), chosen: Text, hosts: Type.Integer(), fit: Type.Integer() },
      candidates: Type.Array(Type.String()),
      objections: Type.Array(
        Type.Object({ reason: Type.String(), hosts: Type.Integer(), names: Type.Array(Type.String()) }),
      ),
    }),
  ),
  host: Nullable(
    Type.Object({
      ...{ id: Type.String(), name: Type.String(), lastSeen: Time },
      generation: Type.Object({ wanted: Type.Integer(), reported: Type.Integer() }),
    }),
  ),
  wanted: Type.Object({
    ...{ power: Type.String(), build: Type.Integer(), boot: Type.Integer(), sinceGeneration: Type.Integer() },
  }),
  reported: Type.Object({
    ...{ state: Text, build: Type.Integer(), boot: Type.Integer(), reason: Text, at: Time },
    /** Whether the host has reported a document that has the last change of this server. */
    current: Type.Boolean(),
  }),
  fault: Nullable(
    Type.Object({
      ...{ code: Type.Integer(), message: Type.String(), details: Text, created: Type.Integer() },
      source: Type.Union([Type.Literal('host'), Type.Literal('controller')]),
    }),
  ),
  deadline: Time,
  ports: Type.Array(
    Type.Object({
      ...{ id: Type.String(), network: Type.String(), mac: Type.String(), status: Type.String(), reason: Text },
      addresses: Type.Array(Type.String()),
    }),
  ),
  history: Type.Array(
    Type.Object({
      ...{ action: Type.String(), at: Type.Integer(), result: Text, details: Text, request: Type.String() },
    }),
  ),
});
export type Explanation = Static<typeof Explanation>;

/** Everything that is known of a server's fate. Throws ApiError 404; also tells of servers that are gone. */
export async function explainServer(db: Reader, id: string): Promise<Explanation> {
  const server = await db
    .selectFrom('servers')
    .selectAll()
    .where('id', '=', id as ServerId)
    .executeTakeFirst();
  if (!server) throw notFound(`Instance ${id} could not be found.`, 'InstanceNotFound');
  const host =
    server.host_id === null
      ? undefined
      : await db.selectFrom('hosts').selectAll().where('id', '=', server.host_id).executeTakeFirst();
  const ports = (await serverPorts(db, [server.id])).get(server.id) ?? [];
  const history = await db
    .selectFrom('server_actions')
    .leftJoin('server_events', 'server_events.action_id', 'server_actions.id')
    .select(['action', 'server_actions.start_time as at', 'result', 'details', 'request_id as request'])
    .where('server_id', '=', server.id)
    .orderBy('server_actions.id', 'desc')
    .limit(20)
    .execute();
  return {
    server: {
      id: server.id,
      name: server.name,
      project: server.project_id,
      status: statusOf(server.vm_state, server.task_state),
      vmState: server.vm_state,
      taskState: server.task_state,
    },
    placement: server.placement === null ? null : fromJson<Placement>(server.placement),
    host: host
      ? {
          id: host.id,
          name: host.name,
          lastSeen: host.last_seen,
          generation: { wanted: host.generation, reported: host.reported_generation },
        }
      : null,
    wanted: {
      power: server.power,
      build: server.build,
      boot: server.boot,
      sinceGeneration: server.changed_generation,
    },
    reported: {
      state: server.reported_state,
      build: server.reported_build,
      boot: server.reported_boot,
      reason: server.reported_reason,
      at: server.reported_at,
      current: host !== undefined && host.reported_generation >= server.changed_generation,
    },
    fault: server.fault === null ? null : fromJson<ServerFault>(server.fault),
    deadline: server.deadline,
    ports: ports.map((port) => ({
      id: port.id,
      network: port.networkName,
      mac: port.mac,
      status: port.status,
      reason: port.statusReason,
      addresses: port.addresses.map(({ address }) => address),
    })),
    history,
  };
}
