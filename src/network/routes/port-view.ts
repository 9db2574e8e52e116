import { sql } from 'kysely';
import type { Context } from '../../http/context.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { assignments } from '../dns.ts';
import { invalidAttribute, portNotFound } from '../errors.ts';
import { bit, standardAttributes, text, type Collection, type Condition } from '../resource/collection.ts';
import type { PortsTable } from '../tables.ts';

export const ports: Collection<PortsTable> = {
  singular: 'port',
  plural: 'ports',
  path: 'ports',
  table: 'ports',
  attributes: {
    ...standardAttributes('ports'),
    name: text,
    network_id: text,
    mac_address: text,
    admin_state_up: bit,
    status: text,
    device_id: text,
    device_owner: text,
    port_security_enabled: bit,
    dns_name: text,
    dns_domain: text,
    qos_policy_id: text,
    'binding:host_id': { kind: 'text', column: 'binding_host_id' },
    'binding:vnic_type': { kind: 'text', column: 'binding_vnic_type' },
    fixed_ips: { kind: 'text', filter: fixedIpFilter },
    ip_address: { kind: 'text', filter: (values) => addressIn(sql`a.address in (${sql.join(values)})`) },
    security_groups: { kind: 'text', filter: groupFilter },
    security_group_ids: { kind: 'text', filter: groupFilter },
  },
  visible: (context) => sql`r.project_id = ${context.projectId} or exists (select 1 from networks n
    where n.id = r.network_id and n.project_id = ${context.projectId})`,
  notFound: portNotFound,
  render: renderPorts,
};

const addressIn = (condition: Condition): Condition =>
  sql`exists (select 1 from port_addresses a where a.port_id = r.id and ${condition})`;

function groupFilter(values: readonly string[]): Condition {
  return sql`exists (select 1 from port_security_groups g where g.port_id = r.id
    and g.security_group_id in (${sql.join(values)}))`;
}

/** `fixed_ips=ip_address=192.0.2.1&fixed_ips=subnet_id=…`: values of one key are alternatives, keys are all wanted. */
function fixedIpFilter(values: readonly string[]): Condition {
  const wanted = new Map<string, string[]>();
  for (const value of values) {
    const at = value.indexOf('=');
    const key = value.slice(0, at);
    if (at < 0 || !['ip_address', 'subnet_id', 'ip_address_substr'].includes(key)) {
      throw invalidAttribute(
        'fixed_ips',
        `'${value}' is not of the form ip_address=…, subnet_id=… or ip_address_substr=….`,
      );
    }
    wanted.set(key, [...(wanted.get(key) ?? []), value.slice(at + 1)]);
  }
  const conditions = [...wanted].map(([key, list]) => {
    if (key === 'ip_address') return addressIn(sql`a.address in (${sql.join(list)})`);
    if (key === 'subnet_id') return addressIn(sql`a.subnet_id in (${sql.join(list)})`);
    const parts = list.map((part) => addressIn(sql`a.address like ${`%${part.replace(/[%_\\]/g, '')}%`}`));
    return sql`(${sql.join(parts, sql` or `)})`;
  });
  return sql`(${sql.join(conditions, sql` and `)})`;
}

async function renderPorts(db: Reader, context: Context, rows: readonly PortsTable[]) {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const addresses = await db
    .selectFrom('port_addresses')
    .select(['port_id', 'subnet_id', 'address'])
    .where('port_id', 'in', ids)
    .orderBy('position')
    .execute();
  const groups = await db.selectFrom('port_security_groups').selectAll().where('port_id', 'in', ids).execute();
  const addressesOf = Map.groupBy(addresses, (address) => address.port_id);
  const networks = await db
    .selectFrom('networks')
    .select(['id', 'dns_domain', 'qos_policy_id'])
    .where('id', 'in', [...new Set(rows.map((row) => row.network_id))])
    .execute();
  const networkOf = new Map(networks.map((network) => [network.id, network]));
  const groupsOf = Map.groupBy(groups, (group) => group.port_id);
  return rows.map((row) => ({
    name: row.name,
    network_id: row.network_id,
    mac_address: row.mac_address,
    admin_state_up: row.admin_state_up === 1,
    status: row.status,
    device_id: row.device_id,
    device_owner: row.device_owner,
    fixed_ips: (addressesOf.get(row.id) ?? []).map(({ subnet_id, address }) => ({ subnet_id, ip_address: address })),
    security_groups: (groupsOf.get(row.id) ?? []).map((group) => group.security_group_id),
    allowed_address_pairs: fromJson<unknown[]>(row.allowed_address_pairs),
    extra_dhcp_opts: fromJson<unknown[]>(row.extra_dhcp_opts),
    port_security_enabled: row.port_security_enabled === 1,
    'binding:vnic_type': row.binding_vnic_type,
    dns_name: row.dns_name,
    dns_domain: row.dns_domain,
    dns_assignment: assignments(
      row,
      networkOf.get(row.network_id)?.dns_domain ?? '',
      (addressesOf.get(row.id) ?? []).map((one) => one.address),
    ),
    ip_allocation: row.ip_allocation,
    qos_policy_id: row.qos_policy_id,
    qos_network_policy_id: networkOf.get(row.network_id)?.qos_policy_id ?? null,
    ...(context.isAdmin && {
      'binding:host_id': row.binding_host_id,
      'binding:profile': fromJson<Record<string, unknown>>(row.binding_profile),
      'binding:vif_type': row.binding_host_id === '' ? 'unbound' : 'ovs',
      'binding:vif_details': row.binding_host_id === '' ? {} : { port_filter: true },
    }),
  }));
}
