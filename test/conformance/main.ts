import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, OperatorError } from '../../src/core/errors.ts';
import { signIn, type Api } from './api.ts';
import { chooseTests } from './choose.ts';
import { readAccount, type Account } from './clouds.ts';
import { freePort, startDevCloud } from './dev-cloud.ts';
import { discover, type Facts } from './discover.ts';
import { readDurations, writeDurations } from './durations.ts';
import { prepareFixtures, type Fixtures } from './fixtures.ts';
import { readKnown } from './known.ts';
import { findLeaks, removeLeaks, takeInventory, type Inventory, type Leak } from './leaks.ts';
import { readOptions, type Options } from './options.ts';
import { createProgress, summaryOf } from './print.ts';
import { versions, type RunRecord } from './record.ts';
import { renderReport } from './report.ts';
import { testName, type Result } from './results.ts';
import { groupTests, runTests } from './run.ts';
import { renderConf, tempestSections } from './tempest-conf.ts';
import { tempestOf } from './tempest.ts';
import { startWebServer } from './web-server.ts';
import { listTests, type TempestPython } from './workers.ts';

/**
 * Tests of what Nova took away in 2020 together with XenAPI: os-agents and resetNetwork. They share the option
 * xenapi_apis with tests of servers' metadata, which are to run, so that we skip them here in Tempest's stead.
 */
const GONE_WITH_XEN = /AgentsAdminTest|test_reset_network/;
const goneResult = (id: string): Result => ({
  test: testName(id),
  status: 'skipped',
  seconds: 0,
  reason: 'os-agents and resetNetwork were taken out of Nova together with XenAPI',
  details: '',
});
const REPORT = join(import.meta.dirname, '../../docs/conformance.md');

/** `potluck test conformance`: 0 when all that ran passed and nothing was left behind. */
export async function conformance(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === null) return 0;
  if (options.writeReport) return writeReport(options.files);
  const directory = resolve(options.workDir ?? mkdtempSync(join(tmpdir(), 'conformance-')));
  mkdirSync(join(directory, 'failures'), { recursive: true });
  for (const old of globSync(['failures/*.txt', 'tempest.log'], { cwd: directory })) rmSync(join(directory, old));
  const importPort = options.importPort ?? (options.dev ? await freePort() : null);
  const web = importPort === null ? null : await startWebServer(importPort);
  const dev = options.dev ? await startDevCloud(directory, `127.0.0.1:${importPort}`) : null;
  try {
    return await againstCloud(options, directory, dev?.cloudsFile ?? options.cloudsFile, web?.url ?? '');
  } finally {
    await dev?.stop();
    web?.stop();
  }
}

async function againstCloud(
  options: Options,
  directory: string,
  cloudsFile: string | undefined,
  importUrl: string,
): Promise<number> {
  const account = readAccount(options.cloud, cloudsFile);
  const api = await signIn(account);
  const facts = await discover(api, account);
  const python = await tempestOf(options.tempest, directory);
  const { chosen: named, unknown } = chooseTests(await listTests(python), options);
  const gone = named.filter((id) => GONE_WITH_XEN.test(id));
  const chosen = named.filter((id) => !gone.includes(id));
  const validation = options.validation === undefined ? !facts.simulated : options.validation === 'on';
  const before = await takeInventory(api);
  const sharedNetwork = Number.parseInt(python.version, 10) >= 40 ? facts.publicNetwork.id : null;
  const fixtures = await prepareFixtures(api, { imageName: options.image, sharedNetwork });
  const settings = { directory, validation, importUrl, chosen };
  const conf = await writeConf(api, account, facts, fixtures, settings);
  if (options.show) {
    if (!options.keep) await fixtures.remove();
    say(`${conf}\n${chosen.join('\n')}`);
    return 0;
  }
  say(describe(facts, validation, chosen.length, python));
  for (const test of unknown) say(`not in this Tempest: ${test}`);
  const started = performance.now();
  const date = new Date().toISOString();
  const results = [...gone.map(goneResult), ...(await run(python, chosen, options))];
  const seconds = (performance.now() - started) / 1000;
  const leaks = await tidy(account, before, fixtures, options.keep);
  const { title, note, concurrency } = options;
  const how = {
    title,
    ...(note === undefined ? {} : { note }),
    date,
    tempest: python.version,
    ...versions(),
    concurrency,
    validation,
    seconds,
  };
  const record: RunRecord = { ...how, facts, results, leaks };
  if (options.results !== undefined) writeFileSync(options.results, `${JSON.stringify(record, null, 1)}\n`);
  say(summaryOf(results, leaks, seconds));
  const wrong = passesThoughKnown(results, facts.simulated);
  for (const test of wrong) say(`It passes, and must not stand in known.txt: ${test}`);
  const failed = results.some(({ status }) => status === 'failed') || unknown.length > 0;
  if (failed) say(`Tracebacks: ${join(directory, 'failures')}; requests: ${join(directory, 'tempest.log')}`);
  return failed || leaks.some(({ stuck }) => stuck) || wrong.length > 0 ? 1 : 0;
}

/** Answers what the tests left behind. What they have shown is worth more than this: it may fail. */
async function tidy(account: Account, before: Inventory, fixtures: Fixtures, keep: boolean): Promise<Leak[]> {
  try {
    // Anew, because a long run outlives a token.
    const again = await signIn(account);
    const leaks = await findLeaks(again, before, fixtures);
    if (keep) return leaks;
    await fixtures.remove();
    return await removeLeaks(again, leaks);
  } catch (error) {
    say(`What the tests left behind is not known: ${messageOf(error)}`);
    return [];
  }
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function writeConf(
  api: Api,
  account: Account,
  facts: Facts,
  fixtures: Fixtures,
  settings: { directory: string; validation: boolean; importUrl: string; chosen: readonly string[] },
): Promise<string> {
  const { directory, chosen } = settings;
  let imageFile = '';
  if (chosen.some((id) => id.startsWith('tempest.scenario.'))) {
    imageFile = join(directory, 'image.qcow2');
    writeFileSync(imageFile, Buffer.from(await (await api.readImage(fixtures.image)).arrayBuffer()));
  }
  const conf = renderConf(tempestSections(account, facts, fixtures, { ...settings, imageFile, guestTimeout: 180 }));
  writeFileSync(join(directory, 'tempest.conf'), conf, { mode: 0o600 });
  return conf;
}

async function run(python: TempestPython, chosen: readonly string[], options: Options): Promise<Result[]> {
  const results: Result[] = [];
  const progress = createProgress(say, chosen.length);
  // Who interrupts the run still gets what it has shown, and a cloud as it was.
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const groups = groupTests(chosen, readDurations());
  const durations = await runTests(python, groups, options.concurrency, stop.signal, (some) => {
    results.push(...some);
    for (const result of some.filter(({ status }) => status === 'failed')) {
      writeFileSync(join(python.directory, 'failures', `${result.test}.txt`), result.details);
    }
    progress(some);
  });
  if (options.writeDurations) writeDurations(durations);
  return results.sort((a, b) => (a.test < b.test ? -1 : 1));
}

function passesThoughKnown(results: readonly Result[], simulated: boolean): string[] {
  const known = readKnown();
  const mustFail = (test: string) => {
    const entry = known.get(test);
    return entry !== undefined && (simulated || !entry.simulatedOnly);
  };
  return results.filter(({ test, status }) => status === 'passed' && mustFail(test)).map(({ test }) => test);
}

function describe(facts: Facts, validation: boolean, tests: number, { version, directory }: TempestPython): string {
  return [
    `${facts.authUrl}: ${facts.services.join(', ')}; ${facts.hosts} ${facts.simulated ? 'simulated ' : ''}hosts;`,
    `${validation ? 'with' : 'without'} SSH into guests; ${tests} tests of Tempest ${version}; work directory ${directory}`,
  ].join(' ');
}

function writeReport(files: readonly string[]): number {
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as RunRecord);
  writeFileSync(REPORT, renderReport(runs, readKnown()));
  say(`written: ${REPORT}`);
  return 0;
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
