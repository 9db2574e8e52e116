import type { Leak } from './leaks.ts';
import type { Result } from './results.ts';

const EVERY = 10_000;

/** Says every few seconds how far the run is, and each failure when it happens. */
export function createProgress(say: (line: string) => void, total: number): (some: readonly Result[]) => void {
  let last = performance.now();
  const count = { passed: 0, failed: 0, skipped: 0 };
  return (some) => {
    for (const result of some) {
      count[result.status] += 1;
      if (result.status === 'failed') say(`FAILED  ${result.test}\n        ${result.reason}`);
    }
    if (performance.now() - last < EVERY) return;
    last = performance.now();
    const done = count.passed + count.failed + count.skipped;
    say(`${done} of ${total}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  };
}

/** What is printed at the end of a run. Pure. */
export function summaryOf(results: readonly Result[], leaks: readonly Leak[], seconds: number): string {
  const of = (status: Result['status']) => results.filter((result) => result.status === status);
  const lines = [''];
  const skips = countBy(of('skipped'), ({ reason }) => reason);
  if (skips.length > 0) {
    lines.push('Skipped:', ...skips.map(([reason, count]) => `  ${String(count).padStart(4)}  ${reason}`), '');
  }
  const failed = of('failed');
  if (failed.length > 0) {
    lines.push('Failed:', ...failed.map(({ test, reason }) => `  ${test}\n      ${reason}`), '');
  }
  if (leaks.length > 0) {
    lines.push(
      'Left behind by the tests:',
      ...leaks.map(({ kind, id, name, stuck }) => `  ${kind} ${id} ${name}${stuck ? ': cannot be deleted' : ''}`),
      '',
    );
  }
  lines.push(
    `${of('passed').length} passed, ${failed.length} failed, ${of('skipped').length} skipped in ${seconds.toFixed(0)} s`,
  );
  return lines.join('\n');
}

/** How often each key occurs, the most frequent first. */
export function countBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
