import { OperatorError } from '../core/errors.ts';
import { applySteps } from '../store/migrate.ts';
import { migrations } from '../store/migrations/index.ts';
import { snapshotOf, type Side } from './side.ts';
import { differences, digestOf, digester, toLine, type Snapshot, type TableDigest } from './snapshot.ts';

/**
 * Fills a database, whose transaction is open, with a snapshot: the schema as it was, its rows, then the steps up to
 * this release. Nothing counts before the caller's `commit`. Throws OperatorError as `loadAsItWas` does.
 */
export async function load(target: Side, snapshot: Snapshot, onTable: (name: string) => void): Promise<TableDigest[]> {
  const written = await loadAsItWas(target, snapshot, onTable);
  await applySteps(target.schema, migrations);
  return written;
}

/**
 * The same without later steps of the schema: a database as the snapshot's release would have made it. What was written
 * is read again and compared. Throws OperatorError when the snapshot is of a newer release or what is read is not what
 * was written.
 */
export async function loadAsItWas(
  target: Side,
  snapshot: Snapshot,
  onTable: (name: string) => void,
): Promise<TableDigest[]> {
  refuseNewer(snapshot);
  const steps = migrations.filter(({ name }) => snapshot.migrations.includes(name));
  await applySteps(target.schema, steps);
  await target.suspendReferences();
  const has = new Map((await target.tables()).map((table) => [table.name, table.columns]));
  const written: TableDigest[] = [];
  for (const table of snapshot.tables) {
    onTable(table.name);
    if (has.get(table.name)?.join() !== table.columns.join()) {
      throw new OperatorError(
        `The table ${table.name} is not as the release that wrote the backup made it.`,
        'Somebody changed the schema by hand, or the backup; take another one.',
      );
    }
    // Some steps of the schema write rows.
    await target.query(`delete from "${table.name}"`);
    const digest = digester();
    for await (const rows of snapshot.rows(table)) {
      await target.insert(table, rows);
      digest.add(rows.map(toLine).join(''), rows.length);
    }
    written.push({ ...table, ...digest.result() });
  }
  await target.checkReferences();
  const found = await digestOf(await snapshotOf(target), (name) => onTable(`${name} again`));
  const [problem] = differences(written, found);
  if (problem !== undefined) {
    throw new OperatorError(`What was written is not what is read: ${problem}.`, 'Nothing was changed. Try once more.');
  }
  return written;
}

/** Throws OperatorError for a snapshot with steps of the schema that this release does not know. */
export function refuseNewer({ migrations: applied }: Pick<Snapshot, 'migrations'>): void {
  const unknown = applied.filter((name) => !migrations.some((step) => step.name === name));
  if (unknown.length === 0) return;
  throw new OperatorError(
    `It was written by a newer Potluck (it knows ${unknown.join(', ')}).`,
    'Bring this machine to the newer release first: git pull',
  );
}
