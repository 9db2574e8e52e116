import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import type { Tx } from '../store/store.ts';
import { assertUnlocked } from './delete.ts';
import type { ServerPatch, ServerRow } from './model.ts';
import { beginAction, finishAction } from './server-actions.ts';
import { changeServer, serverById } from './servers-store.ts';
import { assertPermitted, type Operation, type TaskState } from './states.ts';

/** What an operation asks of the host, and how it is shown while it lasts. */
interface Wish {
  task: TaskState;
  action: string;
  event: string;
  patch: (server: ServerRow) => ServerPatch;
}

const nextBoot = (server: ServerRow) => ({ power: 'running' as const, boot: server.boot + 1 });

/** Operations that only change what the server should be doing. */
const WISHES = {
  start: { task: 'powering-on', action: 'start', event: 'compute_start_instance', patch: nextBoot },
  stop: {
    task: 'powering-off',
    action: 'stop',
    event: 'compute_stop_instance',
    patch: () => ({ power: 'stopped', shutdown: 'soft' }),
  },
  reboot: {
    task: 'rebooting',
    action: 'reboot',
    event: 'compute_reboot_instance',
    patch: (server) => ({ ...nextBoot(server), shutdown: 'soft' }),
  },
  'hard-reboot': {
    task: 'rebooting_hard',
    action: 'reboot',
    event: 'compute_reboot_instance',
    patch: (server) => ({ ...nextBoot(server), shutdown: 'hard' }),
  },
  pause: { task: 'pausing', action: 'pause', event: 'compute_pause_instance', patch: () => ({ power: 'paused' }) },
  unpause: {
    task: 'unpausing',
    action: 'unpause',
    event: 'compute_unpause_instance',
    patch: () => ({ power: 'running' }),
  },
  suspend: {
    task: 'suspending',
    action: 'suspend',
    event: 'compute_suspend_instance',
    patch: () => ({ power: 'suspended' }),
  },
  resume: { task: 'resuming', action: 'resume', event: 'compute_resume_instance', patch: () => ({ power: 'running' }) },
} satisfies Partial<Record<Operation, Wish>>;

export type PowerOperation = keyof typeof WISHES;

/** Longer than a guest may take to end in good order, or to be written to disk. */
const DONE_WITHIN = 20 * 60_000;

/** Starts, stops, reboots, pauses… a server: a wish in its host's document. Throws ApiError 404 and 409. */
export async function changePower(app: App, context: Context, id: string, operation: PowerOperation): Promise<void> {
  const wish: Wish = WISHES[operation];
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted(operation, server);
    await startTask(tx, context, server, wish, wish.patch(server));
  });
}

/** Writes down that a task begins: action, state, deadline and the change of the document. */
export async function startTask(
  tx: Tx,
  context: Context,
  server: ServerRow,
  wish: Pick<Wish, 'task' | 'action' | 'event'>,
  patch: ServerPatch,
): Promise<void> {
  // A hard reboot may take the place of a soft one that does not get on.
  await finishAction(tx, server.action_id, context.now, 'Error', `Another ${wish.action} took its place.`);
  const action = await beginAction(tx, context, server, wish.action, wish.event);
  await changeServer(
    tx,
    server,
    context.now,
    { ...patch, task_state: wish.task, deadline: context.now + DONE_WITHIN, action_id: action },
    { document: true },
  );
  await writeAudit(tx, context, `compute:servers:${wish.action}`, server.id);
}
