import type { Context } from '../http/context.ts';
import type { Tx } from '../store/store.ts';
import type { HostId, ServerId } from '../core/ids.ts';

/** Writes down that something is done with a server; `event` names the step as Nova names its own. */
export async function beginAction(
  tx: Tx,
  context: Context,
  server: { id: ServerId; host_id: HostId | null },
  action: string,
  event: string,
): Promise<number> {
  const { id } = await tx.db
    .insertInto('server_actions')
    .values({
      server_id: server.id,
      action,
      request_id: context.requestId,
      user_id: context.userId,
      project_id: context.projectId,
      start_time: context.now,
      updated_at: context.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx.db
    .insertInto('server_events')
    .values({ action_id: id, event, start_time: context.now, host_id: server.host_id })
    .execute();
  return id;
}

/** Ends what is still open of an action. */
export async function finishAction(
  tx: Tx,
  actionId: number | null,
  now: number,
  result: 'Success' | 'Error',
  details: string | null,
): Promise<void> {
  if (actionId === null) return;
  await tx.db
    .updateTable('server_events')
    .set({ finish_time: now, result, details })
    .where('action_id', '=', actionId)
    .where('finish_time', 'is', null)
    .execute();
  await tx.db
    .updateTable('server_actions')
    .set({ updated_at: now, ...(result === 'Error' && { message: 'Error' }) })
    .where('id', '=', actionId)
    .execute();
}

/** An action that is done in the moment it is written down. */
export async function noteAction(
  tx: Tx,
  context: Context,
  server: { id: ServerId; host_id: HostId | null },
  action: string,
  event: string,
  outcome: { result: 'Success' | 'Error'; details: string | null } = { result: 'Success', details: null },
): Promise<void> {
  const id = await beginAction(tx, context, server, action, event);
  await finishAction(tx, id, context.now, outcome.result, outcome.details);
}
