import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import { exists, readText } from './files.ts';
import { packageCache, repository, type Paths } from './paths.ts';
import { lastWords, tryRun } from './run.ts';
import { IMAGE_NAME, type SeedImage } from './seed/cloud.ts';

interface Recipe {
  min_disk: number;
  min_ram: number;
  properties: Record<string, string>;
}

/** The first guest image, built from Debian's packages when it is not there yet. */
export async function tinyImage(paths: Paths, detail: (text: string) => void): Promise<SeedImage> {
  const recipe = join(repository, 'images', IMAGE_NAME);
  const about = JSON.parse((await readText(join(recipe, 'image.json'))) ?? '{}') as Partial<Recipe>;
  const file = join(paths.images, `${IMAGE_NAME}.qcow2`);
  if (!(await exists(file))) await build(join(recipe, 'build'), file, paths, detail);
  return { file, minDisk: about.min_disk ?? 1, minRam: about.min_ram ?? 128, properties: about.properties ?? {} };
}

async function build(recipe: string, file: string, paths: Paths, detail: (text: string) => void): Promise<void> {
  const draft = `${file}.draft`;
  await mkdir(paths.images, { recursive: true });
  await rm(draft, { force: true });
  const attempt = () =>
    tryRun(recipe, [draft], {
      timeout: 900_000,
      env: { POTLUCK_CACHE: packageCache(paths) },
      onLine: (line) => line.startsWith('==> ') && detail(line.slice(4)),
    });
  let result = await attempt();
  if (result.code !== 0 && /apt-get update|cannot download|Unable to locate/.test(result.stderr)) {
    detail('updating the list of packages');
    await tryRun('apt-get', ['update', '-q'], { timeout: 180_000 });
    result = await attempt();
  }
  if (result.code !== 0) {
    throw new OperatorError(`The image '${IMAGE_NAME}' could not be built.`, lastWords(result));
  }
  // Under its own name only when it is complete.
  await rename(draft, file);
}
