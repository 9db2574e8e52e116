import type { NetworkId, PortId } from '../../core/ids.ts';
import type { Reader } from '../../store/store.ts';
import { OWNER, type NetworksTable, type QosRulesTable } from '../tables.ts';
import type { NamedPort } from './dns.ts';
import { ADDRESS, GROUP, NETWORK, PORT, SUBNET, type NetworkRows, type PortRow, type ReadChassis } from './rows.ts';
import type { PortWindow } from './window.ts';

/** Ids to compare with: PostgreSQL takes no list of none, and no row has an empty id. */
const some = <T extends string>(ids: Iterable<T>): T[] => {
  const list = [...new Set(ids)];
  return list.length > 0 ? list : ['' as T];
};

/** Reads what is to be known of some ports, and of networks that they were on, as one moment saw it. */
export async function readPortWindow(
  view: Reader,
  ids: ReadonlySet<PortId>,
  networksBefore: Iterable<string>,
  readChassis: ReadChassis,
): Promise<PortWindow> {
  const own = await view
    .selectFrom('ports')
    .select(PORT)
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute();
  const networkIds = some([...own.map((port) => port.network_id), ...(networksBefore as Iterable<NetworkId>)]);
  const networks = await networksAround(view, networkIds);
  const ports = [...own, ...(await metadataPorts(view, networkIds)).filter((port) => !ids.has(port.id))];
  const memberships = await view
    .selectFrom('port_security_groups')
    .selectAll()
    .where('port_id', 'in', [...ids])
    .execute();
  const rows: NetworkRows = {
    networks,
    subnets: await view
      .selectFrom('subnets')
      .select(SUBNET)
      .where('network_id', 'in', networkIds)
      .orderBy('id')
      .execute(),
    ports,
    addresses: await view
      .selectFrom('port_addresses')
      .select(ADDRESS)
      .where('port_id', 'in', some(ports.map((port) => port.id)))
      .orderBy('port_id')
      .orderBy('position')
      .execute(),
    ...{ routers: [], floatingIps: [], rules: [], forwardings: [], segments: [], addressGroups: [], scopes: new Map() },
    groups: await view
      .selectFrom('security_groups')
      .select(GROUP)
      .where('id', 'in', some(memberships.map((one) => one.security_group_id)))
      .orderBy('id')
      .execute(),
    memberships,
    qosRules: await limitsOf(view, own, networks),
    chassis: await readChassis(view, some(own.map((port) => port.binding_host_id))),
  };
  return { ids, rows, names: await namesOn(view, networkIds) };
}

const networksAround = (view: Reader, ids: readonly NetworkId[]) =>
  view.selectFrom('networks').select(NETWORK).where('id', 'in', ids).orderBy('id').execute();

const metadataPorts = (view: Reader, networks: readonly NetworkId[]) =>
  view
    .selectFrom('ports')
    .select(PORT)
    .where('network_id', 'in', networks)
    .where('device_owner', '=', OWNER.metadata)
    .orderBy('id')
    .execute();

async function limitsOf(
  view: Reader,
  ports: readonly PortRow[],
  networks: readonly Pick<NetworksTable, 'qos_policy_id'>[],
): Promise<QosRulesTable[]> {
  const policies = new Set([...ports, ...networks].flatMap((one) => one.qos_policy_id ?? []));
  if (policies.size === 0) return [];
  return view
    .selectFrom('qos_rules')
    .selectAll()
    .where('qos_policy_id', 'in', [...policies])
    .orderBy('id')
    .execute();
}

/** By network, its ports in the order in which a plan has them. */
async function namesOn(view: Reader, networks: readonly NetworkId[]): Promise<Map<string, NamedPort[]>> {
  const rows = await view
    .selectFrom('ports')
    .leftJoin('port_addresses', 'port_addresses.port_id', 'ports.id')
    .select(['ports.id', 'network_id', 'device_owner', 'dns_name', 'dns_domain', 'address'])
    .where('network_id', 'in', networks)
    .orderBy('ports.id')
    .orderBy('position')
    .execute();
  const found = new Map<string, NamedPort[]>();
  for (const { network_id: network, address, ...port } of rows) {
    const list = found.get(network) ?? [];
    list.push({ ...port, addresses: address === null ? [] : [address] });
    found.set(network, list);
  }
  return found;
}
