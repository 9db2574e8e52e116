import type { HostId } from '../core/ids.ts';
import type { Tx } from '../store/store.ts';
import { loseVolumes } from '../volume/index.ts';
import { touchHost } from './hosts.ts';
import type { ServerFault } from './model.ts';
import { finishAction } from './server-actions.ts';
import { POWER } from './states.ts';

/**
 * What a host had is gone: its machine was installed again. Its servers are in ERROR and say why; none is quietly made
 * anew from its image, because that is for its owner to decide (rebuild, or delete). Answers how many there were.
 */
export async function loseContents(tx: Tx, hostId: HostId, now: number): Promise<number> {
  const { name } = await tx.db.selectFrom('hosts').select('name').where('id', '=', hostId).executeTakeFirstOrThrow();
  const message = `The machine ${name} was installed again, and this server's disk is lost. Rebuild or delete the server.`;
  const fault: ServerFault = { code: 500, message, details: null, created: now, source: 'controller' };
  const servers = await tx.db
    .selectFrom('servers')
    .select(['id', 'build', 'action_id'])
    .where('host_id', '=', hostId)
    .where('deleted', '=', 0)
    .where((where) => where.or([where('task_state', 'is', null), where('task_state', '!=', 'deleting')]))
    .execute();
  for (const server of servers) {
    await finishAction(tx, server.action_id, now, 'Error', message);
    await tx.db
      .updateTable('servers')
      .set({
        ...{ vm_state: 'error', task_state: null, power_state: POWER.none, deadline: null, action_id: null },
        ...{ fault: JSON.stringify(fault), lost_build: server.build, updated_at: now },
      })
      .where('id', '=', server.id)
      .execute();
  }
  const volumes = await loseVolumes(tx, hostId, `The machine ${name} was installed again: the volume is lost.`, now);
  await touchHost(tx, hostId);
  tx.raise('servers');
  return servers.length + volumes;
}
