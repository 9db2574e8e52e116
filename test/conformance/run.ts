import { classOf, collect, testName, type Result } from './results.ts';
import { startWorker, type TempestPython } from './workers.ts';

/** Seconds that a test takes of which nothing is known, with its share of the class's setting up. */
const USUAL = 1;
/** A class that takes longer is worth setting up twice. */
const LONGEST = 60;

/**
 * Groups of tests by class, because a class makes what its tests share; the longest first, so that no worker is left
 * alone with one at the end. `durations` says how many seconds each class took per test before. Tempest waits ten
 * seconds before it deletes a subnet, which makes some classes long; these are divided. Pure.
 */
export function groupTests(ids: readonly string[], durations: Readonly<Record<string, number>>): string[][] {
  const classes = new Map<string, string[]>();
  for (const id of ids) classes.set(classOf(id), [...(classes.get(classOf(id)) ?? []), id]);
  const groups = [...classes].flatMap(([name, tests]) => {
    const each = durations[name] ?? USUAL;
    const parts = Math.min(tests.length, Math.max(1, Math.ceil((each * tests.length) / LONGEST)));
    return Array.from({ length: parts }, (_, part) => {
      const some = tests.filter((_test, index) => index % parts === part);
      return { some, seconds: each * some.length };
    });
  });
  return groups.sort((a, b) => b.seconds - a.seconds).map(({ some }) => some);
}

/**
 * Runs the tests on several workers; each takes the next class when it has finished one. A worker that dies fails the
 * class it was at, and another takes its place. `abort` ends all of them. Answers the seconds per test that each class took.
 */
export async function runTests(
  python: TempestPython,
  groups: readonly (readonly string[])[],
  concurrency: number,
  abort: AbortSignal,
  onResults: (results: readonly Result[]) => void,
): Promise<Record<string, number>> {
  const queue = [...groups];
  abort.addEventListener('abort', () => queue.splice(0));
  const taken = new Map<string, { seconds: number; tests: number }>();
  const note = (ids: readonly string[], seconds: number) => {
    const name = classOf(ids[0] ?? '');
    const before = taken.get(name) ?? { seconds: 0, tests: 0 };
    taken.set(name, { seconds: before.seconds + seconds, tests: before.tests + ids.length });
  };
  const oneWorker = async (number: number) => {
    let starts = 0;
    let worker: ReturnType<typeof startWorker> | null = null;
    for (let ids = queue.shift(); ids !== undefined; ids = queue.shift()) {
      if (worker === null) {
        const fresh = startWorker(python, `worker-${number}-${(starts += 1)}`);
        abort.addEventListener('abort', () => fresh.kill());
        worker = fresh;
      }
      const results = collect(ids);
      const started = performance.now();
      try {
        await worker.work(`run ${ids.map(testName).join(' ')}`, (packet) => results.add(packet));
        onResults(results.finish());
      } catch (error) {
        worker = null;
        onResults(results.finish(error instanceof Error ? error.message : String(error)));
      }
      note(ids, (performance.now() - started) / 1000);
    }
    worker?.end();
  };
  await Promise.all(Array.from({ length: concurrency }, (_, index) => oneWorker(index + 1)));
  return Object.fromEntries([...taken].map(([name, { seconds, tests }]) => [name, seconds / tests]));
}
