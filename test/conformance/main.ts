import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, OperatorError } from '../../src/core/errors.ts';
import { UsageError } from '../../src/machine/options.ts';
import { signIn } from './api.ts';
import { readAccount } from './clouds.ts';
import { startDevCloud } from './dev-cloud.ts';
import { readDurations, writeDurations } from './durations.ts';
import { discover, type Facts } from './discover.ts';
import { prepareFixtures } from './fixtures.ts';
import { findLeaks, takeInventory } from './leaks.ts';
import { createProgress, summaryOf } from './print.ts';
import { testName, type Result } from './results.ts';
import { groupTests, runTests } from './run.ts';
import { renderConf, tempestSections } from './tempest-conf.ts';
import { bookworm } from './tempest.ts';
import { listTests } from './workers.ts';

const HELP = `Usage: potluck test conformance [OPTION ...]

Runs Tempest, the OpenStack project's own tests, against a running Potluck. Without --filter and --list: the tests of
the guideline "OpenStack Powered Compute" (test/conformance/guideline/powered-compute.txt).

  --filter REGEX       tests whose names match
  --list FILE          tests named in FILE, one to a line; with --filter, those of them that match
  --exclude REGEX      not these
  --dev                against a cloud of its own with simulated hosts, made for this run
  --cloud NAME         the administrator's entry in clouds.yaml (potluck)
  --clouds-file FILE   that clouds.yaml (OS_CLIENT_CONFIG_FILE, ./clouds.yaml, ~/.config/openstack/clouds.yaml)
  --concurrency N      tests at a time (4: most of the time Tempest waits)
  --validation on|off  log into guests by SSH (on, unless hosts are simulated)
  --image NAME         public image to boot from (tiny)
  --work-dir DIR       where tempest.conf, logs and failures go (a new directory in ${tmpdir()})
  --results FILE       write how each test ended as JSON
  --write-durations    note how long the classes took (durations.json), so that the next run starts with the longest
  --keep               leave flavors and image for the next run, and what tests left behind; and the work directory
  --show               print tempest.conf and the tests that would run, and run nothing
`;

const OPTIONS = {
  filter: { type: 'string' },
  list: { type: 'string' },
  exclude: { type: 'string' },
  dev: { type: 'boolean' },
  cloud: { type: 'string' },
  'clouds-file': { type: 'string' },
  concurrency: { type: 'string' },
  validation: { type: 'string' },
  image: { type: 'string' },
  'work-dir': { type: 'string' },
  results: { type: 'string' },
  'write-durations': { type: 'boolean' },
  keep: { type: 'boolean' },
  show: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const GUIDELINE = join(import.meta.dirname, 'guideline/powered-compute.txt');

/** Tests of what Nova had for XenAPI only, which share an option with tests of servers' metadata. */
const GONE_WITH_XEN = /AgentsAdminTest|test_reset_network/;

export async function conformance(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const directory = values['work-dir'] ?? mkdtempSync(join(tmpdir(), 'conformance-'));
  mkdirSync(join(directory, 'failures'), { recursive: true });
  for (const old of globSync('failures/*.txt', { cwd: directory })) rmSync(join(directory, old));
  const dev = values.dev ? await startDevCloud(directory) : null;
  try {
    return await against(values, directory, dev?.cloudsFile ?? values['clouds-file']);
  } finally {
    await dev?.stop();
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function against(values: Values, directory: string, cloudsFile: string | undefined): Promise<number> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const account = readAccount(values.cloud ?? 'potluck', cloudsFile);
  const api = await signIn(account);
  const facts = await discover(api, account);
  const before = await takeInventory(api);
  const fixtures = await prepareFixtures(api, values.image ?? 'tiny');
  const validation = values.validation === undefined ? !facts.simulated : values.validation === 'on';
  const python = bookworm(directory);
  const wanted = chooseTests(await listTests(python), values);
  const writableMetadata = !wanted.chosen.some((id) => GONE_WITH_XEN.test(id));
  const settings = { directory, validation, writableMetadata, imageFile: '', guestTimeout: 180 };
  const conf = renderConf(tempestSections(account, facts, fixtures, settings));
  writeFileSync(join(directory, 'tempest.conf'), conf, { mode: 0o600 });
  if (values.show) {
    say(conf);
    say(wanted.chosen.join('\n'));
    return 0;
  }
  say(describe(facts, validation, wanted.chosen.length, directory));
  for (const test of wanted.unknown) say(`not in this Tempest: ${test}`);
  const started = performance.now();
  const results: Result[] = [];
  const progress = createProgress(say, wanted.chosen.length);
  const groups = groupTests(wanted.chosen, readDurations());
  const durations = await runTests(python, groups, numberOf(values.concurrency, 4), (some) => {
    results.push(...some);
    for (const result of some.filter(({ status }) => status === 'failed')) {
      writeFileSync(join(directory, 'failures', `${result.test}.txt`), result.details);
    }
    progress(some);
  });
  const seconds = (performance.now() - started) / 1000;
  const leaks = await findLeaks(api, before, fixtures, !values.keep);
  if (!values.keep) await fixtures.remove();
  if (values['write-durations']) writeDurations(durations);
  if (values.results) writeFileSync(values.results, JSON.stringify({ facts, seconds, results, leaks }, null, 1));
  say(summaryOf(results, leaks, seconds));
  const failed = results.some(({ status }) => status === 'failed') || wanted.unknown.length > 0;
  if (failed) say(`Tracebacks: ${join(directory, 'failures')}; requests: ${join(directory, 'tempest.log')}`);
  return failed || leaks.length > 0 ? 1 : 0;
}

function chooseTests(all: readonly string[], values: Values): { chosen: string[]; unknown: string[] } {
  const list = values.list ?? (values.filter === undefined ? GUIDELINE : undefined);
  const matches = (pattern: string | undefined) => {
    const regex = new RegExp(pattern ?? '');
    return (id: string) => regex.test(id);
  };
  const excluded = values.exclude === undefined ? () => false : matches(values.exclude);
  const wanted = all.filter((id) => matches(values.filter)(id) && !excluded(id));
  if (list === undefined) return { chosen: wanted, unknown: [] };
  const names = readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => testName(line.replace(/#.*/, '').trim()))
    .filter((line) => line !== '');
  const byName = new Set(names);
  const known = new Set(all.map(testName));
  return { chosen: wanted.filter((id) => byName.has(testName(id))), unknown: names.filter((name) => !known.has(name)) };
}

function describe(facts: Facts, validation: boolean, tests: number, directory: string): string {
  return [
    `${facts.authUrl}: ${facts.services.join(', ')}; ${facts.hosts} ${facts.simulated ? 'simulated ' : ''}hosts;`,
    `${validation ? 'with' : 'without'} SSH into guests; ${tests} tests; work directory ${directory}`,
  ].join(' ');
}

function numberOf(text: string | undefined, preset: number): number {
  const value = Number(text ?? preset);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--concurrency is '${text}'.`, 'Give a number.');
  return value;
}

if (import.meta.main) {
  try {
    process.exitCode = await conformance(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`potluck: ${messageOf(error)}\n`);
    if (error instanceof OperatorError) process.stderr.write(`         ${error.hint}\n`);
    else if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 2;
  }
}
