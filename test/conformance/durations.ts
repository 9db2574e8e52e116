import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds per test of the classes that take long, as they were once measured. */
const FILE = join(import.meta.dirname, 'durations.json');
/** What takes less is not worth a line. */
const WORTH = 3;

export function readDurations(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

/** Adds what was measured now to what is known. */
export function writeDurations(measured: Readonly<Record<string, number>>): void {
  const known = { ...readDurations(), ...measured };
  const lines = Object.entries(known)
    .filter(([, seconds]) => seconds >= WORTH)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, seconds]) => [name, Math.round(seconds)]);
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(lines), null, 2)}\n`);
}
