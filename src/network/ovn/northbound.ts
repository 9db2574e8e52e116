import { OperatorError } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import {
  openOvsdb,
  OvsdbError,
  sameValue,
  type Operation,
  type Ovsdb,
  type Replica,
  type Row,
  type RowChange,
} from '../../engines/ovsdb/index.ts';
import { PORTS_TOUCHED } from '../touched.ts';
import { keysOf, type Keys } from './keys.ts';
import { COLUMNS, type Table } from './model.ts';
import type { PortState } from './status.ts';

/** A change that OVN does not take, now or later: it is the change that is wrong, or something in its way. */
export class OvnRefusal extends OperatorError {
  /** What OVN said. */
  readonly reason: string;

  constructor(what: string, reason: string, cause?: unknown) {
    super(
      `OVN refused a change of its northbound database (${what}): ${reason}`,
      'Is there something in it of the same name that is not ours? See: ovn-nbctl show',
      { cause },
    );
    this.name = 'OvnRefusal';
    this.reason = reason;
  }
}

/** What a server says when it could not do the work just now (RFC 7047, section 3.1; ovsdb-server(7)). */
const PASSING = new Set(['aborted', 'canceled', 'I/O error', 'not owner', 'resources exhausted', 'timed out']);

/** OVN's northbound database as the reconciler sees it. */
export interface Northbound {
  replica(): Promise<Replica>;
  /** Where in the replica the rows of ours are. */
  keys(): Promise<Keys>;
  /** The ports that came up or went down since this was asked last. */
  takeMoved(): Set<string>;
  /** Carries out a difference. Throws OvnRefusal when OVN does not take it as it is. */
  apply(operations: readonly Operation[]): Promise<void>;
}

/**
 * Opens the database until the controller ends; whatever changes in it that is not our doing wakes the reconciler, and
 * is told to `onForeignChange` when it is more than a port that came up.
 */
export function openNorthbound(app: App, address: string, onForeignChange: () => void): Northbound {
  let applying = false;
  const compareAll = () => app.signals.raise('ovn');
  let moved = new Set<string>();
  let known: Keys | null = null;
  const ovsdb: Ovsdb = openOvsdb({
    address,
    database: 'OVN_Northbound',
    tables: northboundColumns(),
    log: app.log,
    onSync() {
      known = null;
      compareAll();
    },
    onChange(changes) {
      known?.apply(changes);
      for (const change of changes) if (upChanged(change)) moved.add(change.after?.['name'] as string);
      if (changes.some(upChanged)) app.signals.raise(PORTS_TOUCHED);
      if (applying || !changes.some((change) => !upChanged(change) && matters(change))) return;
      onForeignChange();
      compareAll();
    },
  });
  if (app.abort.aborted) ovsdb.close();
  else app.abort.addEventListener('abort', () => ovsdb.close(), { once: true });
  return {
    replica: () => ovsdb.ready(),
    async keys() {
      const replica = await ovsdb.ready();
      return (known ??= keysOf(replica));
    },
    takeMoved() {
      const taken = moved;
      moved = new Set();
      return taken;
    },
    async apply(operations) {
      applying = true;
      try {
        await ovsdb.transact([...operations, { op: 'comment', comment: 'potluck: reconcile' }]);
      } catch (error) {
        if (!(error instanceof OvsdbError) || PASSING.has(error.code)) throw error;
        throw new OvnRefusal('one transaction', error.message, error);
      } finally {
        applying = false;
      }
    },
  };
}

/** What is kept in memory: the columns we write, and whether a port is up. */
export function northboundColumns(): Record<Table, string[]> {
  const written = Object.entries(COLUMNS).map(([table, columns]) => [table, Object.keys(columns)]);
  const tables = Object.fromEntries(written) as Record<Table, string[]>;
  tables.Logical_Switch_Port.push('up');
  return tables;
}

const isUp = (row: Row | null): boolean => (row?.['up'] as boolean[] | undefined)?.[0] === true;

const upChanged = ({ table, before, after }: RowChange): boolean =>
  table === 'Logical_Switch_Port' && after !== null && isUp(before) !== isUp(after);

/** Whether a change by somebody else can mean work: anything but OVN's first "not up yet" for a new port. */
function matters(change: RowChange): boolean {
  const { before, after } = change;
  if (before === null || after === null) return true;
  return Object.entries(after).some(([column, value]) => column !== 'up' && !sameValue(before[column] ?? [], value));
}

/** What OVN says of one port. */
export function portState(replica: Replica, keys: Keys, portId: string): PortState {
  const [uuid] = keys.find('Logical_Switch_Port', portId);
  if (uuid === undefined) return 'absent';
  return isUp(replica.get('Logical_Switch_Port')?.get(uuid) ?? null) ? 'up' : 'down';
}

/** What OVN says of the ports, by name. */
export function portStates(replica: Replica): (portId: string) => PortState {
  const states = new Map<string, PortState>();
  for (const row of replica.get('Logical_Switch_Port')?.values() ?? []) {
    states.set(row['name'] as string, isUp(row) ? 'up' : 'down');
  }
  return (portId) => states.get(portId) ?? 'absent';
}
