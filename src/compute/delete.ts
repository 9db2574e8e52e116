import { conflict } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import type { ServerRow } from './model.ts';
import { beginAction, finishAction } from './server-actions.ts';
import { changeServer, removeServer, serverById } from './servers-store.ts';

/** Throws ApiError 409 for a server that somebody locked, unless an administrator asks. */
export function assertUnlocked(context: Context, server: Pick<ServerRow, 'id' | 'locked_by'>): void {
  if (server.locked_by !== null && !context.isAdmin) throw conflict(`Instance ${server.id} is locked`);
}

/**
 * Deletes a server. One that a host has stays, as `deleting`, until the host says that it is gone: its addresses must
 * not be given to another while QEMU still answers on them.
 */
export async function deleteServer(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    if (server.task_state !== 'deleting') await beginDeletion(tx, context, server);
  });
}

/** Writes down that a server is deleted; its host carries it out. */
export async function beginDeletion(tx: Tx, context: Context, server: ServerRow): Promise<void> {
  await finishAction(tx, server.action_id, context.now, 'Error', 'The server was deleted meanwhile.');
  const action = await beginAction(tx, context, server, 'delete', 'compute_terminate_instance');
  await writeAudit(tx, context, 'compute:servers:delete', server.id, { name: server.name });
  if (server.host_id === null) {
    await removeServer(tx, { ...server, action_id: action }, context.now);
    return;
  }
  const patch = { task_state: 'deleting', deadline: null, action_id: action } as const;
  await changeServer(tx, server, context.now, patch, { document: true });
}
