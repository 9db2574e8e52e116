import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OperatorError, messageOf } from '../core/errors.ts';
import { buildImage, listRecipes, type Recipe } from '../images/build.ts';
import { publishImage, type Published } from '../images/publish.ts';
import { signInAsAdmin } from '../machine/admin-session.ts';
import { healthy } from '../machine/controller-health.ts';
import { pathsFrom } from '../machine/everything.ts';
import { COMMON, EXIT, UsageError, helpOf, parseCommand, type CommandSpec, type Parsed } from '../machine/options.ts';
import { progressOf, type Progress } from '../machine/progress.ts';
import type { Session } from '../machine/seed/client.ts';
import { readSettings } from '../machine/settings.ts';

const BUILD: CommandSpec = {
  name: 'image build',
  summary: 'Builds a guest image from a recipe in images/, and puts it into the cloud of this machine.',
  operands: 'NAME',
  options: {
    output: { short: 'o', value: 'FILE', help: 'keep the qcow2 file here (NAME.qcow2, unless it is uploaded)' },
    upload: { help: 'put it into the cloud, or fail (what is done anyway when one runs on this machine)' },
    'no-upload': { help: 'only make the file' },
    ...COMMON,
  },
  details: [
    'The recipes fetch packages of Debian; those of ours need root. See images/README.md.',
    '',
    'In the cloud it becomes a public image of the project admin, with the properties of images/NAME/image.json.',
    'Nothing is replaced: if the image of this name has the same bytes, it stays as it is. Otherwise a new one is',
    'made, and older public ones of this name and project are hidden (os_hidden) as soon as the new one can be used:',
    'servers made of them go on, and `openstack image list --hidden` shows them.',
  ].join('\n'),
};

const LIST: CommandSpec = {
  name: 'image list',
  summary: 'Lists the recipes of guest images.',
  options: {
    json: { help: 'print JSON for programs instead of text for people' },
    help: { short: 'h', help: 'print this and do nothing' },
  },
};

/** `potluck image build` and `potluck image list`. */
export async function image(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === 'build') return build(rest);
  if (verb === 'list') return listAll(rest);
  const help = `${helpOf(BUILD)}\n${helpOf(LIST)}`;
  if (verb === '--help' || verb === '-h') {
    process.stdout.write(help);
    return EXIT.ok;
  }
  const words = verb === undefined ? 'Say what to do.' : `There is no 'image ${verb}'.`;
  throw new UsageError(words, 'Give `build NAME` or `list`. See: potluck image --help');
}

async function listAll(args: string[]): Promise<number> {
  const parsed = parseCommand(LIST, args);
  if (parsed === null) return EXIT.ok;
  const recipes = await listRecipes();
  if (parsed.is('json')) {
    process.stdout.write(`${JSON.stringify(recipes.map(({ name, image: about }) => ({ recipe: name, ...about })))}\n`);
    return EXIT.ok;
  }
  const width = Math.max(...recipes.map(({ name }) => name.length));
  for (const { name, image: about } of recipes) {
    process.stdout.write(`${name.padEnd(width)}  ${about.description}; log in as ${about.default_user}\n`);
  }
  return EXIT.ok;
}

async function build(args: string[]): Promise<number> {
  const parsed = parseCommand(BUILD, args);
  if (parsed === null) return EXIT.ok;
  const recipe = await recipeOf(parsed.operands);
  // First what can be refused: a build takes minutes.
  const session = await cloudOf(parsed);
  const { output, keep } = await outputOf(parsed, recipe, session !== null);
  const progress = progressOf(parsed);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  try {
    await buildStage(progress, recipe, output, stop.signal);
    const published = session === null ? null : await uploadStage(progress, session, recipe, output);
    const file = keep ? output : null;
    progress.finish(
      [
        ...(file === null ? [] : [`  the file:   ${file}`]),
        ...(published === null ? [] : [`  the image:  openstack --os-cloud potluck image show ${published.id}`]),
      ],
      { file, image: published },
    );
    return EXIT.ok;
  } finally {
    if (!keep) await rm(dirname(output), { recursive: true, force: true });
  }
}

async function recipeOf(operands: readonly string[]): Promise<Recipe> {
  const recipes = await listRecipes();
  const [name] = operands;
  const recipe = recipes.find((one) => one.name === name);
  if (recipe && operands.length === 1) return recipe;
  const names = recipes.map((one) => one.name).join(', ');
  const words = name === undefined || recipe ? 'Name one recipe.' : `There is no recipe '${name}'.`;
  throw new UsageError(words, `Choose one of: ${names}. See: potluck image list`);
}

/** Signed in as the administrator of this machine's cloud; null if there is none, or it is not wanted. */
async function cloudOf(parsed: Parsed): Promise<Session | null> {
  if (parsed.is('no-upload')) {
    if (parsed.is('upload')) throw new UsageError('Give either --upload or --no-upload.', 'Each excludes the other.');
    return null;
  }
  const paths = pathsFrom(parsed);
  const settings = await readSettings(paths);
  const runs = settings !== null && (await healthy(settings));
  if (!runs && parsed.is('upload')) {
    throw new OperatorError('No cloud runs on this machine.', 'Start one: potluck up. Or leave out --upload.');
  }
  if (!runs) return null;
  if (process.getuid?.() !== 0) {
    throw new OperatorError(
      "Only root may put an image into this machine's cloud.",
      'Run it again with sudo, or only make the file: --no-upload',
    );
  }
  return signInAsAdmin({ paths, settings });
}

async function outputOf(parsed: Parsed, recipe: Recipe, uploaded: boolean): Promise<{ output: string; keep: boolean }> {
  const given = parsed.text('output');
  if (given !== undefined || !uploaded) return { output: resolve(given ?? `${recipe.name}.qcow2`), keep: true };
  const images = pathsFrom(parsed).images;
  return { output: join(await mkdtemp(join(images, 'build-')), `${recipe.name}.qcow2`), keep: false };
}

async function buildStage(progress: Progress, recipe: Recipe, output: string, signal: AbortSignal): Promise<void> {
  await progress.stage('build', `Image '${recipe.name}'`, async (detail) => {
    // Under its own name when it is complete, whatever a recipe does.
    const draft = `${output}.draft`;
    const onLine = (line: string) => detail(line.replace(/^==> /, ''));
    try {
      await buildImage({ name: recipe.name, output: draft, onLine, signal });
      await rename(draft, output);
    } catch (error) {
      await rm(draft, { force: true });
      throw inWords(error, recipe, signal);
    }
    return 'built';
  });
}

function inWords(error: unknown, recipe: Recipe, signal: AbortSignal): unknown {
  if (signal.aborted) return new OperatorError('The build was stopped.', 'Nothing of it is left. Run it again.');
  if (process.getuid?.() === 0 || !/run me as root/.test(messageOf(error))) return error;
  const again = `sudo potluck image build ${recipe.name}`;
  return new OperatorError(
    `The recipe '${recipe.name}' needs root: the files of its image belong to root.`,
    `Run it again with sudo: ${again}`,
  );
}

async function uploadStage(progress: Progress, admin: Session, recipe: Recipe, file: string): Promise<Published> {
  let published: Published | undefined;
  await progress.stage('upload', 'Upload', async () => {
    published = await publishImage(admin, recipe.image, file);
    const { id, outcome, hidden } = published;
    const older = hidden.length === 0 ? '' : `; ${hidden.length} older of the name hidden`;
    return outcome === 'same' ? `the cloud has exactly this image, ${id}${older}` : `image ${id}${older}`;
  });
  if (!published) throw new Error('the upload ended without an image');
  return published;
}
