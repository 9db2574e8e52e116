import { PostgresQueryCompiler, PrimitiveValueListNode, SqliteQueryCompiler, type OperationNode } from 'kysely';

/** Longer lists are as long as they are: few of them are alike. */
const MOST_PADDED = 2048;

/**
 * A list of values to compare with, the last one repeated until there are a power of two: that changes no answer, and
 * makes a dozen prepared statements of what would be one for each number of values.
 */
export function padded(values: readonly unknown[]): readonly unknown[] {
  if (values.length < 3 || values.length > MOST_PADDED) return values;
  const length = 2 ** Math.ceil(Math.log2(values.length));
  return length === values.length ? values : [...values, ...Array(length - values.length).fill(values.at(-1))];
}

const paddedNode = (node: PrimitiveValueListNode, parent: OperationNode | undefined): PrimitiveValueListNode =>
  // The values of an insert are such a list too.
  parent?.kind === 'BinaryOperationNode' ? PrimitiveValueListNode.create(padded(node.values)) : node;

/** What prints statements for SQLite. */
export class SqliteCompiler extends SqliteQueryCompiler {
  protected override visitPrimitiveValueList(node: PrimitiveValueListNode): void {
    super.visitPrimitiveValueList(paddedNode(node, this.parentNode));
  }
}

/** What prints statements for PostgreSQL. */
export class PostgresCompiler extends PostgresQueryCompiler {
  protected override visitPrimitiveValueList(node: PrimitiveValueListNode): void {
    super.visitPrimitiveValueList(paddedNode(node, this.parentNode));
  }
}
