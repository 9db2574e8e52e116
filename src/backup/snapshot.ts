import { createHash, type Hash } from 'node:crypto';

/** A value of a column: both databases hold nothing else. */
export type Value = string | number | null;

/** A table as a snapshot has it: what is the same on both databases, so the columns are in the order of their names. */
export interface Table {
  name: string;
  columns: string[];
}

/** Everything that a database holds at one moment, whether it is read from a database or from a backup. */
export interface Snapshot {
  /** Names of the schema's steps, in no particular order. */
  migrations: string[];
  tables: Table[];
  /** Rows in the order of the primary key, some at a time, so that memory does not depend on their number. */
  rows(table: Table): AsyncIterable<Value[][]>;
}

/** What tells the content of a table from another one. */
export interface TableDigest extends Table {
  rows: number;
  /** SHA-256 of its lines. */
  sha256: string;
}

/** What controllers say of themselves while they run, and of who tried to log in lately: nothing to keep. */
export const PASSING: ReadonlySet<string> = new Set([
  ...['schema_migrations', 'leases', 'controllers', 'touched_ports', 'tunnels'],
  ...['login_attempts', 'used_passcodes'],
]);

/** A row as a line of a backup: a JSON array, its values in the order of the table's columns. */
export const toLine = (row: readonly Value[]): string => `${JSON.stringify(row)}\n`;

/** Counts and digests rows as they pass. */
export function digester(): { add(lines: string, rows: number): void; result(): { rows: number; sha256: string } } {
  const hash: Hash = createHash('sha256');
  let count = 0;
  return {
    add(lines, rows) {
      hash.update(lines);
      count += rows;
    },
    result: () => ({ rows: count, sha256: hash.digest('hex') }),
  };
}

/** The digest of each table, in the order of their names. */
export async function digestOf(snapshot: Snapshot, onTable: (name: string) => void): Promise<TableDigest[]> {
  const digests: TableDigest[] = [];
  for (const table of snapshot.tables) {
    onTable(table.name);
    const digest = digester();
    for await (const rows of snapshot.rows(table)) digest.add(rows.map(toLine).join(''), rows.length);
    digests.push({ ...table, ...digest.result() });
  }
  return digests;
}

/** The tables that differ, as sentences; none when the contents are the same. */
export function differences(wanted: readonly TableDigest[], found: readonly TableDigest[]): string[] {
  const byName = new Map(found.map((one) => [one.name, one]));
  const missing = wanted.flatMap((want) => {
    const is = byName.get(want.name);
    if (!is) return [`table ${want.name} is missing`];
    if (is.rows !== want.rows) return [`table ${want.name} has ${is.rows} rows and not ${want.rows}`];
    return is.sha256 === want.sha256 ? [] : [`the rows of table ${want.name} are not the same`];
  });
  const surplus = found.filter(({ name }) => !wanted.some((want) => want.name === name));
  return [...missing, ...surplus.map(({ name }) => `table ${name} was not expected`)];
}
