import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { imagesDir, parseFileName } from '../image/index.ts';
import { verifyDirectory, writeDirectory, type Manifest } from './directory.ts';
import { openPostgresSide } from './postgres-side.ts';
import { snapshotOf, type Side } from './side.ts';
import { openSqliteSide } from './sqlite-side.ts';

/** Where a cloud keeps what a backup has. */
export interface Place {
  /** Of the controller. */
  stateDir: string;
  database?: string | undefined;
  imageDir?: string | undefined;
}

export const databasePath = (place: Place): string => join(place.stateDir, 'controller.db');

/** Opens a cloud's database, whichever it is. */
export function openSide(place: Place, access: 'read' | 'write'): Promise<Side> {
  return place.database === undefined
    ? openSqliteSide(databasePath(place), access)
    : openPostgresSide(place.database, access);
}

export interface BackupOptions {
  potluck: string;
  now: Date;
  withKey: boolean;
  withImages: boolean;
  /** The part that is being written or read again. */
  onPart: (name: string) => void;
}

/** Takes a backup of a cloud, which may go on running, reads it again and compares. */
export async function takeBackup(place: Place, target: string, options: BackupOptions): Promise<Manifest> {
  const { potluck, now, withKey, withImages, onPart } = options;
  const side = await openSide(place, 'read');
  try {
    const snapshot = await snapshotOf(side);
    const directory = imagesDir({ stateDir: place.stateDir, ...(place.imageDir && { imageDir: place.imageDir }) });
    const names = withImages ? await imageNames(directory) : [];
    await writeDirectory(target, snapshot, {
      ...{ potluck, takenAt: now.toISOString(), onPart },
      key: withKey ? join(place.stateDir, 'secret.key') : null,
      images: withImages ? { directory, names } : null,
    });
  } finally {
    await side.close();
  }
  return verifyDirectory(target, (name) => onPart(`${name} again`));
}

async function imageNames(directory: string): Promise<string[]> {
  if (!existsSync(directory)) return [];
  const names = await readdir(directory);
  return names.filter((name) => parseFileName(name)?.kind === 'data').sort();
}
