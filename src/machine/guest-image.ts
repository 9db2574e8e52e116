import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError, messageOf } from '../core/errors.ts';
import { buildImage, listRecipes } from '../images/build.ts';
import { exists } from './files.ts';
import { packageCache, type Paths } from './paths.ts';
import { tryRun } from './run.ts';
import { IMAGE_NAME, type SeedImage } from './seed/cloud.ts';

/** The first guest image, built from Debian's packages when it is not there yet. */
export async function tinyImage(paths: Paths, detail: (text: string) => void): Promise<SeedImage> {
  const recipe = (await listRecipes()).find(({ name }) => name === IMAGE_NAME);
  if (!recipe) throw new Error(`there is no recipe images/${IMAGE_NAME}`);
  const file = join(paths.images, `${IMAGE_NAME}.qcow2`);
  if (!(await exists(file))) await build(file, paths, detail);
  const { min_disk: minDisk, min_ram: minRam, properties, default_user: user } = recipe.image;
  return { file, minDisk, minRam, properties, user };
}

async function build(file: string, paths: Paths, detail: (text: string) => void): Promise<void> {
  const draft = `${file}.draft`;
  await mkdir(paths.images, { recursive: true });
  await rm(draft, { force: true });
  // The recipe keeps its downloads here; the kernel among them is wanted once more, to try KVM with.
  process.env['POTLUCK_CACHE'] = packageCache(paths);
  const attempt = () =>
    buildImage({
      name: IMAGE_NAME,
      output: draft,
      onLine: (line) => line.startsWith('==> ') && detail(line.slice(4)),
    });
  try {
    await attempt();
  } catch (error) {
    const words = `${messageOf(error)} ${error instanceof OperatorError ? error.hint : ''}`;
    if (!/apt-get update|cannot download|Unable to locate/.test(words)) throw error;
    detail('updating the list of packages');
    await tryRun('apt-get', ['update', '-q'], { timeout: 180_000 });
    await attempt();
  }
  // Under its own name only when it is complete.
  await rename(draft, file);
}
