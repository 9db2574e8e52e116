import {
  AliasNode,
  ColumnNode,
  IdentifierNode,
  ReferenceNode,
  ReturningNode,
  SelectionNode,
  TableNode,
  type DeleteQueryNode,
  type InsertQueryNode,
  type KyselyPlugin,
  type OperationNode,
  type QueryId,
  type UpdateQueryNode,
} from 'kysely';
import { WATCHED, type Told, type Watched } from './watched.ts';

/** That something of a kind was made, changed or is gone, and who may hear of it. */
export interface Change {
  /** As in the paths of the APIs: `servers`, `floatingips`. */
  kind: string;
  /** `project:ID`, `user:ID`, `all`, or `operators` for what is the cloud's own. */
  to: string;
  /** Null where many changed, or it is not known which. */
  id: string | null;
}

/** Who is told of the changes of committed transactions, of every controller. */
export interface Follower {
  changed(changes: readonly Change[]): void;
  /** Changes of other controllers may have been missed. */
  missed(): void;
}

/** Things of one kind in one transaction, beyond which they are not told apart. */
const MOST_IDS = 50;

/** What one transaction has changed so far. */
export interface ChangeLog {
  /** Sees every statement that Kysely builds, and asks the database for the rows that it touched. */
  plugin: KyselyPlugin;
  changes(): Change[];
}

type WriteNode = InsertQueryNode | UpdateQueryNode | DeleteQueryNode;

interface Asked {
  watched: Watched;
  /** Columns that an update names; null for rows that come or go. */
  set: ReadonlySet<string> | null;
  /** Whether the statement itself answers rows. */
  returns: boolean;
  /** What Kysely answers otherwise; it takes a statement that returns rows for one that was to. */
  countOf: (rows: bigint) => Record<string, bigint | undefined>;
}

const COUNTS: Record<WriteNode['kind'], Asked['countOf']> = {
  InsertQueryNode: (rows) => ({ insertId: undefined, numInsertedOrUpdatedRows: rows }),
  UpdateQueryNode: (rows) => ({ numUpdatedRows: rows, numChangedRows: undefined }),
  DeleteQueryNode: (rows) => ({ numDeletedRows: rows }),
};

/** The name under which a column comes back beside what the caller wants. */
const ALIAS = 'changed_';

/**
 * Notes what a transaction changes, whoever writes it: no caller needs to say so. Statements written as SQL text
 * (`sql`…``) are not seen.
 */
export function createChangeLog(): ChangeLog {
  const asked = new WeakMap<QueryId, Asked>();
  const found = new Map<string, { kind: string; to: string; ids: Set<string> | null }>();
  const note = ({ kind, to, id }: Told) => {
    const key = `${kind} ${to}`;
    const known = found.get(key);
    if (!known) found.set(key, { kind, to, ids: id === null ? null : new Set([id]) });
    else if (id === null || (known.ids?.add(id).size ?? 0) > MOST_IDS) known.ids = null;
  };
  return {
    plugin: {
      transformQuery({ node, queryId }) {
        const write = asWrite(node);
        const watched = write && WATCHED[tableOf(write)];
        if (!write || !watched) return node;
        const set = columnsSet(write);
        if (set && watched.unseen && [...set].every((column) => watched.unseen?.has(column))) return node;
        asked.set(queryId, { watched, set, returns: write.returning !== undefined, countOf: COUNTS[write.kind] });
        return watched.columns.length === 0 ? node : alsoReturning(write, watched.columns);
      },
      async transformResult({ result, queryId }) {
        const query = asked.get(queryId);
        if (!query) return result;
        const { watched, set, returns, countOf } = query;
        if (watched.columns.length === 0) {
          if (result.numAffectedRows !== 0n) watched.tell({}, set).forEach(note);
          return result;
        }
        for (const row of result.rows) {
          const own: Record<string, string | number | null> = {};
          for (const column of watched.columns) {
            own[column] = row[ALIAS + column] as string | number | null;
            delete row[ALIAS + column];
          }
          watched.tell(own, set).forEach(note);
        }
        return returns ? result : { ...result, rows: [countOf(BigInt(result.rows.length))] };
      },
    },
    changes: () =>
      [...found.values()].flatMap(({ kind, to, ids }) => [...(ids ?? [null])].map((id): Change => ({ kind, to, id }))),
  };
}

function asWrite(node: OperationNode): WriteNode | null {
  const writes = ['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'];
  return writes.includes(node.kind) ? (node as WriteNode) : null;
}

function tableOf(node: WriteNode): string {
  const table =
    node.kind === 'InsertQueryNode'
      ? node.into
      : node.kind === 'UpdateQueryNode'
        ? node.table
        : node.from.froms.length === 1
          ? node.from.froms[0]
          : undefined;
  return table && TableNode.is(table) ? table.table.identifier.name : '';
}

function columnsSet(node: WriteNode): ReadonlySet<string> | null {
  if (node.kind !== 'UpdateQueryNode') return null;
  const names = (node.updates ?? []).map(({ column }) => (ColumnNode.is(column) ? column.column.name : ''));
  return new Set(names);
}

function alsoReturning(node: WriteNode, columns: readonly string[]): WriteNode {
  const table = TableNode.create(tableOf(node));
  const own = columns.map((column) =>
    SelectionNode.create(
      AliasNode.create(ReferenceNode.create(ColumnNode.create(column), table), IdentifierNode.create(ALIAS + column)),
    ),
  );
  return { ...node, returning: ReturningNode.create([...(node.returning?.selections ?? []), ...own]) };
}
