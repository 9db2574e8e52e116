import type { Context } from '../http/context.ts';
import { toJson } from './json.ts';
import type { Tx } from './store.ts';

/** Writes down who did what, in the transaction that does it. `detail` never holds a secret. */
export async function writeAudit(
  tx: Tx,
  context: Context,
  operation: string,
  target: string | null,
  detail?: Record<string, unknown>,
): Promise<void> {
  await tx.db
    .insertInto('audit')
    .values({
      at: context.now,
      request_id: context.requestId,
      user_id: context.userId,
      project_id: context.projectId,
      operation,
      target,
      detail: detail === undefined ? null : toJson(detail),
    })
    .execute();
}
