/** The value below which `share` (0 to 1) of the samples lie; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

export interface Load {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  requests: number;
}

/** Repeats `request` from `clients` clients for `seconds` and counts; a failed request ends the measurement. */
export async function load(request: () => Promise<void>, clients: number, seconds: number): Promise<Load> {
  const samples: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        const begun = performance.now();
        await request();
        samples.push(performance.now() - begun);
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1000;
  return {
    perSecond: samples.length / elapsed,
    p50: percentile(samples, 0.5),
    p99: percentile(samples, 0.99),
    requests: samples.length,
  };
}
