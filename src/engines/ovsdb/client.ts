import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, OperatorError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { applyUpdates, emptyReplica, type Replica, type RowChange, type Selection } from './replica.ts';
import { connectRpc, OvsdbError, type Rpc, type RpcOptions } from './rpc.ts';
import { readSchema, type Schema, type WireSchema } from './schema.ts';
import { encodeOperation, readResults, type Operation, type OperationResult } from './transact.ts';

/** A database kept in memory: connected for as long as it is open, and read anew after each loss of the connection. */
export interface Ovsdb {
  /** The replica, as soon as it is complete. Fails with OperatorError when that takes longer than `milliseconds`. */
  ready(milliseconds?: number): Promise<Replica>;
  /**
   * Carries out operations in one transaction: all or nothing. When it resolves, the replica already shows the result,
   * because the server reports changes before it answers. Fails with OvsdbError when the server refuses it; with
   * OperatorError when it is unknown whether it was done.
   */
  transact(operations: readonly Operation[], milliseconds?: number): Promise<OperationResult[]>;
  /** Whether the replica is complete right now. */
  readonly connected: boolean;
  close(): void;
}

export interface OvsdbOptions {
  /** One address, or several with commas between them, which are tried in turn. */
  address: string;
  database: string;
  /** What is kept in memory. A column that this server's schema does not have is left out. */
  tables: Selection;
  log: Log;
  /** After each complete reading: at first, and after each reconnection. */
  onSync?: () => void;
  /** After each change that follows. */
  onChange?: (changes: readonly RowChange[]) => void;
  rpc?: Omit<RpcOptions, 'onNotification'>;
}

interface Session {
  rpc: Rpc;
  schema: Schema;
  replica: Replica;
}

const READY_WITHIN = 5_000;
const MONITOR_WITHIN = 60_000;
const MONITOR_ID = 'potluck';

/** Opens a database and keeps connecting to it until it is closed. Throws OperatorError only for a bad address. */
export function openOvsdb(options: OvsdbOptions): Ovsdb {
  const stop = new AbortController();
  let session: Session | null = null;
  let waiting = Promise.withResolvers<void>();
  let trouble = 'it was not tried yet';
  const remotes = options.address.split(',').map((one) => one.trim());

  const connectOnce = async (remote: string) => {
    const next = await startSession(remote, options);
    if (stop.signal.aborted) return next.rpc.close();
    session = next;
    trouble = '';
    options.log.info('ovsdb-connected', { database: options.database, remote, schema: next.schema.version });
    waiting.resolve();
    options.onSync?.();
    const reason = await next.rpc.closed;
    session = null;
    waiting = Promise.withResolvers<void>();
    throw reason;
  };
  const keepConnected = async () => {
    let failures = 0;
    for (let turn = 0; !stop.signal.aborted; turn++) {
      const begin = performance.now();
      try {
        await connectOnce(remotes[turn % remotes.length] ?? options.address);
      } catch (error) {
        trouble = messageOf(error);
        if (stop.signal.aborted) return;
        failures = performance.now() - begin > 10_000 ? 1 : failures + 1;
        options.log.warn('ovsdb-lost', { database: options.database, reason: trouble, failures });
        await sleep(Math.min(2_000, 25 * 2 ** failures), undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
  };
  keepConnected().catch((error: unknown) => options.log.error('ovsdb-gave-up', { database: options.database, error }));

  return {
    get connected() {
      return session !== null;
    },
    async ready(milliseconds = READY_WITHIN) {
      const current = () => session?.replica;
      const now = current();
      if (now) return now;
      const late = sleep(milliseconds, 'late', { ref: false, signal: stop.signal }).catch(() => 'closed');
      for (;;) {
        const outcome = await Promise.race([waiting.promise, late]);
        if (outcome !== undefined) throw notReady(options, outcome, trouble);
        const replica = current();
        if (replica) return replica;
      }
    },
    async transact(operations, milliseconds) {
      if (session === null) throw notReady(options, 'lost', trouble);
      const { rpc, schema } = session;
      const encoded = operations.map((operation) => encodeOperation(schema, operation));
      const answer = await rpc.call('transact', [options.database, ...encoded], milliseconds);
      return readResults(schema, operations, answer);
    },
    close() {
      stop.abort();
      session?.rpc.close();
    },
  };
}

function notReady(options: OvsdbOptions, outcome: string, trouble: string): OperatorError {
  const what = outcome === 'closed' ? 'it was closed' : `no connection to ${options.address}`;
  return new OperatorError(
    `The database ${options.database} is not there: ${what}. ${trouble}`.trim(),
    'Is its ovsdb-server running? See: potluck doctor',
  );
}

/** Connects, reads the schema, and reads the chosen tables while asking to be told of their changes. */
async function startSession(remote: string, options: OvsdbOptions): Promise<Session> {
  const replica = emptyReplica(options.tables);
  let selection: Selection = {};
  let schema: Schema | null = null;
  // What arrives in one piece with the initial view must not be applied before it.
  const early: unknown[] = [];
  let complete = false;
  const apply = (updates: unknown) => (schema === null ? [] : applyUpdates(schema, selection, replica, updates));
  const rpc = await connectRpc(remote, {
    ...options.rpc,
    onNotification(method, params) {
      const updates = method === 'update3' ? params[2] : method === 'update' ? params[1] : undefined;
      if (updates === undefined) return;
      if (!complete) return void early.push(updates);
      const changes = apply(updates);
      if (changes.length > 0) options.onChange?.(changes);
    },
  });
  try {
    schema = readSchema((await rpc.call('get_schema', [options.database])) as WireSchema);
    selection = available(schema, options.tables);
    for (const updates of [await monitor(rpc, options.database, selection), ...early]) apply(updates);
    complete = true;
    return { rpc, schema, replica };
  } catch (error) {
    rpc.close();
    throw error;
  }
}

/** The chosen tables and columns that this schema has. */
function available(schema: Schema, wanted: Selection): Selection {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([table, columns]) => {
      const known = schema.tables.get(table)?.columns;
      return known ? [[table, columns.filter((column) => known.has(column))]] : [];
    }),
  );
}

/** Asks for a view that is complete from the start: with Open vSwitch's own method, or else that of RFC 7047. */
async function monitor(rpc: Rpc, database: string, selection: Selection): Promise<unknown> {
  const requests = Object.fromEntries(Object.entries(selection).map(([table, columns]) => [table, [{ columns }]]));
  try {
    const params = [database, MONITOR_ID, requests, '00000000-0000-0000-0000-000000000000'];
    const answer = (await rpc.call('monitor_cond_since', params, MONITOR_WITHIN)) as [boolean, string, unknown];
    return answer[2];
  } catch (error) {
    if (!(error instanceof OvsdbError) || error.code !== 'unknown method') throw error;
    return rpc.call('monitor', [database, MONITOR_ID, requests], MONITOR_WITHIN);
  }
}
