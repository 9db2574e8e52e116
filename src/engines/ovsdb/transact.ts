import { OvsdbError } from './rpc.ts';
import type { Schema } from './schema.ts';
import { decodeValue, encodeSet, encodeValue, UUID_COLUMN, type ColumnType, type Row, type Value } from './values.ts';

/** `['name', '==', 'x']`; the column `_uuid` is the row itself. */
export type Condition = readonly [column: string, test: '==' | '!=' | 'includes' | 'excludes', value: Value];
export type Mutation = readonly [column: string, mutator: 'insert' | 'delete', value: Value];

/** What one transaction does, in order, all or nothing. Source: RFC 7047, section 5.2. */
export type Operation =
  | { op: 'insert'; table: string; row: Row; name?: string }
  | { op: 'update'; table: string; where: readonly Condition[]; row: Row }
  | { op: 'mutate'; table: string; where: readonly Condition[]; mutations: readonly Mutation[] }
  | { op: 'delete'; table: string; where: readonly Condition[] }
  | { op: 'select'; table: string; where: readonly Condition[]; columns: readonly string[] }
  | { op: 'wait'; table: string; where: readonly Condition[]; until: '==' | '!='; rows: readonly Row[] }
  | { op: 'comment'; comment: string };

export interface OperationResult {
  /** Of the row an insert made. */
  uuid?: string;
  /** How many rows an update, mutate or delete met. */
  count?: number;
  /** What a select found. */
  rows?: Row[];
}

/** The one row with this UUID, or of this name within the transaction. */
export const rowIs = (uuid: string): Condition[] => [['_uuid', '==', uuid]];

function typeOf(schema: Schema, table: string, column: string): ColumnType {
  if (column === '_uuid') return UUID_COLUMN;
  const type = schema.tables.get(table)?.columns.get(column);
  if (type === undefined) throw new Error(`${schema.name} ${schema.version} has no column ${table}.${column}`);
  return type;
}

/** An operation as it goes over the wire. Throws when the schema has no such column. */
export function encodeOperation(schema: Schema, operation: Operation): unknown {
  if (operation.op === 'comment') return operation;
  const { table } = operation;
  const encoded = (row: Row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [column, encodeValue(typeOf(schema, table, column), value)]),
    );
  if (operation.op === 'insert') {
    return { op: 'insert', table, row: encoded(operation.row), ...(operation.name && { 'uuid-name': operation.name }) };
  }
  const where = operation.where.map(([column, test, value]) => [
    column,
    test,
    encodeValue(typeOf(schema, table, column), value),
  ]);
  switch (operation.op) {
    case 'update':
      return { op: 'update', table, where, row: encoded(operation.row) };
    case 'mutate':
      return { op: 'mutate', table, where, mutations: operation.mutations.map((one) => mutation(schema, table, one)) };
    case 'delete':
      return { op: 'delete', table, where };
    case 'select':
      return { op: 'select', table, where, columns: operation.columns };
    case 'wait': {
      const columns = Object.keys(operation.rows[0] ?? { _uuid: '' });
      return {
        op: 'wait',
        table,
        where,
        columns,
        until: operation.until,
        rows: operation.rows.map(encoded),
        timeout: 0,
      };
    }
  }
}

function mutation(schema: Schema, table: string, [column, mutator, value]: Mutation): unknown {
  const type = typeOf(schema, table, column);
  const keys = type.value !== null && Array.isArray(value);
  return [column, mutator, keys ? encodeSet(type.key, value as string[]) : encodeValue(type, value)];
}

/**
 * Reads the answer to `transact`. Throws OvsdbError when one operation failed, or the commit did, which the server
 * says in one more element than there were operations; then nothing was changed.
 */
export function readResults(schema: Schema, operations: readonly Operation[], answer: unknown): OperationResult[] {
  const results = answer as readonly (WireResult | null)[];
  for (const [index, result] of results.entries()) {
    if (result?.error === undefined) continue;
    const operation = operations[index];
    const where =
      operation === undefined
        ? 'commit'
        : operation.op === 'comment'
          ? 'comment'
          : `${operation.op} ${operation.table}`;
    throw new OvsdbError(result.error, `${where}: ${result.error}${result.details ? `: ${result.details}` : ''}`);
  }
  return operations.map((operation, index) => {
    const result = results[index] ?? {};
    return {
      ...(result.uuid && { uuid: result.uuid[1] }),
      ...(result.count !== undefined && { count: result.count }),
      ...(result.rows &&
        operation.op === 'select' && { rows: result.rows.map((row) => decoded(schema, operation.table, row)) }),
    };
  });
}

interface WireResult {
  error?: string;
  details?: string;
  uuid?: ['uuid', string];
  count?: number;
  rows?: Record<string, unknown>[];
}

function decoded(schema: Schema, table: string, row: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, wire]) => [column, decodeValue(typeOf(schema, table, column), wire)]),
  );
}
