import { createHash } from 'node:crypto';
import { PostgresDialect, type PostgresPoolClient, type PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { ApiError, OperatorError, messageOf } from '../../core/errors.ts';
import { PostgresCompiler } from './lists.ts';
import { checkedParameters } from './parameters.ts';
import { isBadValue, isConnectionLoss } from './postgres-errors.ts';

/** The oldest release that is tested: Debian 12's. */
const OLDEST_SERVER = 15;
/** Milliseconds that one statement, waiting for locks included, may take. */
const STATEMENT_TIMEOUT = 30_000;
/** Milliseconds to connect, and for how long a server that restarts is waited for. */
const CONNECT_TIMEOUT = 5_000;
const OUTAGE_PATIENCE = 15_000;

export interface PoolOptions {
  /** Most connections at a time. */
  size: number;
  /** For readers: refuses changes, and a transaction sees one moment. */
  readOnly: boolean;
}

/** The settings of every connection. Of `readOnly` none: a plain one, as for listening. */
export function clientConfig(url: string, readOnly: boolean | null): pg.ClientConfig {
  const settings = {
    statement_timeout: STATEMENT_TIMEOUT,
    idle_in_transaction_session_timeout: 2 * STATEMENT_TIMEOUT,
    // An answered request is on disk, whatever the server's own setting.
    synchronous_commit: 'on',
    default_transaction_isolation: readOnly ? 'repeatable\\ read' : 'serializable',
    ...(readOnly && { default_transaction_read_only: 'on' }),
  };
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    // A little after the server's own limit: an answer that never comes is a connection that is half open.
    query_timeout: STATEMENT_TIMEOUT + 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'potluck',
    options:
      readOnly === null
        ? ''
        : Object.entries(settings)
            .map(([name, value]) => `-c ${name}=${value}`)
            .join(' '),
    types: { getTypeParser: (oid) => PARSERS.get(oid) ?? asText },
  };
}

const asText = (text: string) => text;

/** Results as SQLite answers them: numbers, and 0 or 1 for truth. By the type's number in the catalogue pg_type. */
const PARSERS = new Map<number, (text: string) => unknown>([
  [16, (text) => (text === 't' ? 1 : 0)],
  [20, wholeNumber],
  [21, Number],
  [23, Number],
  [700, Number],
  [701, Number],
  [1700, (text) => (/^-?\d+$/.test(text) ? wholeNumber(text) : Number(text))],
]);

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the database holds ${text}, beyond what a number can say`);
  return value;
}

export function openPool(url: string, options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({ ...clientConfig(url, options.readOnly), max: options.size, idleTimeoutMillis: 60_000 });
  // An idle connection that is lost leaves the pool by itself; one that is in use tells who uses it, besides.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A connection, for which a server that restarts is waited for. */
export async function connectPatiently(pool: pg.Pool): Promise<pg.PoolClient> {
  const until = performance.now() + OUTAGE_PATIENCE;
  for (let pause = 50; ; pause = Math.min(1_000, 2 * pause)) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isConnectionLoss(error) || performance.now() + pause > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Kysely's dialect over connections that `connect` lends. */
export function postgresDialect(connect: () => Promise<PostgresPoolClient>): PostgresDialect {
  const dialect = new PostgresDialect({ pool: { connect, end: () => Promise.resolve() } });
  dialect.createQueryCompiler = () => new PostgresCompiler();
  return dialect;
}

/** One statement, its parameters checked. Throws ApiError 400 for a value that its column cannot take. */
export async function runStatement(
  client: pg.ClientBase,
  text: string,
  values: readonly unknown[],
): Promise<PostgresQueryResult<never>> {
  const name = values.length > 0 ? nameOf(text) : undefined;
  try {
    return (await client.query({
      text,
      name,
      values: checkedParameters(values),
    })) as unknown as PostgresQueryResult<never>;
  } catch (error) {
    if (!isBadValue(error)) throw error;
    throw new ApiError(400, 'BadRequest', `A value of the request cannot be used: ${error.message}.`, { cause: error });
  }
}

const BEGINS = /^\s*(begin|start transaction)/i;
const ENDS = /^\s*(commit|rollback)\s*$/i;

/**
 * A reader's connection. One that is lost while nothing depends on it is replaced without notice, so that readers live
 * through a restart of the server.
 */
export async function lendReader(pool: pg.Pool): Promise<PostgresPoolClient> {
  let client = await connectPatiently(pool);
  let open = false;
  let lost: Error | undefined;
  const query = async (text: string, values: readonly unknown[]) => {
    const inside = open;
    if (BEGINS.test(text)) open = true;
    else if (ENDS.test(text)) open = false;
    try {
      return await runStatement(client, text, values);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      lost = error as Error;
      if (inside) throw error;
      client.release(lost);
      client = await connectPatiently(pool);
      lost = undefined;
      return runStatement(client, text, values);
    }
  };
  return lent(query, () => client.release(lost ?? open));
}

/** What Kysely takes for a connection; it asks for cursors only when it was given them. */
export function lent(
  query: (text: string, values: readonly unknown[]) => Promise<PostgresQueryResult<never>>,
  release: () => void = () => undefined,
): PostgresPoolClient {
  return { query: query as unknown as PostgresPoolClient['query'], release };
}

/** Texts that the server keeps prepared in each connection, and those that were seen too seldom yet. */
const MOST_NAMED = 500;
const OFTEN = 3;
const named = new Map<string, string>();
const seen = new Map<string, number>();

/** A name for a text that comes again and again, so that the server parses it once in a connection. */
function nameOf(text: string): string | undefined {
  const known = named.get(text);
  if (known !== undefined || named.size >= MOST_NAMED) return known;
  const times = (seen.get(text) ?? 0) + 1;
  if (seen.size >= 2 * MOST_NAMED) seen.clear();
  seen.set(text, times);
  if (times < OFTEN) return undefined;
  seen.delete(text);
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  named.set(text, name);
  return name;
}

/** Checks that the server can be reached and is one we know. Throws OperatorError. */
export async function checkServer(pool: pg.Pool, shown: string): Promise<void> {
  let row: { version: string; encoding: string; standby: number };
  try {
    const { rows } = await pool.query<typeof row>(
      `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
        pg_is_in_recovery() as standby`,
    );
    [row = { version: '0', encoding: '', standby: 0 }] = rows;
  } catch (cause) {
    throw new OperatorError(
      `The database ${shown} cannot be used: ${reasonOf(cause)}.`,
      'Check that PostgreSQL runs and lets this user in: psql with the same address, or its log.',
      { cause },
    );
  }
  const major = Math.floor(Number(row.version) / 10_000);
  if (major < OLDEST_SERVER) {
    throw new OperatorError(
      `The database ${shown} is PostgreSQL ${major}, which is too old.`,
      `Use PostgreSQL ${OLDEST_SERVER} (Debian 12's) or newer.`,
    );
  }
  if (row.encoding !== 'UTF8') {
    throw new OperatorError(
      `The database ${shown} has the encoding ${row.encoding}.`,
      'Make it with: createdb --template template0 --encoding UTF8 NAME',
    );
  }
  if (row.standby === 1) {
    throw new OperatorError(
      `The database ${shown} is a standby, which takes no changes.`,
      'Give the address of the primary, or add target_session_attrs=read-write.',
    );
  }
}

/** A server that listens nowhere fails once for each of its addresses. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return messageOf(error);
}
