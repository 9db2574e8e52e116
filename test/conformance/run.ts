import { classOf, collect, type Result } from './results.ts';
import { startWorker, type TempestPython } from './workers.ts';

/** Groups of tests by class: a class makes what its tests share, so its tests stay together. */
export function groupTests(ids: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const id of ids) groups.set(classOf(id), [...(groups.get(classOf(id)) ?? []), id]);
  return [...groups.values()];
}

/**
 * Runs the tests on several workers; each takes the next class when it has finished one. A worker that dies fails the
 * class it was at, and another takes its place.
 */
export async function runTests(
  python: TempestPython,
  groups: readonly (readonly string[])[],
  concurrency: number,
  onResults: (results: readonly Result[]) => void,
): Promise<void> {
  const queue = [...groups];
  const oneWorker = async (number: number) => {
    let starts = 0;
    let worker: ReturnType<typeof startWorker> | null = null;
    for (let ids = queue.shift(); ids !== undefined; ids = queue.shift()) {
      worker ??= startWorker(python, `worker-${number}-${(starts += 1)}`);
      const results = collect(ids);
      try {
        await worker.work(`run ${ids.join(' ')}`, (packet) => results.add(packet));
        onResults(results.finish());
      } catch (error) {
        worker = null;
        onResults(results.finish(error instanceof Error ? error.message : String(error)));
      }
    }
    worker?.end();
  };
  await Promise.all(Array.from({ length: concurrency }, (_, index) => oneWorker(index + 1)));
}
