import { notFound } from '../core/errors.ts';
import type { ServerId } from '../core/ids.ts';
import { serverPorts } from '../network/index.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import type { Placement, ServerFault } from './model.ts';
import { statusOf } from './states.ts';

/** Why a server is where it is and as it is, for an operator. */
export interface Explanation {
  server: { id: string; name: string; project: string; status: string; vmState: string; taskState: string | null };
  placement: Placement | null;
  host: {
    id: string;
    name: string;
    lastSeen: number | null;
    generation: { wanted: number; reported: number };
  } | null;
  wanted: { power: string; build: number; boot: number; sinceGeneration: number };
  reported: {
    state: string | null;
    build: number;
    boot: number;
    reason: string | null;
    at: number | null;
    /** Whether the host has reported a document that has the last change of this server. */
    current: boolean;
  };
  fault: ServerFault | null;
  deadline: number | null;
  ports: { id: string; network: string; mac: string; status: string; reason: string | null; addresses: string[] }[];
  history: { action: string; at: number; result: string | null; details: string | null; request: string }[];
}

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
