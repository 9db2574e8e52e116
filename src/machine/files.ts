import { mkdir, readFile, rename, stat, writeFile, chmod } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The file's text, or null if there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

/** Writes a file as a whole or not at all, with exactly this mode. */
export async function writeWhole(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode });
  await chmod(draft, mode);
  await rename(draft, path);
}

/** Like writeWhole, but leaves an equal file alone. Answers whether it wrote. */
export async function writeIfChanged(path: string, text: string, mode = 0o644): Promise<boolean> {
  if ((await readText(path)) === text) {
    await chmod(path, mode);
    return false;
  }
  await writeWhole(path, text, mode);
  return true;
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
