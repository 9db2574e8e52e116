import { createServer, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { jsonStream } from './framing.ts';
import { readSchema, type Schema, type WireSchema } from './schema.ts';
import { decodeValue, defaultValue, encodeValue, sameValue, type Atom, type Row, type Value } from './values.ts';

/** An OVSDB server in memory on a unix socket, for tests: one database, monitors, transactions, and faults on demand. */
export interface FakeOvsdb {
  address: string;
  /** Rows as committed; tests may also change them through `change`. */
  rows(table: string): Map<string, Row>;
  /** Does what another client of the database would: changes one row and tells the monitors. */
  change(table: string, uuid: string, columns: Row): void;
  /** Forgets every row, as a database made anew. */
  empty(): void;
  /** Every transaction received, as decoded JSON without the database's name. */
  readonly transactions: Record<string, unknown>[][];
  /** Accepts and says nothing from now on: a half-open connection. */
  mute(muted: boolean): void;
  /** Ends all connections. */
  disconnect(): void;
  close(): Promise<void>;
}

export type Tables = Map<string, Map<string, Row>>;
type WireOperation = Record<string, unknown> & { op: string; table: string; 'uuid-name'?: string };
interface Client {
  socket: Socket;
  monitor: { id: unknown; columns: Record<string, { columns: string[] }[]> } | null;
}

/** Starts a server of one database with the given schema, listening at `path`. */
export async function startFakeOvsdb(path: string, wireSchema: WireSchema): Promise<FakeOvsdb> {
  const schema = readSchema(wireSchema);
  const clients = new Set<Client>();
  const transactions: Record<string, unknown>[][] = [];
  let tables: Tables = new Map([...schema.tables.keys()].map((table) => [table, new Map()]));
  let muted = false;

  const commit = (next: Tables) => {
    const before = tables;
    tables = next;
    for (const client of clients) {
      if (client.monitor === null || muted) continue;
      const updates = viewOf(schema, client.monitor.columns, before, next);
      if (Object.keys(updates).length > 0) {
        const params = [client.monitor.id, randomUUID(), updates];
        client.socket.write(JSON.stringify({ method: 'update3', params, id: null }));
      }
    }
  };
  const methods: Record<string, (client: Client, params: unknown[]) => unknown> = {
    echo: (_client, params) => params,
    get_schema: () => wireSchema,
    monitor_cond_since(client, params) {
      client.monitor = { id: params[1], columns: params[2] as Record<string, { columns: string[] }[]> };
      return [false, randomUUID(), viewOf(schema, client.monitor.columns, new Map(), tables)];
    },
    transact(_client, params) {
      const operations = params.slice(1) as WireOperation[];
      transactions.push(operations);
      const next: Tables = new Map([...tables].map(([name, rows]) => [name, new Map(rows)]));
      const names = new Map<string, string>();
      for (const one of operations) if (one['uuid-name']) names.set(one['uuid-name'], randomUUID());
      const results: unknown[] = [];
      for (const one of operations) {
        try {
          results.push(execute(schema, next, names, one));
        } catch (error) {
          return [...results, { error: 'constraint violation', details: String(error) }];
        }
      }
      try {
        collectGarbage(schema, next);
      } catch (error) {
        return [...results, { error: 'referential integrity violation', details: String(error) }];
      }
      commit(next);
      return results;
    },
  };

  const server = createServer((socket) => {
    const client: Client = { socket, monitor: null };
    clients.add(client);
    const cut = jsonStream((message) => {
      const { method, params, id } = message as { method?: string; params: unknown[]; id: unknown };
      if (method === undefined || muted) return;
      const run = methods[method];
      const answer = run ? { result: run(client, params), error: null } : { result: null, error: 'unknown method' };
      socket.write(JSON.stringify({ ...answer, id }));
    });
    socket.on('data', cut);
    socket.on('error', () => undefined);
    socket.on('close', () => clients.delete(client));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const disconnect = () => {
    for (const client of clients) client.socket.destroy();
  };
  return {
    address: `unix:${path}`,
    transactions,
    rows: (table) => tables.get(table) ?? new Map<string, Row>(),
    change(table, uuid, columns) {
      const next: Tables = new Map([...tables].map(([name, rows]) => [name, new Map(rows)]));
      next.get(table)?.set(uuid, { ...next.get(table)?.get(uuid), ...columns });
      commit(next);
    },
    empty: () => commit(new Map([...schema.tables.keys()].map((table) => [table, new Map()]))),
    mute: (value) => void (muted = value),
    disconnect,
    close() {
      disconnect();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function execute(schema: Schema, tables: Tables, names: Map<string, string>, operation: WireOperation): unknown {
  const { op, table } = operation;
  if (op === 'comment') return {};
  const columns = schema.tables.get(table)?.columns;
  const rows = tables.get(table);
  if (!columns || !rows) throw new Error(`no table ${table}`);
  const decoded = (column: string, wire: unknown): Value => {
    const type = columns.get(column);
    if (!type) throw new Error(`no column ${table}.${column}`);
    const value = decodeValue(type, wire);
    const named = (atom: Atom) => names.get(String(atom)) ?? atom;
    if (type.key !== 'uuid') return value;
    return Array.isArray(value) ? (value as Atom[]).map(named) : named(value as Atom);
  };
  const given = (row: unknown): Row =>
    Object.fromEntries(Object.entries(row as Row).map(([column, wire]) => [column, decoded(column, wire)]));
  if (op === 'insert') {
    const uuid = names.get(operation['uuid-name'] ?? '') ?? randomUUID();
    const defaults = Object.fromEntries([...columns].map(([name, type]) => [name, defaultValue(type)]));
    rows.set(uuid, { ...defaults, ...given(operation['row']) });
    return { uuid: ['uuid', uuid] };
  }
  const met = [...rows].filter(([uuid, row]) =>
    (operation['where'] as [string, string, unknown][]).every(([column, , wire]) =>
      column === '_uuid' ? uuid === (wire as string[])[1] : sameValue(row[column] ?? [], decoded(column, wire)),
    ),
  );
  for (const [uuid, row] of met) {
    if (op === 'delete') rows.delete(uuid);
    if (op === 'update') rows.set(uuid, { ...row, ...given(operation['row']) });
    if (op === 'mutate') {
      const next: Record<string, Value> = { ...row };
      for (const [column, mutator, wire] of operation['mutations'] as [string, string, unknown][]) {
        const isKeys = (columns.get(column)?.value ?? null) !== null && (wire as string[])[0] === 'set';
        const value = isKeys ? (wire as [string, string[]])[1] : decoded(column, wire);
        next[column] = mutated(next[column] ?? [], mutator, value);
      }
      rows.set(uuid, next);
    }
  }
  return op === 'select' ? { rows: met.map(([, row]) => encodeRow(schema, table, row)) } : { count: met.length };
}

function mutated(before: Value, mutator: string, value: Value): Value {
  if (Array.isArray(before)) {
    const items = (Array.isArray(value) ? value : [value]) as Atom[];
    return mutator === 'insert'
      ? [...new Set([...before, ...items])]
      : before.filter((atom) => !items.includes(atom as Atom));
  }
  if (mutator === 'insert') return { ...(value as Record<string, Atom>), ...(before as Record<string, Atom>) };
  const gone = new Set(Array.isArray(value) ? (value as Atom[]) : Object.keys(value as object));
  return Object.fromEntries(Object.entries(before as Record<string, Atom>).filter(([key]) => !gone.has(key)));
}

/** Removes rows to which nothing refers, and weak references to rows that are gone; refuses strong ones (RFC 7047). */
function collectGarbage(schema: Schema, tables: Tables): void {
  for (let again = true; again;) {
    again = false;
    const held = new Set<Atom>();
    for (const [table, { references }] of schema.tables) {
      for (const row of tables.get(table)?.values() ?? []) {
        for (const [column, reference] of references) {
          if (!reference.strong) continue;
          for (const uuid of row[column] as Atom[]) {
            if (!tables.get(reference.table)?.has(String(uuid))) throw new Error(`${table}.${column}: no row ${uuid}`);
            held.add(uuid);
          }
        }
      }
    }
    for (const [table, { isRoot }] of schema.tables) {
      if (isRoot) continue;
      for (const uuid of tables.get(table)?.keys() ?? []) {
        if (held.has(uuid)) continue;
        tables.get(table)?.delete(uuid);
        again = true;
      }
    }
  }
  for (const [table, { references }] of schema.tables) {
    for (const [uuid, row] of tables.get(table) ?? []) {
      for (const [column, reference] of references) {
        const uuids = row[column] as Atom[];
        const there = uuids.filter((one) => tables.get(reference.table)?.has(String(one)));
        if (there.length < uuids.length) tables.get(table)?.set(uuid, { ...row, [column]: there });
      }
    }
  }
}

function encodeRow(schema: Schema, table: string, row: Row): Record<string, unknown> {
  const columns = schema.tables.get(table)?.columns;
  return Object.fromEntries(
    Object.entries(row).flatMap(([column, value]) => {
      const type = columns?.get(column);
      return type ? [[column, encodeValue(type, value)]] : [];
    }),
  );
}

/** What a monitor of these columns is told of the way from one state to another, as update2 writes it. */
function viewOf(
  schema: Schema,
  columns: Record<string, { columns: string[] }[]>,
  before: Tables,
  after: Tables,
): Record<string, Record<string, unknown>> {
  const view: Record<string, Record<string, unknown>> = {};
  for (const [table, requests] of Object.entries(columns)) {
    const wanted = new Set(requests.flatMap((request) => request.columns));
    const pick = (row: Row) => Object.fromEntries(Object.entries(row).filter(([column]) => wanted.has(column)));
    const old = before.get(table) ?? new Map<string, Row>();
    const now = after.get(table) ?? new Map<string, Row>();
    const rows: Record<string, unknown> = {};
    for (const uuid of old.keys()) if (!now.has(uuid)) rows[uuid] = { delete: null };
    for (const [uuid, row] of now) {
      const known = old.get(uuid);
      if (known === row) continue;
      if (!known) rows[uuid] = { insert: encodeRow(schema, table, pick(row)) };
      else {
        const difference = differences(schema, table, pick(known), pick(row));
        if (Object.keys(difference).length > 0) rows[uuid] = { modify: encodeRow(schema, table, difference) };
      }
    }
    if (Object.keys(rows).length > 0) view[table] = rows;
  }
  return view;
}

function differences(schema: Schema, table: string, before: Row, after: Row): Row {
  const result: Record<string, Value> = {};
  for (const [column, now] of Object.entries(after)) {
    const type = schema.tables.get(table)?.columns.get(column);
    const was = before[column] ?? [];
    if (!type || sameValue(was, now)) continue;
    if (type.max <= 1) result[column] = now;
    else if (type.value === null) {
      const [a, b] = [was as Atom[], now as Atom[]];
      result[column] = [...a.filter((one) => !b.includes(one)), ...b.filter((one) => !a.includes(one))];
    } else {
      const [a, b] = [was as Record<string, Atom>, now as Record<string, Atom>];
      const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]);
      result[column] = Object.fromEntries(keys.map((key) => [key, b[key] ?? a[key] ?? '']));
    }
  }
  return result;
}
