import type { AtomType, ColumnType } from './values.ts';

/** A database's schema, as far as a client needs it. Source: RFC 7047, section 3.2. */
export interface Schema {
  name: string;
  version: string;
  tables: Map<string, TableSchema>;
}

export interface TableSchema {
  columns: Map<string, ColumnType>;
  /** Whether a row exists by itself; any other is gone as soon as nothing refers to it. */
  isRoot: boolean;
  references: Map<string, Reference>;
}

export interface Reference {
  table: string;
  strong: boolean;
}

interface WireBase {
  type: AtomType;
  refTable?: string;
  refType?: 'strong' | 'weak';
}

type WireType =
  AtomType | { key: AtomType | WireBase; value?: AtomType | WireBase; min?: number; max?: number | 'unlimited' };

export interface WireSchema {
  name: string;
  version: string;
  tables: Record<string, { columns: Record<string, { type: WireType }>; isRoot?: boolean }>;
}

/** Reads the answer of `get_schema`. */
export function readSchema(wire: WireSchema): Schema {
  const tables = new Map<string, TableSchema>();
  // RFC 7047: where no table says that it is a root, all of them are.
  const roots = Object.values(wire.tables).some((table) => table.isRoot);
  for (const [name, table] of Object.entries(wire.tables)) {
    const columns = new Map<string, ColumnType>();
    const references = new Map<string, Reference>();
    for (const [column, { type }] of Object.entries(table.columns)) {
      columns.set(column, columnType(type));
      const base = typeof type === 'string' ? type : type.key;
      if (typeof base !== 'string' && base.refTable !== undefined) {
        references.set(column, { table: base.refTable, strong: base.refType !== 'weak' });
      }
    }
    tables.set(name, { columns, references, isRoot: table.isRoot ?? !roots });
  }
  return { name: wire.name, version: wire.version, tables };
}

function columnType(type: WireType): ColumnType {
  if (typeof type === 'string') return { key: type, value: null, min: 1, max: 1 };
  const max = type.max ?? 1;
  return {
    key: atomType(type.key),
    value: type.value === undefined ? null : atomType(type.value),
    min: type.min ?? 1,
    max: max === 'unlimited' ? Number.POSITIVE_INFINITY : max,
  };
}

const atomType = (base: AtomType | WireBase): AtomType => (typeof base === 'string' ? base : base.type);
