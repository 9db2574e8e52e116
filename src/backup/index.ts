export { takeBackup, type Place } from './backup.ts';
export { readManifest, verifyDirectory, type Manifest } from './directory.ts';
export { moveDatabase } from './move.ts';
export { restoreBackup } from './restore.ts';
