import { createHash, randomUUID } from 'node:crypto';
import { glob, readFile, readdir, rename, rm, writeFile, copyFile, access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { OperatorError } from '../core/errors.ts';
import { run } from '../machine/run.ts';

/** Where the console's sources and its own npm packages are, below the repository. */
export const consoleSource = (repository: string): string => join(repository, 'console');
/** Where what the browser gets is written. */
export const consoleFiles = (repository: string): string => join(consoleSource(repository), 'dist');

/** A file beside the built ones that says of which sources they are. */
const STAMP = 'built-of';

/** Milliseconds that npm and Vite may take, on a slow machine with a slow line. */
const PATIENCE = { install: 600_000, build: 300_000 };

/**
 * Builds the console when it is missing or older than its sources; answers whether it did. A build replaces the former one
 * as a whole, so that a controller always serves one or the other. Throws OperatorError when npm or Vite fail.
 */
export async function ensureConsole(repository: string, detail: (text: string) => void): Promise<boolean> {
  const source = consoleSource(repository);
  const target = consoleFiles(repository);
  const stamp = await stampOf(source);
  if ((await text(join(target, STAMP))) === stamp) return false;
  await installTools(source, detail);
  detail('building the pages');
  const fresh = `${target}.${randomUUID()}`;
  try {
    await run(process.execPath, [join(source, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', fresh], {
      cwd: source,
      timeout: PATIENCE.build,
    });
    await compress(fresh);
    await writeFile(join(fresh, STAMP), stamp);
    await replace(target, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return true;
}

/** Hash of everything that a build is made of. */
async function stampOf(source: string): Promise<string> {
  const names: string[] = [];
  // It shares what it offers for download with the command line.
  for (const pattern of ['*.{json,ts,html}', 'src/**/*', '../src/starters/*.ts']) {
    for await (const entry of glob(pattern, { cwd: source, withFileTypes: true })) {
      const name = join(entry.parentPath, entry.name);
      if (entry.isFile() && !name.endsWith('.test.ts')) names.push(name);
    }
  }
  const hash = createHash('sha256');
  for (const name of names.toSorted()) {
    const content = await readFile(name);
    hash.update(`${name.slice(source.length)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** The packages that build the console belong to its own package-lock.json, apart from those that the controller runs on. */
async function installTools(source: string, detail: (text: string) => void): Promise<void> {
  const lock = join(source, 'package-lock.json');
  const installed = join(source, 'node_modules', '.potluck-lock');
  if ((await text(installed)) === (await readFile(lock, 'utf8'))) return;
  detail('npm packages to build it with');
  const words = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev'];
  await run('npm', words, { cwd: source, timeout: PATIENCE.install }).catch((error: unknown) => {
    const hint = error instanceof OperatorError ? `${error.hint}\n` : '';
    throw new OperatorError(
      'npm could not install the packages that build the web console.',
      `${hint}Check that this machine reaches the npm registry: npm ping`,
      { cause: error },
    );
  });
  await copyFile(lock, installed);
}

const COMPRESSED = /\.(js|css|html|svg)$/;

/** Writes `.br` and `.gz` beside each file that gets smaller by it, as small as they get: it is done once. */
async function compress(directory: string): Promise<void> {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (content.length < 1024) continue;
    await writeFile(`${path}.br`, await promisify(brotliCompress)(content, brotli));
    await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
  }
}

async function replace(target: string, fresh: string): Promise<void> {
  const old = `${target}.${randomUUID()}`;
  const there = await access(target).then(
    () => true,
    () => false,
  );
  if (there) await rename(target, old);
  await rename(fresh, target);
  await rm(old, { recursive: true, force: true });
}

const text = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
