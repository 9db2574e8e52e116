/**
 * OVSDB's values as plain data. Source: RFC 7047, section 5.1.
 *
 * A column with exactly one value is an atom; any other set, also an optional value, is an array in no particular
 * order; a map is a record. A UUID is its text. In a transaction any other text in the place of a UUID is the name
 * that the same transaction gives to a row it inserts.
 */
export type Atom = string | number | boolean;
export type Value = Atom | readonly Atom[] | Readonly<Record<string, Atom>>;
export type Row = Readonly<Record<string, Value>>;

export type AtomType = 'integer' | 'real' | 'boolean' | 'string' | 'uuid';

export interface ColumnType {
  key: AtomType;
  /** The type of a map's values; null when the column is no map. */
  value: AtomType | null;
  min: number;
  max: number;
}

export const UUID_COLUMN: ColumnType = { key: 'uuid', value: null, min: 1, max: 1 };

export const isScalar = (type: ColumnType): boolean => type.value === null && type.min === 1 && type.max === 1;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function encodeAtom(type: AtomType, atom: Atom): unknown {
  if (type !== 'uuid') return atom;
  return [UUID.test(String(atom)) ? 'uuid' : 'named-uuid', atom];
}

/** A value as it goes over the wire. */
export function encodeValue(type: ColumnType, value: Value): unknown {
  if (Array.isArray(value)) return encodeSet(type.key, value as readonly Atom[]);
  if (typeof value !== 'object') return encodeAtom(type.key, value);
  const valueType = type.value ?? 'string';
  return ['map', Object.entries(value).map(([key, item]) => [keyOf(type.key, key), encodeAtom(valueType, item)])];
}

/** A set of atoms of one type; also how the keys are named that a mutation removes from a map. */
export function encodeSet(type: AtomType, atoms: readonly Atom[]): unknown {
  return ['set', atoms.map((atom) => encodeAtom(type, atom))];
}

function keyOf(type: AtomType, text: string): unknown {
  if (type === 'integer' || type === 'real') return Number(text);
  if (type === 'boolean') return text === 'true';
  return encodeAtom(type, text);
}

function decodeAtom(wire: unknown): Atom {
  if (Array.isArray(wire) && (wire[0] === 'uuid' || wire[0] === 'named-uuid')) return String(wire[1]);
  if (typeof wire === 'string' || typeof wire === 'number' || typeof wire === 'boolean') return wire;
  throw new Error(`not an OVSDB atom: ${JSON.stringify(wire)}`);
}

/** A value from the wire. Throws when it is not of the column's type. */
export function decodeValue(type: ColumnType, wire: unknown): Value {
  const tag: unknown = Array.isArray(wire) ? wire[0] : undefined;
  const items: unknown = Array.isArray(wire) ? wire[1] : undefined;
  if (type.value !== null) {
    if (tag !== 'map' || !Array.isArray(items)) throw new Error(`not an OVSDB map: ${JSON.stringify(wire)}`);
    return Object.fromEntries(
      (items as [unknown, unknown][]).map(([key, item]) => [decodeAtom(key), decodeAtom(item)]),
    );
  }
  if (tag === 'set' && Array.isArray(items)) {
    const atoms = items.map(decodeAtom);
    const [only] = atoms;
    return isScalar(type) && only !== undefined ? only : atoms;
  }
  return isScalar(type) ? decodeAtom(wire) : [decodeAtom(wire)];
}

const DEFAULT_ATOMS: Record<AtomType, Atom> = {
  integer: 0,
  real: 0,
  boolean: false,
  string: '',
  uuid: '00000000-0000-0000-0000-000000000000',
};

/** What a column holds when nobody gave it a value; servers leave such columns out. */
export function defaultValue(type: ColumnType): Value {
  if (type.value !== null) return {};
  if (type.min === 0) return [];
  return isScalar(type) ? DEFAULT_ATOMS[type.key] : [DEFAULT_ATOMS[type.key]];
}

/**
 * The value after a `modify` of a monitor's update2: sets tell the elements that come or go, maps the pairs that come,
 * go or change, everything else the new value. Source: ovsdb-server(7), section 4.1.14.
 */
export function applyDifference(type: ColumnType, before: Value, difference: Value): Value {
  if (type.max <= 1) return difference;
  if (type.value === null) {
    const set = new Set(before as readonly Atom[]);
    for (const atom of difference as readonly Atom[]) if (!set.delete(atom)) set.add(atom);
    return [...set];
  }
  const map = new Map(Object.entries(before as Record<string, Atom>));
  for (const [key, item] of Object.entries(difference as Record<string, Atom>)) {
    if (map.get(key) === item) map.delete(key);
    else map.set(key, item);
  }
  return Object.fromEntries(map);
}

/** Whether two values of one column are the same, whatever the order of their elements. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    if (a.length === 1) return a[0] === b[0];
    const set = new Set<unknown>(a);
    return b.every((item) => set.has(item));
  }
  const left = a as Readonly<Record<string, Atom>>;
  const right = b as Readonly<Record<string, Atom>>;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
}
