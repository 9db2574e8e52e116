import type { WireSchema } from '../../engines/ovsdb/schema.ts';
import { OWNER } from '../tables.ts';
import { COLUMNS, ROOTS, TABLES } from './model.ts';
import type { NetworkRows, PortRow, SubnetRow } from './rows.ts';

/** The northbound schema as far as we use it, for the fake server of unit tests. */
export function northboundSchema(): WireSchema {
  const numbers = { key: 'string', value: 'integer', min: 0, max: 'unlimited' } as const;
  const map = { key: 'string', value: 'string', min: 0, max: 'unlimited' } as const;
  const special: Record<string, WireSchema['tables'][string]['columns'][string]['type']> = {
    options: map,
    other_config: map,
    ipv6_ra_configs: map,
    external_ids: map,
    records: map,
    vips: map,
    bandwidth: numbers,
    protocol: { key: 'string', min: 0, max: 1 },
    priority: 'integer',
    addresses: { key: 'string', min: 0, max: 'unlimited' },
    port_security: { key: 'string', min: 0, max: 'unlimited' },
    networks: { key: 'string', min: 1, max: 'unlimited' },
    enabled: { key: 'boolean', min: 0, max: 1 },
    up: { key: 'boolean', min: 0, max: 1 },
    tag_request: { key: 'integer', min: 0, max: 1 },
  };
  const tables = TABLES.map((table) => {
    const columns = Object.entries({ ...COLUMNS[table], ...(table === 'Logical_Switch_Port' && { up: 'value' }) });
    const types = columns.map(([column, kind]) => {
      // ACL and QoS both have an action, of different kinds.
      if (table === 'QoS' && column === 'action') return [column, { type: numbers }];
      if (typeof kind === 'string') return [column, { type: special[column] ?? 'string' }];
      const key = { type: 'uuid', refTable: kind.to, refType: kind.weak ? 'weak' : 'strong' };
      return [column, { type: { key, min: 0, max: kind.many ? 'unlimited' : 1 } }];
    });
    return [table, { isRoot: ROOTS.has(table), columns: Object.fromEntries(types) }];
  });
  return { name: 'OVN_Northbound', version: '7.0.0', tables: Object.fromEntries(tables) } as WireSchema;
}

const uuid = (kind: number, number: number) =>
  `${kind.toString(16).padStart(8, '0')}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

export function subnetRow(more: Partial<SubnetRow> & Pick<SubnetRow, 'id' | 'network_id' | 'cidr'>): SubnetRow {
  return {
    ip_version: 4,
    gateway_ip: null,
    enable_dhcp: 1,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    dns_nameservers: '[]',
    host_routes: '[]',
    subnetpool_id: null,
    ...more,
  };
}

export function portRow(more: Partial<PortRow> & Pick<PortRow, 'id' | 'network_id'>): PortRow {
  return {
    project_id: 'project',
    name: '',
    mac_address: 'fa:16:3e:00:00:01',
    admin_state_up: 1,
    status: 'DOWN',
    device_id: '',
    device_owner: 'compute:nova',
    binding_host_id: 'host-0',
    binding_vnic_type: 'normal',
    port_security_enabled: 1,
    allowed_address_pairs: '[]',
    extra_dhcp_opts: '[]',
    dns_name: '',
    dns_domain: '',
    qos_policy_id: null,
    status_reason: null,
    ...more,
  };
}

/**
 * A cloud of a given size: an external network, and per project a network, a router and a security group with the
 * default rules and two more, ten servers in each, and a floating address for every fifth server.
 */
export function cloudRows(servers: number, hosts = 3): NetworkRows {
  const projects = Math.ceil(servers / 10);
  const rows: NetworkRows = {
    networks: [
      networkRow(uuid(1, 0), 'public', { external: 1, network_type: 'flat', physical_network: 'public', mtu: 1500 }),
    ],
    subnets: [
      subnetRow({
        id: uuid(2, 0),
        network_id: uuid(1, 0),
        cidr: '172.24.0.0/16',
        gateway_ip: '172.24.0.1',
        enable_dhcp: 0,
      }),
    ],
    ports: [],
    addresses: [],
    routers: [],
    floatingIps: [],
    groups: [],
    rules: [],
    memberships: [],
    forwardings: [],
    segments: [],
    addressGroups: [],
    qosRules: [],
    scopes: new Map(),
    chassis: new Map(Array.from({ length: hosts }, (_, host) => [`host-${host}`, `chassis-${host}`])),
  };
  let ports = 0;
  const port = (network: string, subnet: string, address: string, more: Partial<PortRow>) => {
    const id = uuid(3, ports++);
    const mac = `fa:16:3e:${(ports >> 16).toString(16).padStart(2, '0')}:${((ports >> 8) & 255).toString(16).padStart(2, '0')}:${(ports & 255).toString(16).padStart(2, '0')}`;
    rows.ports.push(portRow({ id, network_id: network, mac_address: mac, ...more }));
    rows.addresses.push({ port_id: id, subnet_id: subnet, address });
    return id;
  };
  for (let project = 1; project <= projects; project++) {
    const [network, subnet, router, group] = [1, 2, 4, 5].map((kind) => uuid(kind, project)) as [
      string,
      string,
      string,
      string,
    ];
    const prefix = `10.${project >> 8}.${project & 255}`;
    rows.networks.push(networkRow(network, `net-${project}`, {}));
    rows.subnets.push(
      subnetRow({
        id: subnet,
        network_id: network,
        cidr: `${prefix}.0/24`,
        gateway_ip: `${prefix}.1`,
        dns_nameservers: '["9.9.9.9"]',
      }),
    );
    const service = { binding_host_id: '', port_security_enabled: 0 } as const;
    port(network, subnet, `${prefix}.1`, { ...service, device_owner: OWNER.routerInterface, device_id: router });
    port(network, subnet, `${prefix}.2`, { ...service, device_owner: OWNER.metadata, device_id: `ovnmeta-${network}` });
    const outside = `172.24.${project >> 7}.${((project & 127) << 1) + 1}`;
    const gateway = port(uuid(1, 0), uuid(2, 0), outside, {
      ...service,
      device_owner: OWNER.routerGateway,
      device_id: router,
    });
    rows.routers.push({
      id: router,
      name: `router-${project}`,
      admin_state_up: 1,
      gateway_port_id: gateway,
      enable_snat: 1,
      gateway_qos_policy_id: null,
      routes: '[]',
    });
    rows.groups.push({ id: group, name: 'default', stateful: 1 });
    addRules(rows, group, project);
    for (let server = 0; server < 10; server++) {
      const address = `${prefix}.${10 + server}`;
      const id = port(network, subnet, address, {
        device_id: uuid(6, ports),
        binding_host_id: `host-${ports % hosts}`,
      });
      rows.memberships.push({ port_id: id, security_group_id: group });
      if (server % 5 !== 0) continue;
      rows.floatingIps.push({
        id: uuid(7, ports),
        floating_network_id: uuid(1, 0),
        floating_ip_address: `172.24.${128 + (ports >> 8)}.${ports & 255}`,
        port_id: id,
        fixed_ip_address: address,
        router_id: router,
        status: 'DOWN',
        qos_policy_id: null,
      });
    }
  }
  return rows;
}

function networkRow(
  id: string,
  name: string,
  more: Partial<NetworkRows['networks'][number]>,
): NetworkRows['networks'][number] {
  return {
    id,
    name,
    admin_state_up: 1,
    external: 0,
    mtu: 1442,
    dns_domain: '',
    network_type: 'geneve',
    physical_network: null,
    segmentation_id: null,
    qos_policy_id: null,
    ...more,
  };
}

function addRules(rows: NetworkRows, group: string, project: number): void {
  const base = {
    security_group_id: group,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_group_id: null,
    remote_address_group_id: null,
  };
  for (const [place, ethertype] of (['IPv4', 'IPv6'] as const).entries()) {
    rows.rules.push({ ...base, id: uuid(8, project * 10 + place), direction: 'egress', ethertype });
    rows.rules.push({
      ...base,
      id: uuid(8, project * 10 + 2 + place),
      direction: 'ingress',
      ethertype,
      remote_group_id: group,
    });
  }
  const ssh = { protocol: 'tcp', port_range_min: 22, port_range_max: 22, remote_ip_prefix: '0.0.0.0/0' };
  rows.rules.push({ ...base, ...ssh, id: uuid(8, project * 10 + 4), direction: 'ingress', ethertype: 'IPv4' });
  rows.rules.push({
    ...base,
    protocol: 'icmp',
    id: uuid(8, project * 10 + 5),
    direction: 'ingress',
    ethertype: 'IPv4',
  });
}
