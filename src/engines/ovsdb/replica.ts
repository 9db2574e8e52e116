import type { Schema } from './schema.ts';
import { applyDifference, decodeValue, defaultValue, type Row, type Value } from './values.ts';

/** The chosen columns of the chosen tables as the server last told them: table, row's UUID, row. */
export type Replica = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** A row that came (`before` is null), changed, or went (`after` is null). Rows are replaced, never changed. */
export interface RowChange {
  table: string;
  uuid: string;
  before: Row | null;
  after: Row | null;
}

type Tables = Map<string, Map<string, Row>>;
/** Table to the columns wanted of it. */
export type Selection = Readonly<Record<string, readonly string[]>>;
type WireRow = Record<string, unknown>;
type WireUpdates = Record<string, Record<string, Record<string, WireRow | null>>>;

export const emptyReplica = (selection: Selection): Tables =>
  new Map(Object.keys(selection).map((table) => [table, new Map()]));

/**
 * Applies a notification and answers what changed. It reads both forms: `old` and `new` of RFC 7047's `update`, and
 * `initial`, `insert`, `modify`, `delete` of update2 and update3 (ovsdb-server(7)).
 */
export function applyUpdates(schema: Schema, selection: Selection, replica: Tables, updates: unknown): RowChange[] {
  const changes: RowChange[] = [];
  for (const [table, rows] of Object.entries(updates as WireUpdates)) {
    const known = replica.get(table);
    if (known === undefined) continue;
    for (const [uuid, update] of Object.entries(rows)) {
      const before = known.get(uuid) ?? null;
      const after = nextRow(schema, table, selection[table] ?? [], before, update);
      if (after === null) known.delete(uuid);
      else known.set(uuid, after);
      changes.push({ table, uuid, before, after });
    }
  }
  return changes;
}

function nextRow(
  schema: Schema,
  table: string,
  wanted: readonly string[],
  before: Row | null,
  update: Record<string, WireRow | null>,
): Row | null {
  const whole = update['initial'] ?? update['insert'] ?? update['new'];
  const modify = update['modify'];
  if (!whole && !modify) return null;
  const columns = schema.tables.get(table)?.columns;
  const row: Record<string, Value> = {};
  for (const column of wanted) {
    const type = columns?.get(column);
    if (type === undefined) continue;
    const wire = (whole ?? modify)?.[column];
    const kept = before?.[column] ?? defaultValue(type);
    if (whole) row[column] = wire === undefined ? defaultValue(type) : decodeValue(type, wire);
    else row[column] = wire === undefined ? kept : applyDifference(type, kept, decodeValue(type, wire));
  }
  return row;
}
