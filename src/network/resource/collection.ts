import { sql, type RawBuilder } from 'kysely';
import type { ApiError } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { parseBool } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { invalidAttribute } from '../errors.ts';
import type { Standard } from '../tables.ts';

/** The parameters of a list, each as often as it was given. */
export type Query = Record<string, string | string[] | undefined>;

export type Condition = RawBuilder<unknown>;

/** One attribute of the API that may be filtered and sorted by; its rows are read as `r` in every query. */
export interface Attribute {
  /** When it is not named like the attribute. */
  column?: string;
  kind: 'text' | 'integer' | 'bit';
  /** When the attribute is not a column of its own. It is then not sortable. */
  filter?: (values: readonly string[], context: Context) => Condition;
}

export type StoredRow = Standard & { id: string };

/** What lists, reads and changes of one kind of resource have in common, as plain data. */
export interface Collection<Row extends StoredRow> {
  /** Names in bodies: `network`, `networks`. */
  singular: string;
  plural: string;
  /** Below the prefix, when it differs from `plural`: `security-groups`. */
  path: string;
  table: string;
  /** Names in operations, audit and policy, where the body's would say too little: `qos-policy` for `policy`. */
  operations?: { one: string; many: string };
  /** Standard attributes that this kind does not have in Neutron, and so not in answers. */
  without?: readonly string[];
  attributes: Record<string, Attribute>;
  /** Which rows the caller sees; administrators see all and this is not asked. */
  visible: (context: Context) => Condition;
  notFound: (id: string) => ApiError;
  /** As the API shows them, in the same order. */
  render: (db: Reader, context: Context, rows: readonly Row[]) => Promise<Record<string, unknown>[]>;
  /** What a reader expects to be there already. `needed` is asked first, so that most reads write nothing. */
  beforeRead?: {
    needed: (db: Reader, context: Context, query: Query) => Promise<boolean>;
    make: (tx: Tx, context: Context, query: Query) => Promise<void>;
  };
}

export const text: Attribute = { kind: 'text' };
export const integer: Attribute = { kind: 'integer' };
export const bit: Attribute = { kind: 'bit' };

/** The attributes that all resources share. */
export function standardAttributes(collection: string): Record<string, Attribute> {
  const tagged = (values: readonly string[]) =>
    sql`(select count(*) from network_tags t where t.collection = ${collection} and t.resource_id = r.id
      and t.tag in (${sql.join(values)}))`;
  const split = (values: readonly string[]) => [...new Set(values.flatMap((value) => value.split(',')))];
  return {
    id: text,
    project_id: text,
    tenant_id: { kind: 'text', column: 'project_id' },
    description: text,
    revision_number: integer,
    created_at: integer,
    updated_at: integer,
    tags: { kind: 'text', filter: (values) => sql`${tagged(split(values))} = ${split(values).length}` },
    'tags-any': { kind: 'text', filter: (values) => sql`${tagged(split(values))} > 0` },
    'not-tags': { kind: 'text', filter: (values) => sql`${tagged(split(values))} < ${split(values).length}` },
    'not-tags-any': { kind: 'text', filter: (values) => sql`${tagged(split(values))} = 0` },
  };
}

/** The names of a kind in operations. */
export const operationsOf = (collection: Pick<Collection<never>, 'singular' | 'plural' | 'operations'>) =>
  collection.operations ?? { one: collection.singular, many: collection.plural };

/** The rows' own columns by which the caller may see them. */
export const ownRows = (context: Context): Condition => sql`r.project_id = ${context.projectId}`;

export const column = (name: string) => sql.ref(`r.${name}`);

/** The condition of one filter of a list. Throws 400 for a value that the attribute cannot have. */
export function filterCondition(
  name: string,
  attribute: Attribute,
  values: readonly string[],
  context: Context,
): Condition {
  if (attribute.filter) return attribute.filter(values, context);
  const ref = column(attribute.column ?? name);
  const wanted = values.map((value) => parseValue(name, attribute, value));
  const known = wanted.filter((value) => value !== null);
  const alternatives = [
    ...(known.length > 0 ? [sql`${ref} in (${sql.join(known)})`] : []),
    ...(known.length < wanted.length ? [sql`${ref} is null`] : []),
  ];
  return sql`(${sql.join(alternatives, sql` or `)})`;
}

function parseValue(name: string, attribute: Attribute, value: string): string | number | null {
  switch (attribute.kind) {
    case 'text':
      return value;
    case 'integer': {
      if (value === '' || value === 'None' || value === 'null') return null;
      const time = name.endsWith('_at') ? Date.parse(value) : Number.NaN;
      if (!Number.isNaN(time)) return time;
      if (!/^-?\d{1,15}$/.test(value)) throw invalidAttribute(name, `'${value}' is not an integer.`);
      return Number(value);
    }
    case 'bit': {
      const truth = parseBool(value);
      if (truth === undefined) throw invalidAttribute(name, `'${value}' cannot be converted to boolean.`);
      return truth ? 1 : 0;
    }
    default:
      return attribute.kind satisfies never;
  }
}
