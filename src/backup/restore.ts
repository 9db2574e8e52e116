import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import { awaitHosts } from '../compute/index.ts';
import { revokeAllTokens } from '../identity/index.ts';
import { imagesDir } from '../image/index.ts';
import { databasePath, type Place } from './backup.ts';
import { digestOfFile, directorySnapshot, imagePath, keyPath, verifyDirectory, type Manifest } from './directory.ts';
import { load, refuseNewer } from './load.ts';
import { controllersOf, openPostgresSide } from './postgres-side.ts';
import type { Side } from './side.ts';
import type { Snapshot, TableDigest } from './snapshot.ts';
import { isInUse, openSqliteSide } from './sqlite-side.ts';

export interface RestoreOptions {
  now: Date;
  /** Replaces what is there. */
  force: boolean;
  onPart: (name: string) => void;
}

export interface Restored {
  manifest: Manifest;
  /** Where the database that was there is now; null when there was none or it was on PostgreSQL. */
  keptAs: string | null;
}

/**
 * Puts a backup in place of a cloud's database. Whatever goes wrong before the very end, what was there still counts.
 * Tokens issued before are void, and each host first says what it has before it is told what it should have. Throws
 * OperatorError for a backup that is damaged or newer, and while a controller runs.
 */
export async function restoreBackup(backup: string, place: Place, options: RestoreOptions): Promise<Restored> {
  const { now, onPart } = options;
  const manifest = await verifyDirectory(backup, onPart);
  refuseNewer(manifest);
  await checkKey(place, manifest);
  const keptAs = await replaceDatabase(place, directorySnapshot(backup, manifest), options, async (side) => {
    await side.schema.connection().execute(async (db) => {
      await awaitHosts(db);
      await revokeAllTokens(db, now.getTime());
    });
    await copyImages(backup, place, manifest, onPart);
    await restoreKey(backup, place, manifest, now);
  });
  return { manifest, keptAs };
}

/**
 * Fills a database with a snapshot, in place of what is there if `force` says so; `beforeCommit` is the last chance to
 * fail. Answers where a SQLite database that was there is kept.
 */
export async function replaceDatabase(
  place: Place,
  snapshot: Snapshot,
  { now, force, onPart }: RestoreOptions,
  beforeCommit: (side: Side, tables: TableDigest[]) => Promise<void>,
): Promise<string | null> {
  const path = place.database === undefined ? databasePath(place) : null;
  const part = path === null ? null : `${path}.${randomUUID().slice(0, 8)}.part`;
  if (path !== null) await prepareFile(place, path, force);
  const side =
    part === null ? await openPostgresSide(place.database ?? '', 'write') : await openSqliteSide(part, 'write');
  try {
    if (part === null) await prepareDatabase(side, force);
    const tables = await load(side, snapshot, onPart);
    await beforeCommit(side, tables);
    await side.commit();
    await side.close();
    return path === null || part === null ? null : await swap(part, path, now);
  } catch (error) {
    await side.close().catch(() => undefined);
    if (part !== null) for (const end of ['', '-wal', '-shm']) await rm(part + end, { force: true });
    throw error;
  }
}

async function prepareFile(place: Place, path: string, force: boolean): Promise<void> {
  await mkdir(place.stateDir, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) return;
  refuseUnlessForced(path, force);
  if (isInUse(path)) throw running(path);
}

async function prepareDatabase(side: Side, force: boolean): Promise<void> {
  if ((await side.tables()).length > 0) refuseUnlessForced(side.shown, force);
  if ((await controllersOf(side)) > 0) throw running(side.shown);
  await side.clear();
}

function refuseUnlessForced(shown: string, force: boolean): void {
  if (force) return;
  throw new OperatorError(
    `There is a database already: ${shown}.`,
    'Give --force to put the other one in its place; a SQLite file is kept beside it.',
  );
}

/** The cloud's database is being used. */
export const running = (shown: string): OperatorError =>
  new OperatorError(`A controller has ${shown} open.`, 'Stop it first: potluck down (servers keep running).');

/** The new file takes the name in one step; the old one keeps another. */
async function swap(part: string, path: string, now: Date): Promise<string | null> {
  const kept = `${path}.replaced-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  const was = existsSync(path);
  if (was) await link(path, kept);
  // Nobody has it open, so these are leftovers that must not be taken for the new file's.
  for (const end of ['-wal', '-shm']) await rm(path + end, { force: true });
  await rename(part, path);
  for (const end of ['-wal', '-shm']) await rm(part + end, { force: true });
  return was ? kept : null;
}

/** Without the right key nothing sealed in the database can be opened. */
async function checkKey({ stateDir }: Place, { key, tables }: Manifest): Promise<void> {
  if (key !== null || !tables.some(({ name, rows }) => name === 'cloud_facts' && rows > 0)) return;
  if (existsSync(join(stateDir, 'secret.key'))) return;
  throw new OperatorError(
    'The backup has no secret.key, and there is none here.',
    `Put the cloud's secret.key into ${stateDir} first.`,
  );
}

async function restoreKey(backup: string, { stateDir }: Place, { key }: Manifest, now: Date): Promise<void> {
  if (key === null) return;
  const path = join(stateDir, 'secret.key');
  if (existsSync(path)) {
    const is = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (is === key) return;
    await rename(path, `${path}.replaced-${now.getTime()}`);
  }
  await copyFile(keyPath(backup), `${path}.part`);
  await rename(`${path}.part`, path);
}

/** Image data that is there already stays; nothing is removed. */
async function copyImages(
  backup: string,
  place: Place,
  { images }: Manifest,
  onPart: (name: string) => void,
): Promise<void> {
  const directory = imagesDir({ stateDir: place.stateDir, ...(place.imageDir && { imageDir: place.imageDir }) });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const { name, sha256 } of images ?? []) {
    onPart(`image ${name}`);
    const path = join(directory, name);
    if (existsSync(path) && (await digestOfFile(path)).sha256 === sha256) continue;
    await copyFile(imagePath(backup, name), `${path}.restoring`);
    await rename(`${path}.restoring`, path);
  }
}
