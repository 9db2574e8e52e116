import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildImage } from '../images/build.ts';
import { installPackages, missingPackages, neededPackages } from '../machine/packages.ts';
import { processOne } from '../machine/supervisor/index.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The guest that the real tests of the agent boot. */
const IMAGE = join(ROOT, '.dev/tiny.qcow2');

/** Milliseconds that a command of a stage may take: one that hangs fails, and says where. */
const LIMIT = 25 * 60_000;

const HELP = `Usage: potluck test [STAGE ...]

Runs the project's tests; without a stage all of them, the real ones only as root.

  check    formatting, lint, types
  unit     fast tests beside the code (no root, no network)
  postgres the store's contract, upgrades, races and the unit tests on a real PostgreSQL, then two controllers on it,
           restarted and killed under load  (root; starts servers of its own; about 3 minutes)
  host     the agent against real QEMU                  (root)
  network  the OVN planner against real OVN             (root)
  cloud    a whole cloud through the openstack client   (root; makes and destroys a cloud on this machine)
  fuzz     what must hold whatever happens: random operations and faults in simulated time
  console  the web console: types, lint, texts, size; then every page in a real Chromium on simulated hosts
  console --screenshots  the pictures of the documents, from the cloud that runs on this machine
  conformance  OpenStack's own tests, Tempest: 217 of a guideline  (root; makes and destroys a cloud on this machine)
  conformance [OPTION ...]  the same, or others, against a cloud that runs (has a --help)
  kill     20 rounds of servers made and deleted while processes are killed (root; needs a running cloud; not in 'all')

  --seed N --rounds N   for kill
  --seed N --seeds N    for fuzz: only this one with all that it does; how many beside the kept ones and a fresh one (50)
`;

interface Stage {
  name: string;
  root: boolean;
  /** Whether a plain 'potluck test' runs it. */
  always: boolean;
  commands: () => string[][];
}

const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
const tests = (...patterns: string[]) => patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort();
const node = (...args: string[]) => [process.execPath, '--disable-warning=ExperimentalWarning', ...args];

/** Node's own choice leaves one processor for its runner, which has little to do. */
const EACH_CORE = [`--test-concurrency=${availableParallelism()}`];

const STAGES: readonly Stage[] = [
  {
    name: 'check',
    root: false,
    always: true,
    commands: () => [
      // The linter reads the console's types, which come with its packages.
      node(join(ROOT, 'console/build.ts')),
      [bin('prettier'), '--check', '--log-level', 'warn', '.'],
      [bin('oxlint'), '--type-aware', '--deny-warnings'],
      [bin('tsc'), '--noEmit'],
    ],
  },
  {
    name: 'unit',
    root: false,
    always: true,
    commands: () => [
      node(
        '--test',
        ...EACH_CORE,
        ...tests('src/**/*.test.ts'),
        ...tests(...['layout', 'policy', 'conformance', 'races', 'upgrade'].map((name) => `test/${name}/*.test.ts`)),
      ),
    ],
  },
  {
    name: 'fuzz',
    root: false,
    always: true,
    commands: () => [node('--test', ...tests('test/fuzz/*.test.ts')), node(join(ROOT, 'test/fuzz/run.ts'))],
  },
  {
    name: 'postgres',
    root: true,
    always: true,
    commands: () => [node(join(ROOT, 'test/contract/run.ts')), node(join(ROOT, 'test/controllers/run.ts'))],
  },
  {
    name: 'console',
    root: false,
    always: true,
    commands: () => [
      // It installs what the others need.
      node(join(ROOT, 'console/build.ts')),
      ...['check', 'lint', 'test'].map((script) => ['npm', '--prefix', join(ROOT, 'console'), 'run', script]),
      node('--test', ...tests('console/src/**/*.test.ts')),
      // Each has a cloud and a browser of its own.
      node('--test', ...EACH_CORE, ...tests('test/console/*.test.ts')),
    ],
  },
  ...['host', 'network', 'cloud'].map((name) => ({
    name,
    root: true,
    always: true,
    // One file at a time: they share this machine's network.
    commands: () => [node('--test', '--test-concurrency=1', ...tests(`test/${name}/*.test.ts`))],
  })),
  {
    name: 'conformance',
    root: true,
    always: true,
    commands: () => [node(join(ROOT, 'test/conformance/ci.ts'))],
  },
  { name: 'kill', root: true, always: false, commands: () => [node(join(ROOT, 'test/kill/run.ts'))] },
];

/** Runs the named stages, or all that this user can; the exit code is that of the first one that fails. */
export async function test(args: string[]): Promise<number> {
  // Asked for by itself it tests a cloud that runs; as one of all stages it makes one of its own.
  if (args[0] === 'conformance') return conformance(args.slice(1));
  if (args[0] === 'console' && args[1] === '--screenshots') return screenshots();
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      seed: { type: 'string' },
      rounds: { type: 'string' },
      seeds: { type: 'string' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`potluck: there is no test stage ${unknown.join(', ')}.\n\n${HELP}`);
    return 2;
  }
  if (!existsSync(bin('tsc'))) {
    const code = await run('npm', [
      'install',
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--include=dev',
    ]);
    if (code !== 0) return code;
  }
  const isRoot = process.getuid?.() === 0;
  const chosen = STAGES.filter((stage) => (positionals.length > 0 ? positionals.includes(stage.name) : stage.always));
  const extra = (['seed', 'rounds', 'seeds'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  if (isRoot && chosen.some((stage) => stage.root || stage.name === 'console'))
    await prepare(chosen.map((stage) => stage.name));
  for (const stage of chosen) {
    if (stage.root && !isRoot) {
      process.stderr.write(`potluck: skipping the tests '${stage.name}': they need root.\n`);
      continue;
    }
    const started = performance.now();
    for (const [command = '', ...rest] of stage.commands()) {
      const takesMore = ['kill', 'fuzz'].includes(stage.name) && !rest.includes('--test');
      const code = await (takesMore ? run(command, [...rest, ...extra]) : run(command, rest, LIMIT));
      if (code !== 0) {
        process.stderr.write(`potluck: the tests '${stage.name}' failed.\n`);
        return code;
      }
    }
    process.stderr.write(`potluck: '${stage.name}' passed in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  }
  return 0;
}

const POSTGRES = [
  { name: 'postgresql', why: 'the database that several controllers share' },
  { name: 'haproxy', why: 'balances between controllers' },
];
const CHROMIUM = { name: 'chromium', why: 'shows the web console' };
const TEMPEST = { name: 'tempest', why: "OpenStack's own tests" };

async function screenshots(): Promise<number> {
  const [command = '', ...rest] = node(join(ROOT, 'test/console/screenshots.ts'));
  return run(command, rest);
}

/** Tempest, with options of its own. */
async function conformance(args: readonly string[]): Promise<number> {
  const missing = await missingPackages([TEMPEST]);
  if (missing.length > 0) await installPackages(missing, (await processOne()) === 'systemd', () => undefined);
  const [command = '', ...rest] = node(join(ROOT, 'test/conformance/main.ts'), ...args);
  return run(command, rest);
}

/** What the real tests stand on: Debian's packages, and a guest image. */
async function prepare(stages: readonly string[]): Promise<void> {
  const say = (text: string) => void process.stderr.write(`potluck: ${text}\n`);
  const systemd = (await processOne()) === 'systemd';
  const curl = { name: 'curl', why: 'asks the metadata service as a guest would' };
  const more = [
    ...(stages.includes('conformance') ? [TEMPEST] : []),
    ...(stages.includes('postgres') ? POSTGRES : []),
    ...(stages.some((name) => name === 'console' || name === 'cloud') ? [CHROMIUM] : []),
    ...(stages.some((name) => name !== 'postgres' && name !== 'console')
      ? [curl, ...neededPackages({ arch: process.arch, systemd })]
      : []),
  ];
  const missing = await missingPackages(more);
  if (missing.length > 0) {
    say(`installing ${missing.map(({ name }) => name).join(', ')}`);
    await installPackages(missing, systemd, () => undefined);
  }
  if (stages.some((name) => name === 'host' || name === 'conformance') && !existsSync(IMAGE)) {
    say('building the image tiny');
    mkdirSync(join(ROOT, '.dev'), { recursive: true });
    await buildImage({ name: 'tiny', output: IMAGE, onLine: () => undefined });
  }
}

function run(command: string, args: string[], timeout?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const env = { POTLUCK_TEST_IMAGE: IMAGE, ...process.env };
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env, timeout });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
