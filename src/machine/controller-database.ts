import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { OperatorError } from '../core/errors.ts';
import { withoutPassword } from '../store/addresses.ts';
import { databaseOf } from '../store/database-address.ts';
import { checkServer, clientConfig, openPool } from '../store/dialect/postgres.ts';
import type { OptionSpec, Parsed } from './options.ts';
import type { Paths } from './paths.ts';
import type { Settings } from './settings.ts';

/** Which database the controller has, as settings keep it: a file with its address, or an address without password. */
export type DatabaseSettings = Pick<Settings, 'database' | 'databaseFile'>;

export const DATABASE_OPTIONS: Record<string, OptionSpec> = {
  'database-file': {
    value: 'FILE',
    help: "has one line, the address of a PostgreSQL database, postgres://USER:PASSWORD@HOST/NAME (SQLite's file)",
  },
  database: { value: 'URL', help: "the same without a password, or 'sqlite'" },
};

/** What the command line says, else what was said before. Throws OperatorError for what is no address. */
export function databaseSettings(parsed: Parsed, before: DatabaseSettings | null): DatabaseSettings {
  const [url, file] = [parsed.text('database'), parsed.text('database-file')];
  if (url === 'sqlite') return {};
  if (file !== undefined) {
    databaseOf(undefined, file);
    return { databaseFile: resolve(file) };
  }
  if (url !== undefined) return databaseOf(url, undefined);
  return {
    ...(before?.databaseFile !== undefined && { databaseFile: before.databaseFile }),
    ...(before?.database !== undefined && { database: before.database }),
  };
}

/** The address that the settings mean, nothing for SQLite. Throws OperatorError when the file is gone. */
export const addressOf = ({ database, databaseFile }: DatabaseSettings): { database?: string } =>
  database === undefined && databaseFile === undefined ? {} : databaseOf(database, databaseFile);

/** The words by which the controller is told. */
export const databaseWords = ({ database, databaseFile }: DatabaseSettings): string[] =>
  databaseFile !== undefined
    ? ['--database-file', databaseFile]
    : database === undefined
      ? []
      : ['--database', database];

/**
 * Throws OperatorError where this machine has a cloud and the database has none: it would begin an empty one, and
 * everything that runs would be strange to it.
 */
export async function requireMovedDatabase(paths: Paths, settings: DatabaseSettings): Promise<void> {
  if (!existsSync(join(paths.controller, 'secret.key'))) return;
  const { database } = addressOf(settings);
  const isThere =
    database === undefined ? existsSync(join(paths.controller, 'controller.db')) : await holdsACloud(database);
  if (isThere) return;
  const [to, shown] = database === undefined ? ['sqlite', 'SQLite'] : [wordOf(settings), withoutPassword(database)];
  throw new OperatorError(
    `The cloud of this machine is not in the database it is told to use, ${shown}.`,
    `Take it there: potluck down, then potluck migrate-database --from WHERE --to ${to}. Or go on as before: leave the option out.`,
  );
}

const wordOf = ({ database, databaseFile }: DatabaseSettings) => databaseFile ?? database ?? 'sqlite';

async function holdsACloud(url: string): Promise<boolean> {
  const pool = openPool(url, { size: 1, readOnly: true });
  try {
    await checkServer(pool, withoutPassword(url));
  } finally {
    await pool.end();
  }
  const client = new pg.Client(clientConfig(url, null));
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ there: number }>(`select to_regclass('cloud_facts') is not null as there`);
    return rows[0]?.there === 1;
  } finally {
    await client.end();
  }
}
