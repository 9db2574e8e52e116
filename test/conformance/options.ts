import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../src/machine/options.ts';

const HELP = `Usage: potluck test conformance [OPTION ...]

Runs Tempest, the OpenStack project's own tests, against a running Potluck. Without --filter and --list: the tests of
the guideline "OpenStack Powered Compute" (test/conformance/guideline/powered-compute.txt).

What to run:
  --filter REGEX       tests whose names match
  --list FILE          tests named in FILE, one to a line; with --filter, those of them that match
  --exclude REGEX      not these
  --tempest RELEASE    Tempest of another Debian release, in a root of its own, as in --tempest trixie (this machine's)

Against which cloud:
  --dev                one of its own with simulated hosts, made for this run
  --cloud NAME         the administrator's entry in clouds.yaml (potluck)
  --clouds-file FILE   that clouds.yaml (OS_CLIENT_CONFIG_FILE, ./clouds.yaml, ~/.config/openstack/clouds.yaml)
  --image NAME         public image to boot from (tiny)
  --validation on|off  log into guests by SSH (on, unless hosts are simulated)
  --import-port PORT   port of a web server that the cloud was told of: up --image-import-allow 127.0.0.1:PORT

How:
  --concurrency N      tests at a time (4: most of the time Tempest waits)
  --work-dir DIR       where tempest.conf, logs and failures go (a new directory in ${tmpdir()})
  --keep               leave flavors and image for the next run, and what tests left behind
  --show               print tempest.conf and the tests that would run, and run nothing

What it writes:
  --results FILE       how each test ended, as JSON
  --title TEXT         what the report calls this run
  --note TEXT          what the report says of it besides its figures
  --write-report       docs/conformance.md from the result files named after the options, without running anything
  --write-durations    how long the classes took (durations.json), so that the next run starts with the longest
`;

export interface Options {
  filter: string | undefined;
  list: string | undefined;
  exclude: string | undefined;
  tempest: string | undefined;
  dev: boolean;
  cloud: string;
  cloudsFile: string | undefined;
  image: string;
  validation: 'on' | 'off' | undefined;
  importPort: number | undefined;
  concurrency: number;
  workDir: string | undefined;
  keep: boolean;
  show: boolean;
  results: string | undefined;
  title: string;
  note: string | undefined;
  writeReport: boolean;
  writeDurations: boolean;
  files: string[];
}

const GUIDELINE = join(import.meta.dirname, 'guideline/powered-compute.txt');
const TEXTS = [
  ...['filter', 'list', 'exclude', 'tempest', 'cloud', 'clouds-file', 'image', 'validation', 'import-port'],
  ...['concurrency', 'work-dir', 'results', 'title', 'note'],
];
const SWITCHES = ['dev', 'keep', 'show', 'write-report', 'write-durations', 'help'];

/** Reads the words after `potluck test conformance`; null after printing the help. */
export function readOptions(args: readonly string[]): Options | null {
  const spec = Object.fromEntries([
    ...TEXTS.map((name) => [name, { type: 'string' as const }]),
    ...SWITCHES.map((name) => [name, { type: 'boolean' as const, ...(name === 'help' ? { short: 'h' } : {}) }]),
  ]) as Record<string, { type: 'string' | 'boolean' }>;
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options: spec, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), 'See --help.');
  }
  const text = (name: string) => {
    const value = parsed.values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const is = (name: string) => parsed.values[name] === true;
  if (is('help')) {
    process.stdout.write(HELP);
    return null;
  }
  const validation = text('validation');
  if (validation !== undefined && validation !== 'on' && validation !== 'off') {
    throw new UsageError(`--validation is '${validation}'.`, 'Give on or off.');
  }
  if (parsed.positionals.length > 0 && !is('write-report')) {
    throw new UsageError(`Unexpected word '${parsed.positionals[0]}'.`, 'See --help.');
  }
  return {
    filter: text('filter'),
    list: text('list') ?? (text('filter') === undefined ? GUIDELINE : undefined),
    exclude: text('exclude'),
    tempest: text('tempest'),
    dev: is('dev'),
    cloud: text('cloud') ?? 'potluck',
    cloudsFile: text('clouds-file'),
    image: text('image') ?? 'tiny',
    validation,
    importPort: number('import-port', text('import-port')),
    concurrency: number('concurrency', text('concurrency')) ?? 4,
    workDir: text('work-dir'),
    keep: is('keep'),
    show: is('show'),
    results: text('results'),
    title: text('title') ?? 'a run',
    note: text('note'),
    writeReport: is('write-report'),
    writeDurations: is('write-durations'),
    files: parsed.positionals,
  };
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} is '${text}'.`, 'Give a whole number.');
  return value;
}
