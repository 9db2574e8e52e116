import { median } from '../statistics.ts';

/** What `measure.sh` and `footprint.py` of the comparison print, as figures by name. */
export type Report = Map<string, { value: number; unit: string }>;

/** One row of the comparison. The ratio says how many times better Potluck is, whichever way the unit counts. */
export type Row = { name: string; peer: number; ours: number; unit: string; ratio: number };

/**
 * Reads the "name value unit" lines, and the processes, threads and PSS of the TOTAL line that `footprint.py` ends
 * with. Anything else (comments, single rounds) is skipped; of a name that comes twice, the later counts.
 */
export function parseReport(text: string): Report {
  const report: Report = new Map();
  for (const line of text.split('\n')) {
    const figure = /^([a-h]\.\S+)\s+([\d.]+) (ms|s|1\/s|bytes)\b/.exec(line);
    if (figure) report.set(figure[1] ?? '', { value: Number(figure[2]), unit: figure[3] ?? '' });
    const total = /^TOTAL\s+(\d+)\s+(\d+)\s+[\d.]+\s+([\d.]+)/.exec(line);
    if (!total) continue;
    report.set('idle.processes', { value: Number(total[1]), unit: '' });
    report.set('idle.PSS', { value: Number(total[3]), unit: 'MiB' });
  }
  return report;
}

/** The rows that both have, in the peer's order. Rates are better when greater, all else when smaller. */
export function compare(peer: Report, ours: Report): Row[] {
  const rows: Row[] = [];
  for (const [name, { value, unit }] of peer) {
    const mine = ours.get(name);
    if (!mine || unit === 'bytes' || mine.value === 0) continue;
    rows.push({
      name,
      peer: value,
      ours: mine.value,
      unit,
      ratio: unit === '1/s' ? mine.value / value : value / mine.value,
    });
  }
  return rows;
}

/** The median of the p50 rows' ratios, and the row that does worst. */
export function summary(rows: readonly Row[]): { median: number; lowest: Row | undefined } {
  const ratios = rows.filter((row) => row.name.endsWith('.p50')).map((row) => row.ratio);
  return { median: median(ratios), lowest: rows.toSorted((a, b) => a.ratio - b.ratio)[0] };
}
