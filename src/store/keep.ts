import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrations/index.ts';

/** Copies of earlier schemas that are kept. */
const KEEP = 2;

/**
 * Copies an existing database to `controller.db.before-STEP` when steps of the schema are about to be applied, so that
 * an upgrade can be taken back; the copies of the last two upgrades stay. A copy has its name once it is whole.
 */
export function keepBeforeMigration(database: DatabaseSync, path: string): void {
  const known = database.prepare(`select 1 from sqlite_master where name = 'schema_migrations'`).get();
  if (!known) return;
  const applied = new Set(
    database
      .prepare('select name from schema_migrations')
      .all()
      .map((row) => row['name']),
  );
  const next = migrations.find(({ name }) => !applied.has(name));
  // What a newer release wrote is refused, not changed.
  const isNewer = [...applied].some((name) => !migrations.some((step) => step.name === name));
  if (!next || isNewer) return;
  const copy = `${path}.before-${next.name}`;
  rmSync(`${copy}.part`, { force: true });
  database.prepare('vacuum into ?').run(`${copy}.part`);
  renameSync(`${copy}.part`, copy);
  const prefix = `${basename(path)}.before-`;
  const copies = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix) && !name.endsWith('.part'));
  // Numbers of steps only grow.
  for (const name of copies.sort().slice(0, -KEEP)) rmSync(join(dirname(path), name));
}
