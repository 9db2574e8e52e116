export { databasePath, openSide, takeBackup, type Place } from './backup.ts';
export { lastBackup, noteBackup, type LastBackup } from './last.ts';
export { readManifest, verifyDirectory, type Manifest } from './directory.ts';
export { moveDatabase } from './move.ts';
export { restoreBackup } from './restore.ts';
export type { Side } from './side.ts';
