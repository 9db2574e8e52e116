import type { PortId } from '../core/ids.ts';
import type { Reader, Tx } from '../store/store.ts';

/**
 * Says that ports came, changed or went in this transaction, and that nothing else did of what OVN is told: it is
 * brought in line for them alone. For anything else raise `ovn`, after which everything is compared.
 */
export async function touchPorts(tx: Tx, ids: readonly PortId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.db
    .insertInto('touched_ports')
    .values(ids.map((id) => ({ port_id: id })))
    .execute();
  tx.raise(PORTS_TOUCHED);
}

/** The signal that goes with it. */
export const PORTS_TOUCHED = 'ovn-ports';

export interface Touched {
  numbers: number[];
  ids: Set<PortId>;
}

/** What was said and not yet forgotten, but for the numbers in `done`. */
export async function readTouched(db: Reader, done: ReadonlySet<number>): Promise<Touched> {
  const rows = await db.selectFrom('touched_ports').selectAll().orderBy('number').execute();
  const fresh = rows.filter(({ number }) => !done.has(number));
  return { numbers: fresh.map(({ number }) => number), ids: new Set(fresh.map((row) => row.port_id)) };
}

/** Numbers in one statement. */
const AT_ONCE = 500;

/** By their numbers, not up to a number: on PostgreSQL a lower one may be committed later. */
export async function forgetTouched(tx: Tx, numbers: readonly number[]): Promise<void> {
  for (let begin = 0; begin < numbers.length; begin += AT_ONCE) {
    await tx.db
      .deleteFrom('touched_ports')
      .where('number', 'in', numbers.slice(begin, begin + AT_ONCE))
      .execute();
  }
}
