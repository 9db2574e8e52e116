import { openSide, type Place } from './backup.ts';
import { controllersOf } from './postgres-side.ts';
import { replaceDatabase, running } from './restore.ts';
import { snapshotOf } from './side.ts';
import { isInUse } from './sqlite-side.ts';
import { databasePath } from './backup.ts';
import type { TableDigest } from './snapshot.ts';

/**
 * Copies a cloud's database to the other kind of database, or to another server, and compares row by row. The
 * controllers must be stopped: what they would write meanwhile would be lost. The source is not changed. Throws
 * OperatorError when one runs, or there is something in the target and `force` does not say to replace it.
 */
export async function moveDatabase(
  from: Place,
  to: Place,
  options: { now: Date; force: boolean; onPart: (name: string) => void },
): Promise<TableDigest[]> {
  if (from.database === undefined && isInUse(databasePath(from))) throw running(databasePath(from));
  const side = await openSide(from, 'read');
  try {
    if (side.kind === 'postgres' && (await controllersOf(side)) > 0) throw running(side.shown);
    let copied: TableDigest[] = [];
    await replaceDatabase(to, await snapshotOf(side), options, async (_side, tables) => {
      copied = tables;
    });
    return copied;
  } finally {
    await side.close();
  }
}
