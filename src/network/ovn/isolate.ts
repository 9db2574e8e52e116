import type { Replica } from '../../engines/ovsdb/index.ts';
import { DROP_GROUP } from './acl.ts';
import { changesOvn, dependants, diffOvn, pathOf } from './diff.ts';
import type { Plan, Table } from './model.ts';
import { OvnRefusal, type Northbound } from './northbound.ts';

type Target = Pick<Northbound, 'replica' | 'apply'>;

/** Rows that one run looks for; with more, something is wrong that no search will mend. */
const MOST_REFUSALS = 20;
/** Milliseconds after which a refused row is tried again as it is. */
const TRY_AGAIN = 60_000;

/**
 * Applies all of a plan that OVN takes, and answers what it does not, with what it said: one bad row does not keep the
 * others out. Each row is found in as many tries as it takes to halve the number of changed rows down to one; what is
 * tried and taken on the way stays.
 */
export async function isolate(
  plan: Plan,
  northbound: Target,
  before: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  while (refused.size < MOST_REFUSALS) {
    const replica = await northbound.replica();
    const known = new Set([...before, ...refused.keys()]);
    const out = new Set([...known, ...dependants(plan, replica, known).keys()]);
    const paths = [...new Set(changesOvn(plan, replica, out).map((change) => change.path))].toSorted(
      (a, b) => Number(isFilter(b)) - Number(isFilter(a)),
    );
    const reason = await attempt(plan, northbound, out);
    if (reason === null) return refused;
    const [path, why] = await firstRefused(plan, northbound, out, paths, reason);
    // Without this, ports with port security would be open to everybody: rather nothing new at all.
    if (NEEDED.has(path)) throw new OvnRefusal(path, why);
    refused.set(path, why);
  }
  return refused;
}

const NEEDED = new Set([pathOf('Port_Group', DROP_GROUP), pathOf('ACL', 'drop:from'), pathOf('ACL', 'drop:to')]);

/** What filters goes before what it filters, so that no port is there without its rules in between. */
const isFilter = (path: string): boolean => /^(Port_Group|ACL|Address_Set)\//.test(path);

/** The first row that OVN refuses when the rows before it are taken. */
async function firstRefused(
  plan: Plan,
  northbound: Target,
  out: ReadonlySet<string>,
  paths: readonly string[],
  reason: string,
): Promise<[path: string, reason: string]> {
  let taken = 0;
  let refused = paths.length;
  let why = reason;
  while (refused - taken > 1) {
    const middle = Math.floor((taken + refused) / 2);
    const answer = await attempt(plan, northbound, new Set([...out, ...paths.slice(middle)]));
    if (answer === null) taken = middle;
    else {
      refused = middle;
      why = answer;
    }
  }
  return [paths[refused - 1] ?? '', why];
}

/** Null when OVN took it, or what it said. */
async function attempt(plan: Plan, northbound: Target, out: ReadonlySet<string>): Promise<string | null> {
  const operations = diffOvn(plan, await northbound.replica(), out);
  if (operations.length === 0) return null;
  try {
    await northbound.apply(operations);
    return null;
  } catch (error) {
    if (error instanceof OvnRefusal) return error.reason;
    throw error;
  }
}

/** What OVN refused, from one run to the next: a row is tried again when it is another, or after a while. */
export interface Refusals {
  /** The rows to leave out now, with all that cannot be there without them. */
  standing(plan: Plan, replica: Replica, now: number): ReadonlySet<string>;
  add(plan: Plan, replica: Replica, refused: ReadonlyMap<string, string>, now: number): void;
  /** Somebody else changed the database, and may have cleared the way. */
  forget: () => void;
  /** Whether there are any. */
  any(): boolean;
  /** Why something of this port or floating address was refused; null when nothing was. */
  reasonOf: (id: string) => string | null;
}

export function rememberRefusals(): Refusals {
  const rows = new Map<string, { row: string; reason: string; until: number }>();
  let reasons = new Map<string, string>();
  const spread = (plan: Plan, replica: Replica): Set<string> => {
    const out = new Set(rows.keys());
    reasons = new Map([...rows].map(([path, { reason }]) => [ownerOf(path), reason]));
    for (const [path, parent] of dependants(plan, replica, out)) {
      out.add(path);
      reasons.set(ownerOf(path), rows.get(parent)?.reason ?? '');
    }
    return out;
  };
  return {
    standing(plan, replica, now) {
      for (const [path, { row, until }] of rows) {
        if (now >= until || row !== rowOf(plan, path)) rows.delete(path);
      }
      return spread(plan, replica);
    },
    add(plan, replica, refused, now) {
      for (const [path, reason] of refused) {
        rows.set(path, { row: rowOf(plan, path), reason, until: now + TRY_AGAIN });
      }
      spread(plan, replica);
    },
    forget: () => rows.clear(),
    any: () => rows.size > 0,
    reasonOf: (id) => reasons.get(id) ?? null,
  };
}

const split = (path: string): [Table, string] => {
  const at = path.indexOf('/');
  return [path.slice(0, at) as Table, path.slice(at + 1)];
};

const rowOf = (plan: Plan, path: string): string => {
  const [table, key] = split(path);
  return JSON.stringify(plan[table].get(key) ?? null);
};

/** The port or floating address that a row is there for, as far as its key says. */
function ownerOf(path: string): string {
  const [table, key] = split(path);
  return table === 'DHCP_Options' || table === 'QoS' ? key.slice(0, 36) : key;
}
