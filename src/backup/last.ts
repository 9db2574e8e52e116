import { openSide, type Place } from './backup.ts';
import type { Side } from './side.ts';

/** The last backup that `potluck backup` wrote and read again. */
export interface LastBackup {
  /** When it was begun, milliseconds since 1970. */
  at: number;
  path: string;
  /** The machine that it was written on. */
  machine: string;
}

/** A row of `cloud_facts`: every controller's machine finds it, whichever took the backup. */
const FACT = 'last-backup';

/** Writes down, in the cloud's database, that there is a backup. */
export async function noteBackup(place: Place, backup: LastBackup): Promise<void> {
  const side = await openSide(place, 'write');
  try {
    const value = JSON.stringify(backup).replaceAll("'", "''");
    await side.query(
      `insert into cloud_facts (name, value) values ('${FACT}', '${value}')
        on conflict (name) do update set value = excluded.value`,
    );
    await side.commit();
  } finally {
    await side.close();
  }
}

/** null when none was ever taken by `potluck backup`, or only by a release that wrote nothing down. */
export async function lastBackup(side: Side): Promise<LastBackup | null> {
  const [row] = await side.query(`select value from cloud_facts where name = '${FACT}'`);
  return row ? (JSON.parse(String(row['value'])) as LastBackup) : null;
}
