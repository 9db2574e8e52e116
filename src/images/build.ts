import { spawn } from 'node:child_process';
import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { OperatorError } from '../core/errors.ts';

/** What `images/NAME/image.json` says of the image that the recipe builds; the Image API gets it at upload. */
export interface ImageDescription {
  name: string;
  description: string;
  /** The account that SSH keys are for. */
  default_user: string;
  /** In GiB. */
  min_disk: number;
  /** In MiB. */
  min_ram: number;
  properties: Record<string, string>;
}

export interface Recipe {
  /** The name of the folder, which is what an operator types. */
  name: string;
  image: ImageDescription;
}

const recipesFolder = join(import.meta.dirname, '../../images');

/** How many of a failed recipe's last lines its error repeats. */
const linesOfFailure = 5;

/** The recipes in `images/`: each folder with an executable `build`, by name. */
export async function listRecipes(folder: string = recipesFolder): Promise<Recipe[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const recipes: Recipe[] = [];
  for (const name of names.toSorted()) {
    if (await isExecutable(join(folder, name, 'build'))) {
      recipes.push({ name, image: await readDescription(folder, name) });
    }
  }
  return recipes;
}

/**
 * Runs the recipe `images/NAME/build` and resolves when `output`, a qcow2 file, is complete. Each line that the recipe
 * prints goes to `onLine`. Aborting stops the recipe, which cleans up after itself.
 */
export async function buildImage(options: {
  name: string;
  output: string;
  onLine: (line: string) => void;
  signal?: AbortSignal;
  folder?: string;
}): Promise<void> {
  const { name, output, onLine, signal, folder = recipesFolder } = options;
  const known = await listRecipes(folder);
  if (!known.some((recipe) => recipe.name === name)) {
    const names = known.map((recipe) => recipe.name).join(', ');
    throw new OperatorError(`There is no recipe for an image named '${name}'.`, `Choose one of: ${names}.`);
  }

  const last: string[] = [];
  const take = (line: string) => {
    last.push(line);
    if (last.length > linesOfFailure) last.shift();
    onLine(line);
  };
  const ended = await run(join(folder, name, 'build'), [output], take, signal);
  signal?.throwIfAborted();
  if (ended !== 0) {
    const how = typeof ended === 'number' ? `status ${ended}` : ended;
    throw new OperatorError(
      [`The recipe of the image '${name}' failed (${how}).`, ...last].join('\n'),
      `Mend what its last lines say, then run images/${name}/build ${output} by hand to see all of it.`,
    );
  }
}

/** Resolves with the exit status or the name of the signal that ended the program, once all its output is read. */
async function run(
  program: string,
  args: string[],
  onLine: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<number | string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const status = new Promise<number | string>((resolve, reject) => {
    child.on('error', (error) => (error.name === 'AbortError' ? resolve('stopped') : reject(error)));
    child.on('close', (code, killedBy) => resolve(code ?? killedBy ?? 'unknown'));
  });
  const [ended] = await Promise.all([status, eachLine(child.stdout, onLine), eachLine(child.stderr, onLine)]);
  return ended;
}

async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) onLine(line);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A recipe need not describe its image: what is left out has a careful default. */
async function readDescription(folder: string, name: string): Promise<ImageDescription> {
  const path = join(folder, name, 'image.json');
  const defaults = { name, description: '', default_user: 'root', min_disk: 0, min_ram: 0, properties: {} };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return defaults;
    throw cause;
  }
  try {
    const given = JSON.parse(text) as Partial<ImageDescription>;
    return { ...defaults, ...given };
  } catch (cause) {
    throw new OperatorError(`${path} is not JSON.`, 'Correct it, or remove it: it is optional.', { cause });
  }
}
