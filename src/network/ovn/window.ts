import type { Operation, Replica, Row } from '../../engines/ovsdb/index.ts';
import { OWNER } from '../tables.ts';
import { DROP_GROUP } from './acl.ts';
import { diffOvn } from './diff.ts';
import { addNames, type NamedPort } from './dns.ts';
import type { Keys } from './keys.ts';
import { isService } from './lookup.ts';
import { emptyPlan, switchName, TABLES, type Plan, type Strings, type Table } from './model.ts';
import { planOvn } from './plan.ts';
import type { NetworkRows } from './rows.ts';

/** What is to be known of some ports to bring OVN in line for them alone. */
export interface PortWindow {
  /** The ports, those that are gone among them. */
  ids: ReadonlySet<string>;
  /** The rows of these ports, and of what they are planned from: their networks with metadata ports, groups, limits. */
  rows: NetworkRows;
  /** By network, what all its ports are called: OVN has the names of a network in one row. */
  names: ReadonlyMap<string, readonly NamedPort[]>;
}

/** Both databases as they are seen through the window: the rest is as if it were in neither. */
interface Seen {
  plan: Plan;
  actual: Map<Table, Map<string, Row>>;
}

/**
 * The operations that make OVN's rows of these ports the intended ones, from the same plan and the same difference as
 * those for everything, of what concerns the ports. Null when more than that may have to change: then everything is
 * compared. Pure.
 */
export function diffPorts(window: PortWindow, replica: Replica, keys: Keys): Operation[] | null {
  const seen = look(window, replica, keys);
  return seen === null ? null : diffOvn(seen.plan, seen.actual);
}

/** The networks that OVN has these ports on; null when one of them is no plain port. */
export function presentNetworks(ids: Iterable<string>, replica: Replica, keys: Keys): Set<string> | null {
  const networks = new Set<string>();
  for (const id of ids) {
    for (const uuid of keys.find('Logical_Switch_Port', id)) {
      const row = replica.get('Logical_Switch_Port')?.get(uuid) ?? {};
      const name = (row['external_ids'] as Strings)['neutron:network_name'];
      if (row['type'] !== '' || name === undefined) return null;
      networks.add(name.slice(switchName('').length));
    }
  }
  return networks;
}

/** The kinds of DHCP options and limits that a port has for itself, as their keys end. */
const OWN_OPTIONS = ['-v4', '-v6'];
const OWN_LIMITS = [' from-lport', ' to-lport'];

function look(window: PortWindow, replica: Replica, keys: Keys): Seen | null {
  const { ids, rows, names } = window;
  const whole = planOvn(rows);
  const plan = emptyPlan();
  const actual = new Map<Table, Map<string, Row>>(TABLES.map((table) => [table, new Map()]));
  const rowOf = (table: Table, uuid: string): Row => replica.get(table)?.get(uuid) ?? {};
  /** Brings a row into view; false when there are several of this key. */
  const see = (table: Table, key: string, change: (row: Row) => Row = (row) => row): boolean => {
    const [uuid, twin] = keys.find(table, key);
    if (uuid !== undefined) actual.get(table)?.set(uuid, change(rowOf(table, uuid)));
    return twin === undefined;
  };
  const intend = <T extends Table>(table: T, key: string) => {
    const row = whole[table].get(key);
    if (row !== undefined) (plan[table] as Map<string, unknown>).set(key, row);
  };

  // A port of the network service belongs to a router, or all of a subnet's options depend on it.
  const service = rows.ports.filter((port) => ids.has(port.id) && isService(port));
  if (service.some((port) => port.device_owner !== OWNER.floatingIp)) return null;

  const networks = presentNetworks(ids, replica, keys);
  if (networks === null) return null;
  const groups = new Set<string>();
  for (const id of ids) {
    const [uuid] = keys.find('Logical_Switch_Port', id);
    if (uuid !== undefined) {
      const said = rowOf('Logical_Switch_Port', uuid)['external_ids'] as Strings;
      for (const group of (said['neutron:security_group_ids'] ?? '').split(' ')) if (group !== '') groups.add(group);
    }
    if (!see('Logical_Switch_Port', id)) return null;
    intend('Logical_Switch_Port', id);
    for (const end of OWN_OPTIONS) {
      if (!see('DHCP_Options', id + end)) return null;
      intend('DHCP_Options', id + end);
    }
    for (const end of OWN_LIMITS) {
      if (!see('QoS', id + end)) return null;
      intend('QoS', id + end);
    }
  }
  for (const port of rows.ports) {
    if (ids.has(port.id) && whole.Logical_Switch_Port.has(port.id)) networks.add(port.network_id);
  }
  // What the ports' options are: not to be changed here, but referred to.
  for (const { id } of rows.subnets) {
    if (!whole.DHCP_Options.has(id)) continue;
    if (keys.find('DHCP_Options', id).length !== 1) return null;
    see('DHCP_Options', id);
    intend('DHCP_Options', id);
  }

  const inView = (table: Table) => (uuid: string) => actual.get(table)?.has(uuid) === true;
  for (const id of networks) {
    const network = rows.networks.find((one) => one.id === id);
    const intended = whole.Logical_Switch.get(id);
    if (!network || !intended || keys.find('Logical_Switch', id).length !== 1) return null;
    see('Logical_Switch', id, (row) => ({
      ...row,
      ports: (row['ports'] as string[]).filter(inView('Logical_Switch_Port')),
      qos_rules: (row['qos_rules'] as string[]).filter(inView('QoS')),
    }));
    plan.Logical_Switch.set(id, {
      ...intended,
      ports: intended.ports.filter((key) => ids.has(key)),
      qos_rules: intended.qos_rules.filter((key) => plan.QoS.has(key)),
      dns_records: addNames(plan, network, names.get(id) ?? []),
    });
    if (!see('DNS', id)) return null;
  }

  for (const id of new Set([...groups, ...whole.Port_Group.keys(), DROP_GROUP])) {
    const intended = whole.Port_Group.get(id);
    const [uuid, twin] = keys.find('Port_Group', id);
    if (uuid === undefined && intended === undefined) continue;
    if (uuid === undefined || twin !== undefined) return null;
    const present = rowOf('Port_Group', uuid);
    const members = present['ports'] as string[];
    const mine = members.filter(inView('Logical_Switch_Port'));
    const others = members.length - mine.length;
    // The first member of a group brings its rules with it, and the last one takes them away.
    if (others === 0 && (mine.length === 0) !== ((intended?.ports.length ?? 0) === 0)) return null;
    actual.get('Port_Group')?.set(uuid, { ...present, ports: mine, acls: [] });
    plan.Port_Group.set(id, {
      ...(intended ?? { name: present['name'] as string, external_ids: present['external_ids'] as Strings }),
      ports: intended?.ports ?? [],
      acls: [],
    });
  }
  return { plan, actual };
}
