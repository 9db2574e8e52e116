import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

/**
 * Calls `onChange` with the name of each file that changes below a directory. Directories are watched and not files,
 * unlike by Node's recursive watching, which ends the process over an editor's draft that it may not read.
 */
export function watchTree(root: string, onChange: (file: string) => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  const drop = (directory: string) => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  };
  const add = (directory: string) => {
    const watcher = watch(directory, (event, file) => {
      // A new name may be a directory's.
      if (event === 'rename') addBelow(directory);
      if (file !== null) onChange(file);
    });
    watcher.on('error', () => drop(directory));
    watchers.set(directory, watcher);
    addBelow(directory);
  };
  const addBelow = (directory: string) => {
    for (const name of directoriesIn(directory)) {
      const path = join(directory, name);
      if (watchers.has(path)) continue;
      try {
        add(path);
      } catch {
        // It is gone again, or not ours to read.
        drop(path);
      }
    }
  };
  add(root);
  return {
    close() {
      for (const directory of watchers.keys()) drop(directory);
    },
  };
}

function directoriesIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}
