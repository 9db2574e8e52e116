import { sql } from 'kysely';
import { Type, type Static, type TSchema } from 'typebox';
import type { PortId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { notAuthorized, revisionMismatch } from '../errors.ts';
import type { Standard } from '../tables.ts';
import { touchPorts } from '../touched.ts';
import { operationsOf, type Collection, type StoredRow } from './collection.ts';
import { findRow } from './list.ts';

export const IdParams = Strict({ id: Type.String({ maxLength: 255 }) });

/** What changes of one kind of resource do, each within the transaction. */
export interface Changes<Row extends StoredRow, C extends TSchema, U extends TSchema> {
  create: { body: C; bulk: boolean; run: (tx: Tx, context: Context, body: Static<C>) => Promise<string> } | null;
  update: { body: U; run: (tx: Tx, context: Context, row: Row, body: Static<U>) => Promise<void> } | null;
  remove: (tx: Tx, context: Context, row: Row) => Promise<void>;
  /** Whether someone who sees the row may change it; the owner and administrators unless told otherwise. */
  mayChange?: (db: Reader, context: Context, row: Row) => Promise<boolean>;
  /** Whether changes are for administrators even of a project's own rows; what one does not see stays a 404. */
  adminOnly?: true;
}

/**
 * One transaction with its audit rows, after which OVN is brought in line and hosts look again at what their servers
 * are told. Answers the ids that `work` changed.
 */
export async function change(
  app: App,
  context: Context,
  operation: string,
  work: (tx: Tx) => Promise<string[]>,
): Promise<string[]> {
  return app.store.transaction(async (tx) => {
    const ids = await work(tx);
    for (const id of ids) await writeAudit(tx, context, `network:${operation}`, id);
    const hosts = await hostsOf(tx.db, ids);
    // Whatever else hangs on a port says so itself.
    if (operation.startsWith('port:')) await touchPorts(tx, ids as PortId[]);
    else tx.raise('ovn');
    for (const host of hosts) tx.raise(`host:${host}`);
    return ids;
  });
}

/** The hosts with servers on what was changed: ports, networks, subnets, floating addresses or groups. */
async function hostsOf(db: Reader, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const list = sql.join(ids);
  const { rows } = await sql<{ host: string }>`select distinct binding_host_id as host from ports
    where binding_host_id <> '' and (id in (${list}) or network_id in (${list})
      or network_id in (select network_id from subnets where id in (${list}))
      or id in (select port_id from floating_ips where id in (${list}))
      or id in (select port_id from port_security_groups where security_group_id in (${list})))`.execute(db);
  return rows.map((row) => row.host);
}

/** The row if the caller may change it: 404 when it is not seen, 403 when it is seen but another's. */
export async function changeable<Row extends StoredRow>(
  tx: Tx,
  context: Context,
  collection: Collection<Row>,
  changes: Pick<Changes<Row, TSchema, TSchema>, 'mayChange' | 'adminOnly'>,
  id: string,
  verb: string,
): Promise<Row> {
  const row = await findRow(tx.db, context, collection, id);
  const own = row.project_id === context.projectId && !changes.adminOnly;
  if (context.isAdmin || own) return row;
  if (await changes.mayChange?.(tx.db, context, row)) return row;
  throw notAuthorized(`${verb}_${operationsOf(collection).one}`);
}

/** `If-Match: revision_number=N`. Throws 412 when the row has moved on. */
export function checkRevision(header: string | undefined, row: Standard): void {
  const match = /^"?revision_number=(\d+)"?$/.exec(header ?? '');
  if (!match) return;
  const expected = Number(match[1]);
  if (expected !== row.revision_number) throw revisionMismatch(expected, row.revision_number);
}

/** The columns of a new row that every resource has. */
export function newStandard(context: Context, input: { description?: string | undefined }) {
  return {
    description: input.description ?? '',
    revision_number: 1,
    created_at: context.now,
    updated_at: context.now,
  };
}

/** The columns that every change moves on. */
export const touched = (context: Context, row: Standard) => ({
  revision_number: row.revision_number + 1,
  updated_at: context.now,
});
