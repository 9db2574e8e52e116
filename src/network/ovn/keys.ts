import type { Replica, Row, RowChange } from '../../engines/ovsdb/index.ts';
import { KEY, TABLES, type Table } from './model.ts';

/** Where the rows of ours are, so that one of them is found without a look at all. */
export interface Keys {
  /** The UUIDs of the rows with this key: more than one only after a transaction whose answer was lost. */
  find(table: Table, key: string): readonly string[];
  /** Takes over what changed. */
  apply(changes: readonly RowChange[]): void;
}

const keyOf = (row: Row | null): string | undefined =>
  (row?.['external_ids'] as Record<string, string> | undefined)?.[KEY];

/** The keys of all rows of ours. */
export function keysOf(replica: Replica): Keys {
  const tables = new Map<string, Map<string, string[]>>(TABLES.map((table) => [table, new Map()]));
  const put = (table: string, key: string | undefined, uuid: string) => {
    const known = tables.get(table);
    if (key === undefined || known === undefined) return;
    known.set(key, [...(known.get(key) ?? []), uuid]);
  };
  const drop = (table: string, key: string | undefined, uuid: string) => {
    const known = tables.get(table);
    if (key === undefined || known === undefined) return;
    const left = (known.get(key) ?? []).filter((one) => one !== uuid);
    if (left.length > 0) known.set(key, left);
    else known.delete(key);
  };
  for (const table of TABLES) {
    for (const [uuid, row] of replica.get(table) ?? []) put(table, keyOf(row), uuid);
  }
  return {
    find: (table, key) => tables.get(table)?.get(key) ?? [],
    apply(changes) {
      for (const { table, uuid, before, after } of changes) {
        const [was, is] = [keyOf(before), keyOf(after)];
        if (was === is) continue;
        drop(table, was, uuid);
        put(table, is, uuid);
      }
    },
  };
}
