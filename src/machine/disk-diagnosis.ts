import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exists } from './files.ts';
import { freeMib } from './facts.ts';
import { bad, good, warning, type Finding } from './finding.ts';

/** A full disk stops the database, and pauses servers that write. MiB. */
const FULL = 1024;
const SCARCE = 5 * 1024;

/** Free room of the disks on which these directories are, or will be; each disk once. */
export async function lookAtDisks(directories: readonly string[]): Promise<Finding[]> {
  const disks = new Map<number, string[]>();
  for (const directory of directories) {
    const { dev } = await stat(await nearest(directory));
    disks.set(dev, [...(disks.get(dev) ?? []), directory]);
  }
  return Promise.all(
    [...disks.values()].map(async (places) => judgeDisk(places, await freeMib(await nearest(places[0] ?? '/')))),
  );
}

/** Pure. */
export function judgeDisk(places: readonly string[], free: number): Finding {
  const words = `${free < SCARCE ? `only ${free} MiB` : `${Math.floor(free / 1024)} GiB`} are free for ${places.join(', ')}`;
  const mend = 'Free some room: docs/operate/disk-full.md';
  if (free < FULL) return bad('disk', `${words}: a full disk stops the cloud`, mend);
  return free < SCARCE ? warning('disk', words, mend) : good('disk', words);
}

async function nearest(directory: string): Promise<string> {
  let place = directory;
  while (!(await exists(place)) && place !== dirname(place)) place = dirname(place);
  return place;
}
