import { setFlagsFromString } from 'node:v8';
import type { Reader } from '../store/store.ts';

/** Hosts from which on a controller has a machine that can spare memory. */
const MANY = 100;

/**
 * Daemons run with V8's `--optimize-for-size`, which collects garbage early. With many hosts that costs pauses of 10
 * to 20 ms each second; there the heap may double before all of it is looked through. Looked at when a controller
 * starts.
 */
export async function letHeapGrow(db: Reader): Promise<void> {
  const { hosts } = await db
    .selectFrom('hosts')
    .select((count) => count.fn.countAll<number>().as('hosts'))
    .executeTakeFirstOrThrow();
  if (hosts >= MANY) setFlagsFromString('--heap-growing-percent=100');
}
