import {
  rowIs,
  sameValue,
  type Atom,
  type Mutation,
  type Operation,
  type Replica,
  type Row,
  type Value,
} from '../../engines/ovsdb/index.ts';
import { COLUMNS, isOurs, KEY, ROOTS, TABLES, type ColumnKind, type Plan, type Table } from './model.ts';

interface Known {
  /** By table and key, the row that is ours. */
  rows: Map<Table, Map<string, { uuid: string; row: Row }>>;
  /** By table, all rows of ours that are not intended any more. */
  stale: Map<Table, Set<string>>;
  names: Map<string, string>;
  /** Rows to be left as they are. */
  without: ReadonlySet<string>;
}

/** What happens to one row of ours. */
export interface Change {
  path: string;
  /** Inserts go before everything else, so that what refers to a new row finds it. */
  insert: boolean;
  operations: Operation[];
}

/** How a row of ours is named outside of its table. */
export const pathOf = (table: Table, key: string): string => `${table}/${key}`;

/**
 * The operations, for one transaction, that make the actual rows of ours the intended ones: none when they are. Rows
 * without our key are left alone, and so is what others attached to rows of ours.
 */
export function diffOvn(plan: Plan, actual: Replica, without: ReadonlySet<string> = NONE): Operation[] {
  const changes = changesOvn(plan, actual, without);
  return [...changes.filter((one) => one.insert), ...changes.filter((one) => !one.insert)].flatMap(
    (one) => one.operations,
  );
}

const NONE: ReadonlySet<string> = new Set();

/** The same row by row, those that hold others before what they hold; `without` names rows to be left as they are. */
export function changesOvn(plan: Plan, actual: Replica, without: ReadonlySet<string>): Change[] {
  const known = compare(plan, actual, without);
  const changes: Change[] = [];
  for (const table of TABLES) {
    const rows = known.rows.get(table);
    for (const [key, intended] of plan[table] as Map<string, unknown> as Map<string, Row>) {
      const path = pathOf(table, key);
      if (without.has(path)) continue;
      const present = rows?.get(key);
      const operations = present
        ? changeRow(known, table, present.uuid, present.row, intended)
        : [insertRow(known, table, key, intended)];
      if (operations.length > 0) changes.push({ path, insert: !present, operations });
    }
    for (const uuid of known.stale.get(table) ?? []) {
      const row = actual.get(table)?.get(uuid) ?? {};
      const operations = removeRow(table, uuid, row);
      if (operations.length > 0) changes.push({ path: pathOf(table, keyOf(row) ?? uuid), insert: false, operations });
    }
  }
  return changes;
}

const keyOf = (row: Row): string | undefined => (row['external_ids'] as Record<string, string> | undefined)?.[KEY];

/** The rows that cannot be there without one of these: what hangs on a row that is left out. */
export function dependants(plan: Plan, actual: Replica, without: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  if (without.size === 0) return found;
  const known = compare(plan, actual, without);
  for (const table of TABLES) {
    for (const [key, intended] of plan[table] as Map<string, unknown> as Map<string, Row>) {
      const path = pathOf(table, key);
      if (!without.has(path) || known.rows.get(table)?.has(key)) continue;
      for (const [column, kind] of kinds(table)) {
        if (typeof kind === 'string' || kind.weak || ROOTS.has(kind.to)) continue;
        for (const child of (intended[column] ?? []) as string[]) found.set(pathOf(kind.to, child), path);
      }
    }
  }
  return found;
}

/** Finds our rows by key. Of two with the same key (a transaction whose answer was lost) one is stale. */
function compare(plan: Plan, actual: Replica, without: ReadonlySet<string>): Known {
  const known: Known = { rows: new Map(), stale: new Map(), names: new Map(), without };
  for (const table of TABLES) {
    const rows = new Map<string, { uuid: string; row: Row }>();
    const stale = new Set<string>();
    for (const [uuid, row] of actual.get(table) ?? []) {
      const key = keyOf(row);
      if (key === undefined) continue;
      if (!rows.has(key) && plan[table].has(key)) rows.set(key, { uuid, row });
      else if (!without.has(pathOf(table, key))) stale.add(uuid);
    }
    known.rows.set(table, rows);
    known.stale.set(table, stale);
  }
  return known;
}

/** Where a column is to point: not to rows that are left out. */
function references(known: Known, table: Table, keys: readonly string[]): string[] {
  return keys
    .filter((key) => !known.without.has(pathOf(table, key)) || known.rows.get(table)?.has(key))
    .map((key) => reference(known, table, key));
}

/** The UUID of the row with this key, or the name this transaction gives it. */
function reference(known: Known, table: Table, key: string): string {
  const present = known.rows.get(table)?.get(key);
  if (present) return present.uuid;
  const path = pathOf(table, key);
  const name = known.names.get(path) ?? `row${known.names.size}`;
  known.names.set(path, name);
  return name;
}

const kinds = (table: Table) => Object.entries(COLUMNS[table]) as [string, ColumnKind][];

function insertRow(known: Known, table: Table, key: string, intended: Row): Operation {
  const row: Record<string, Value> = {};
  for (const [column, kind] of kinds(table)) {
    const value = intended[column] ?? [];
    if (typeof kind !== 'string') {
      const targets = references(known, kind.to, value as string[]);
      if (targets.length > 0) row[column] = targets;
    } else if (!isEmpty(value)) {
      row[column] = value;
    }
  }
  return { op: 'insert', table, name: reference(known, table, key), row };
}

function isEmpty(value: Value): boolean {
  if (typeof value !== 'object') return value === '';
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function changeRow(known: Known, table: Table, uuid: string, present: Row, intended: Row): Operation[] {
  const update: Record<string, Value> = {};
  const mutations: Mutation[] = [];
  for (const [column, kind] of kinds(table)) {
    const is = present[column];
    const should = intended[column];
    if (is === undefined || should === undefined) continue;
    if (kind === 'value') {
      if (!sameValue(is, should)) update[column] = should;
    } else if (kind === 'ids' || kind === 'map') {
      const all = kind === 'map';
      mutations.push(...keyMutations(column, is as Record<string, string>, should as Record<string, string>, all));
    } else {
      const targets = references(known, kind.to, should as string[]);
      if (kind.many) mutations.push(...referenceMutations(known, kind.to, column, is as string[], targets));
      else if (!sameValue(is, targets)) update[column] = targets;
    }
  }
  const where = rowIs(uuid);
  return [
    ...(Object.keys(update).length > 0 ? [{ op: 'update', table, where, row: update } as const] : []),
    ...(mutations.length > 0 ? [{ op: 'mutate', table, where, mutations } as const] : []),
  ];
}

/** A row that exists by itself is deleted; any other goes when nothing refers to it, but must let go of what it holds. */
function removeRow(table: Table, uuid: string, present: Row): Operation[] {
  const where = rowIs(uuid);
  if (ROOTS.has(table)) return [{ op: 'delete', table, where }];
  const held = kinds(table).filter(
    ([column, kind]) => typeof kind !== 'string' && kind.holds && !isEmpty(present[column] ?? []),
  );
  if (held.length === 0) return [];
  return [{ op: 'update', table, where, row: Object.fromEntries(held.map(([column]) => [column, []])) }];
}

function keyMutations(
  column: string,
  is: Record<string, string>,
  should: Record<string, string>,
  all: boolean,
): Mutation[] {
  const gone = Object.keys(is).filter(
    (key) => (all || isOurs(key) || Object.hasOwn(should, key)) && is[key] !== should[key],
  );
  const come = Object.entries(should).filter(([key, value]) => is[key] !== value);
  // An insert leaves keys that are there as they are, so what changes is removed first.
  return [
    ...(gone.length > 0 ? [[column, 'delete', gone] as const] : []),
    ...(come.length > 0 ? [[column, 'insert', Object.fromEntries(come)] as const] : []),
  ];
}

function referenceMutations(
  known: Known,
  to: Table,
  column: string,
  is: readonly Atom[],
  should: string[],
): Mutation[] {
  const wanted = new Set<Atom>(should);
  const present = new Set<Atom>(is);
  const stale = known.stale.get(to);
  const ours = () => new Set([...(known.rows.get(to)?.values() ?? [])].map((one) => one.uuid));
  const extra = is.filter((uuid) => !wanted.has(uuid));
  const mine = extra.length > 0 ? ours() : new Set<string>();
  const gone = extra.filter((uuid) => stale?.has(String(uuid)) || mine.has(String(uuid)));
  const come = should.filter((uuid) => !present.has(uuid));
  return [
    ...(gone.length > 0 ? [[column, 'delete', gone] as const] : []),
    ...(come.length > 0 ? [[column, 'insert', come] as const] : []),
  ];
}
