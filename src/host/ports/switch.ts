import { messageOf, OperatorError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { openOvsdb, OvsdbError, type Operation, type Replica, type Row } from '../../engines/ovsdb/index.ts';

/** The integration bridge, which OVN's controller fills with flows. */
export const BRIDGE = 'br-int';

/** What our things are marked with, on switch ports (external_ids:potluck) and on devices (alias). */
export type Mark = 'port' | 'metadata';

/** A device as a port of the switch. */
export interface SwitchPort {
  device: string;
  /** OVN binds the logical port whose name is `iface-id`; the words are those of Nova. */
  ids: Record<string, string>;
  mark: Mark;
  mtu: number;
}

/** This machine's Open vSwitch. Nothing here waits until the switch has acted. */
export interface Switch {
  /** Plugs devices in; one that is there already gets what it lacks. */
  plug(ports: readonly SwitchPort[]): Promise<void>;
  unplug(devices: readonly string[]): Promise<void>;
  /** Devices on the switch with the mark. */
  plugged(mark: Mark): Promise<string[]>;
  close(): void;
}

/** What is kept of Open vSwitch's database; its statistics, which change all the time, are not. */
const TABLES = {
  Bridge: ['name', 'ports'],
  Port: ['name', 'interfaces'],
  Interface: ['name', 'external_ids', 'mtu_request'],
};

/** How long a step waits for a database that is being started again. */
const READY_WITHIN = 10_000;

/**
 * Opens the database of Open vSwitch (ovs-vswitchd.conf.db(5)) and stays connected to it: starting ovs-vsctl costs ten
 * times what it does.
 */
export function openSwitch(address: string, log: Log): Switch {
  const ovsdb = openOvsdb({ address, database: 'Open_vSwitch', tables: TABLES, log });

  const replica = async (): Promise<Replica> => {
    try {
      return await ovsdb.ready(READY_WITHIN);
    } catch (error) {
      // Whoever supervises it starts it again: another attempt may just do.
      throw new Error(messageOf(error), { cause: error });
    }
  };
  const apply = async (plan: (replica: Replica) => Operation[]): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const operations = plan(await replica());
      if (operations.length === 0) return;
      try {
        await ovsdb.transact(operations);
        return;
      } catch (error) {
        // Lost on the way, done or not: what is still to do is seen once the connection is back.
        if (error instanceof OvsdbError || attempt === 2) throw new Error(messageOf(error), { cause: error });
      }
    }
  };
  return {
    plug: (ports) => apply((now) => plugOperations(now, ports)),
    unplug: (devices) => apply((now) => unplugOperations(now, devices)),
    plugged: async (mark) => pluggedDevices(await replica(), mark),
    close: () => ovsdb.close(),
  };
}

/** What leads from what is to all of these ports being on the bridge; nothing when they are. */
export function plugOperations(replica: Replica, ports: readonly SwitchPort[]): Operation[] {
  const [bridge, { ports: onBridge = [] } = {}] = rowNamed(replica, 'Bridge', BRIDGE) ?? [];
  if (bridge === undefined) {
    throw new OperatorError(
      `Open vSwitch has no bridge ${BRIDGE}.`,
      'OVN makes it: does ovn-controller run? See: potluck doctor',
    );
  }
  return ports.flatMap((port, i): Operation[] => {
    const { device, mtu } = port;
    const ids = { ...port.ids, 'iface-status': 'active', potluck: port.mark };
    const [known] = rowNamed(replica, 'Port', device) ?? [];
    if (known !== undefined && (onBridge as string[]).includes(known)) return changed(replica, device, ids, mtu);
    const names = { port: `port${i}`, interface: `interface${i}` };
    return [
      {
        ...{ op: 'insert', table: 'Interface', name: names.interface },
        row: { name: device, external_ids: ids, mtu_request: mtu },
      },
      { op: 'insert', table: 'Port', name: names.port, row: { name: device, interfaces: [names.interface] } },
      {
        ...{ op: 'mutate', table: 'Bridge', where: [['_uuid', '==', bridge]] },
        mutations: [['ports', 'insert', [names.port]]],
      },
    ];
  });
}

function changed(replica: Replica, device: string, ids: Record<string, string>, mtu: number): Operation[] {
  const [uuid, row] = rowNamed(replica, 'Interface', device) ?? [];
  if (uuid === undefined || row === undefined) return [];
  const has = row['external_ids'] as Record<string, string>;
  const keys = Object.keys(ids).filter((key) => has[key] !== ids[key]);
  const where = [['_uuid', '==', uuid]] as const;
  const wrong = Object.fromEntries(keys.map((key) => [key, ids[key] ?? '']));
  return [
    ...(keys.length === 0
      ? []
      : [
          {
            ...{ op: 'mutate' as const, table: 'Interface', where },
            mutations: [['external_ids', 'delete', keys] as const, ['external_ids', 'insert', wrong] as const],
          },
        ]),
    ...((row['mtu_request'] as number[])[0] === mtu
      ? []
      : [{ op: 'update' as const, table: 'Interface', where, row: { mtu_request: mtu } }]),
  ];
}

/** What takes these devices off the switch; a port that no bridge has any more is gone with its interface. */
export function unplugOperations(replica: Replica, devices: readonly string[]): Operation[] {
  const ports = devices.flatMap((device) => rowNamed(replica, 'Port', device)?.[0] ?? []);
  return [...(replica.get('Bridge') ?? [])].flatMap(([bridge, row]): Operation[] => {
    const gone = (row['ports'] as string[]).filter((port) => ports.includes(port));
    if (gone.length === 0) return [];
    return [
      {
        ...{ op: 'mutate', table: 'Bridge', where: [['_uuid', '==', bridge]] },
        mutations: [['ports', 'delete', gone]],
      },
    ];
  });
}

/** Devices on the switch with the mark. */
export function pluggedDevices(replica: Replica, mark: Mark): string[] {
  return [...(replica.get('Interface')?.values() ?? [])].flatMap((row) =>
    (row['external_ids'] as Record<string, string>)['potluck'] === mark ? [row['name'] as string] : [],
  );
}

function rowNamed(replica: Replica, table: string, name: string): [uuid: string, row: Row] | undefined {
  return [...(replica.get(table) ?? [])].find(([, row]) => row['name'] === name);
}
