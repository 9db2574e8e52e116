import type { Context } from '../http/context.ts';
import type { AuditTable } from './database.ts';
import { toJson } from './json.ts';
import type { Tx } from './store.ts';

/**
 * What a request has left in the audit trail so far, shared by all copies of its context. Who logs in is nobody yet
 * when the request begins: the account that is tried stands here.
 */
export interface Trail {
  rows: number;
  /** The account of a log-in. */
  account?: { userId: string; domainId: string };
  /** Whether a refusal is not worth a row: a guess that nobody looked at. */
  silent?: true;
}

/** One thing that was done or refused. `detail` never holds a secret. */
export interface Deed {
  operation: string;
  target: string | null;
  detail?: Record<string, unknown> | undefined;
  /** The answer's HTTP status when it was refused or failed; null for what was done. */
  status: number | null;
}

/** Writes down who did what, in the transaction that does it. `detail` never holds a secret. */
export async function writeAudit(
  tx: Tx,
  context: Context,
  operation: string,
  target: string | null,
  detail?: Record<string, unknown>,
): Promise<void> {
  await writeDeed(tx, context, { operation, target, detail, status: null });
}

/** Writes down what was done, or refused. The rows are only ever added, and trimmed by age (`src/audit/`). */
export async function writeDeed(tx: Tx, context: Context, deed: Deed): Promise<void> {
  if (context.trail) context.trail.rows++;
  await tx.db.insertInto('audit').values(auditRow(context, deed)).execute();
}

function auditRow(context: Context, { operation, target, detail, status }: Deed): Omit<AuditTable, 'id'> {
  const { trail } = context;
  return {
    at: context.now,
    request_id: context.requestId,
    user_id: context.userId ?? trail?.account?.userId ?? null,
    project_id: context.projectId,
    domain_id: context.projectDomainId ?? context.domainId ?? context.userDomainId ?? trail?.account?.domainId ?? null,
    delegation: context.delegation ?? null,
    address: context.remoteAddress,
    operation,
    target,
    status,
    detail: detail === undefined ? null : toJson(detail),
  };
}
