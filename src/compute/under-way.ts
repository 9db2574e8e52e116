import type { UnderWay } from '../operations/contract.ts';
import type { Reader } from '../store/store.ts';

/** Servers that something is done to, and images that are made of servers. */
export async function computeUnderWay(db: Reader, limit: number): Promise<UnderWay[]> {
  const servers = await db
    .selectFrom('servers')
    .leftJoin('server_actions', 'server_actions.id', 'servers.action_id')
    .leftJoin('hosts', 'hosts.id', 'servers.host_id')
    .select(['servers.id', 'servers.name', 'servers.project_id', 'task_state', 'deadline', 'servers.updated_at'])
    .select(['action', 'start_time', 'server_actions.user_id', 'request_id', 'hosts.name as host'])
    .where('servers.deleted', '=', 0)
    .where((where) => where.or([where('task_state', 'is not', null), where('servers.action_id', 'is not', null)]))
    .orderBy('servers.updated_at')
    .limit(limit)
    .execute();
  const images = await db
    .selectFrom('server_images')
    .innerJoin('servers', 'servers.id', 'server_images.server_id')
    .leftJoin('server_actions', 'server_actions.id', 'server_images.action_id')
    .leftJoin('hosts', 'hosts.id', 'servers.host_id')
    .select([
      'server_images.image_id',
      'server_images.kind',
      'servers.name',
      'servers.project_id',
      'server_images.created_at',
    ])
    .select(['server_images.deadline', 'server_actions.user_id', 'request_id', 'hosts.name as host'])
    .orderBy('server_images.created_at')
    .limit(limit)
    .execute();
  return [
    ...servers.map((row) => ({
      ...{ kind: 'servers', id: row.id, name: row.name, projectId: row.project_id, host: row.host },
      ...{ doing: row.action ?? row.task_state ?? '', since: row.start_time ?? row.updated_at },
      ...{ deadline: row.deadline, userId: row.user_id, requestId: row.request_id },
    })),
    ...images.map((row) => ({
      ...{ kind: 'images', id: row.image_id, name: row.name, projectId: row.project_id, host: row.host },
      ...{ doing: row.kind, since: row.created_at, deadline: row.deadline },
      ...{ userId: row.user_id, requestId: row.request_id },
    })),
  ];
}
