import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { OperatorError } from '../core/errors.ts';
import { digester, toLine, type Snapshot, type Table, type TableDigest, type Value } from './snapshot.ts';
import { PAGE } from './side.ts';

/** Grows when an older release could not read what this one writes. */
const FORMAT = 1;

/** `manifest.json` of a backup. It is written last: a directory without it is no backup. */
export interface Manifest {
  format: number;
  /** The release that wrote it. */
  potluck: string;
  /** When it was begun, ISO 8601. */
  takenAt: string;
  migrations: string[];
  tables: TableDigest[];
  /** SHA-256 of `secret.key`; null when it was left out. */
  key: string | null;
  /** Image data; null when it was left out. */
  images: { name: string; bytes: number; sha256: string }[] | null;
}

const tablePath = (directory: string, name: string) => join(directory, 'tables', `${name}.ndjson.gz`);
export const keyPath = (directory: string): string => join(directory, 'secret.key');
export const imagePath = (directory: string, name: string): string => join(directory, 'images', name);

export interface WriteOptions {
  potluck: string;
  takenAt: string;
  /** The cloud's key; null leaves it out. */
  key: string | null;
  /** The directory of image data, and which of it; null leaves it out. */
  images: { directory: string; names: string[] } | null;
  onPart: (name: string) => void;
}

/**
 * Writes a backup, readable by its owner alone. It has its name once all of it is on the disk. Throws OperatorError when
 * the directory is there already.
 */
export async function writeDirectory(target: string, snapshot: Snapshot, options: WriteOptions): Promise<Manifest> {
  if (existsSync(target)) throw new OperatorError(`${target} is there already.`, 'Give a name that is not taken.');
  const part = `${target}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(join(part, 'tables'), { recursive: true, mode: 0o700 });
  const tables: TableDigest[] = [];
  for (const table of snapshot.tables) {
    options.onPart(table.name);
    tables.push({ ...table, ...(await writeTable(tablePath(part, table.name), snapshot.rows(table))) });
  }
  let key: string | null = null;
  if (options.key !== null) {
    const bytes = await readFile(options.key);
    await writeFile(keyPath(part), bytes, { mode: 0o600 });
    key = createHash('sha256').update(bytes).digest('hex');
  }
  const { potluck, takenAt } = options;
  const images = options.images && (await copyImages(part, options.images, options.onPart));
  const manifest = { format: FORMAT, potluck, takenAt, migrations: snapshot.migrations, tables, key, images };
  await writeFile(join(part, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 });
  for (const entry of await readdir(part, { recursive: true })) await sync(join(part, entry));
  await rename(part, target);
  await sync(dirname(target));
  return manifest;
}

async function writeTable(path: string, pages: AsyncIterable<Value[][]>) {
  const digest = digester();
  const gzip = createGzip({ level: 5 });
  const file = gzip.pipe(createWriteStream(path, { mode: 0o600 }));
  const done = finished(file);
  for await (const rows of pages) {
    const lines = rows.map(toLine).join('');
    digest.add(lines, rows.length);
    if (!gzip.write(lines)) await Promise.race([once(gzip, 'drain'), done]);
  }
  gzip.end();
  await done;
  return digest.result();
}

async function copyImages(part: string, from: { directory: string; names: string[] }, onPart: (name: string) => void) {
  await mkdir(join(part, 'images'), { mode: 0o700 });
  const copied: { name: string; bytes: number; sha256: string }[] = [];
  for (const name of from.names) {
    onPart(`image ${name}`);
    const source = join(from.directory, name);
    // One that was deleted since the rows were read is not needed any more.
    if (!existsSync(source)) continue;
    await copyFile(source, imagePath(part, name));
    copied.push({ name, ...(await digestOfFile(imagePath(part, name))) });
  }
  return copied;
}

export async function digestOfFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads what a backup says of itself. Throws OperatorError for what is no backup, or is of a later format. */
export async function readManifest(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) {
    throw new OperatorError(
      `${directory} is not a backup: it has no manifest.json.`,
      basename(directory).endsWith('.part')
        ? 'It was broken off while it was made. Take another one.'
        : "Give the directory that 'potluck backup' made.",
    );
  }
  const manifest = parse(text, directory);
  if (manifest.format > FORMAT) {
    throw new OperatorError(
      `${directory} is of a later format (${manifest.format}) than this release reads (${FORMAT}).`,
      'Bring this machine to the newer release first: git pull',
    );
  }
  return manifest;
}

function parse(text: string, directory: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    throw damaged(directory, 'manifest.json', cause);
  }
}

const damaged = (directory: string, part: string, cause?: unknown) =>
  new OperatorError(`The backup ${directory} is damaged: ${part} is not what was written.`, 'Use another backup.', {
    cause,
  });

/** A backup as a snapshot; a table that cannot be read throws OperatorError with its name. */
export function directorySnapshot(directory: string, { migrations, tables }: Manifest): Snapshot {
  return {
    migrations,
    tables: tables.map(({ name, columns }) => ({ name, columns })),
    rows: (table) => readTable(directory, table),
  };
}

async function* readTable(directory: string, { name, columns }: Table): AsyncIterable<Value[][]> {
  const file = createReadStream(tablePath(directory, name));
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip);
  let page: Value[][] = [];
  try {
    for await (const line of linesOf(gunzip)) {
      const row = JSON.parse(line) as Value[];
      if (!Array.isArray(row) || row.length !== columns.length) throw new Error('a row is not as the manifest says');
      page.push(row);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
  } catch (cause) {
    throw damaged(directory, `tables/${name}.ndjson.gz`, cause);
  } finally {
    file.destroy();
  }
  if (page.length > 0) yield page;
}

async function* linesOf(input: NodeJS.ReadableStream): AsyncIterable<string> {
  let rest = '';
  input.setEncoding('utf8');
  for await (const chunk of input as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Reads all of a backup again. Throws OperatorError that names the first part that is not what was written. */
export async function verifyDirectory(directory: string, onPart: (name: string) => void): Promise<Manifest> {
  const manifest = await readManifest(directory);
  const snapshot = directorySnapshot(directory, manifest);
  for (const want of manifest.tables) {
    onPart(want.name);
    const digest = digester();
    for await (const rows of snapshot.rows(want)) digest.add(rows.map(toLine).join(''), rows.length);
    const is = digest.result();
    if (is.rows !== want.rows || is.sha256 !== want.sha256) throw damaged(directory, `tables/${want.name}.ndjson.gz`);
  }
  if (manifest.key !== null) await verifyFile(directory, 'secret.key', manifest.key);
  for (const { name, sha256 } of manifest.images ?? []) {
    onPart(`image ${name}`);
    await verifyFile(directory, `images/${name}`, sha256);
  }
  return manifest;
}

async function verifyFile(directory: string, part: string, sha256: string): Promise<void> {
  const is = await digestOfFile(join(directory, part)).catch((cause: unknown) => {
    throw damaged(directory, part, cause);
  });
  if (is.sha256 !== sha256) throw damaged(directory, part);
}
