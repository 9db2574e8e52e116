import type { Known } from './known.ts';
import { countBy } from './print.ts';
import type { RunRecord } from './record.ts';
import type { Result } from './results.ts';

/** docs/conformance.md, from runs that were recorded and from what is known about failures. Pure. */
export function renderReport(runs: readonly RunRecord[], known: ReadonlyMap<string, Known>): string {
  return [
    '# Conformance',
    '',
    "What OpenStack's own tests, [Tempest](https://docs.openstack.org/tempest/latest/), say about Potluck. This page is",
    'written by `./potluck test conformance --write-report`; how to run the tests is in',
    '[test/conformance](../test/conformance/README.md). `tempest.conf` is written from what the running cloud says about',
    'itself; what it does not have is skipped and counted here.',
    '',
    ...table(
      ['run', 'Tempest', 'hosts', 'SSH', 'passed', 'failed', 'skipped', 'seconds'],
      runs.map((run) => [
        run.title,
        run.tempest,
        run.facts.simulated ? 'simulated' : 'QEMU, OVN',
        run.validation ? 'yes' : 'no',
        ...numbers(run.results),
        `${run.seconds.toFixed(0)} (${run.concurrency} at a time)`,
      ]),
    ),
    '',
    ...runs.flatMap((run) => section(run, known)),
  ].join('\n');
}

function section(run: RunRecord, known: ReadonlyMap<string, Known>): string[] {
  const failed = run.results.filter(({ status }) => status === 'failed');
  const skips = countBy(
    run.results.filter(({ status }) => status === 'skipped'),
    ({ reason }) => sameReason(reason),
  );
  const areas = countBy(run.results, ({ test }) => areaOf(test)).map(([area]) => area);
  const lines = [
    `## ${run.title}`,
    '',
    `${run.date.slice(0, 10)}, Potluck ${run.potluck}, ${run.system}.`,
    '',
    ...(run.note === undefined ? [] : [run.note, '']),
  ];
  if (failed.length === 0 && skips.length === 0) lines.push(`All ${run.results.length} tests passed.`, '');
  else if (areas.length > 1) {
    lines.push(
      ...table(
        ['area', 'passed', 'failed', 'skipped', 'of what ran passes', 'skipped of all'],
        areas.sort().map((area) => areaRow(area, run.results)),
      ),
      '',
    );
  }
  if (failed.length > 0) {
    lines.push('### Failures', '');
    for (const { test, reason } of failed) {
      const why = known.get(test);
      lines.push(`- \`${test}\`: ${why ? `${why.cause} Would be mended by: ${why.mend}` : plain(reason)}`);
    }
    lines.push('');
  }
  if (skips.length > 0) {
    const all = run.results.filter(({ status }) => status === 'skipped');
    const kinds = countBy(all, ({ reason }) => kindOf(reason));
    const rows = skips.map(([reason, count]) => [String(count), kindOf(reason), plain(reason)]);
    lines.push(
      '### Skipped',
      '',
      ...kinds.map(([kind, count]) => `- ${count} (${percent(count, run.results.length)} of all): ${kind}`),
      '',
      ...table(['tests', 'why', 'reason that Tempest gives'], rows),
      '',
    );
  }
  return lines;
}

/** `tempest.api.compute`, also of what a class's tearDown said: `tearDownClass (tempest.api.compute…)`. */
function areaOf(name: string): string {
  const test = name.replace(/^\w+ \(/, '');
  return test
    .split('.')
    .slice(0, test.startsWith('tempest.api.') ? 3 : 2)
    .join('.');
}

function areaRow(area: string, all: readonly Result[]): string[] {
  const results = all.filter(({ test }) => areaOf(test) === area);
  const [passed = '0', failed = '0', skipped = '0'] = numbers(results);
  const ran = Number(passed) + Number(failed);
  return [area, passed, failed, skipped, percent(Number(passed), ran), percent(Number(skipped), results.length)];
}

function numbers(results: readonly Result[]): string[] {
  return ['passed', 'failed', 'skipped'].map((status) => String(results.filter((one) => one.status === status).length));
}

const percent = (part: number, whole: number) => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`);

/** Why a test was skipped, by what Tempest says. */
function kindOf(reason: string): string {
  return KINDS.find(([pattern]) => pattern.test(reason))?.[1] ?? 'not there (declared absent)';
}

const GONE = /Identity api v2|Glance API v1|nova-network|neutron is available|Nova cert|os-agents/i;
const KINDS: readonly [RegExp, string][] = [
  [GONE, 'gone from OpenStack itself'],
  [/until bug|Neutron (allows|does not check)/, 'switched off by Tempest'],
  [/[Vv]alidation/, 'needs real guests'],
  [/multi-nodes|migrati|Less than/i, 'needs a second host'],
];

/** Reasons that differ only in the class of the test are one. */
const sameReason = (reason: string) => reason.replace(/^\w+ skipped as /, 'skipped as ');

/** Text for a line or a cell: no line ends, no table or code marks. */
const plain = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[|`<>]/g, ' ')
    .slice(0, 160);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
