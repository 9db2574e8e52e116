import { fromJson } from '../../store/json.ts';
import { OWNER } from '../tables.ts';
import { dhcpOptions, extraOptions, mergeOptions } from './dhcp.ts';
import { planDns } from './dns.ts';
import { isProtected, isRouterPort, isService, type Index } from './lookup.ts';
import { add, localnetName, routerPortName, switchName, type NbRows, type Plan, type Strings } from './model.ts';
import { minimumRate, planQos } from './qos.ts';
import type { NetworkRow, PortRow } from './rows.ts';

interface AddressPair {
  ip_address: string;
  mac_address: string;
}

/** A switch per network with its ports, a port to the wire for a network that has one, and DHCP per subnet. */
export function planSwitches(plan: Plan, index: Index): void {
  for (const network of index.rows.networks) {
    for (const subnet of index.subnetsOf.get(network.id) ?? []) {
      const options = dhcpOptions(subnet, network, index.metadata.get(subnet.id) ?? null);
      if (options === null) continue;
      const external_ids = { subnet_id: subnet.id, 'neutron:network_id': network.id };
      add(plan, 'DHCP_Options', subnet.id, { cidr: subnet.cidr, options, external_ids });
    }
    const ports = localnetPorts(plan, index, network);
    for (const port of index.portsOf.get(network.id) ?? []) {
      // The holder of a floating address is no place on the switch: the router answers for the address.
      if (port.device_owner === OWNER.floatingIp) continue;
      if (isRouterPort(port) && !plan.Logical_Router_Port.has(port.id)) continue;
      ports.push(add(plan, 'Logical_Switch_Port', port.id, switchPort(plan, index, network, port)));
    }
    add(plan, 'Logical_Switch', network.id, {
      name: switchName(network.id),
      ports,
      qos_rules: planQos(plan, index, network),
      dns_records: planDns(plan, index, network),
      other_config: {},
      external_ids: {
        'neutron:network_name': network.name,
        'neutron:mtu': String(network.mtu),
        'neutron:provnet-network-type': network.network_type,
        ...(network.physical_network !== null && { 'neutron:provnet-physical-network': network.physical_network }),
      },
    });
  }
}

/** A port to the wire of each segment that has one. Hosts without that wire leave its port alone. */
function localnetPorts(plan: Plan, index: Index, network: NetworkRow): string[] {
  const segments = index.segmentsOf.get(network.id) ?? [{ ...network, network_id: network.id }];
  return segments.flatMap((segment, place) => {
    if (segment.physical_network === null) return [];
    const name = localnetName(place === 0 ? network.id : segment.id);
    const vlan = segment.network_type === 'vlan' && segment.segmentation_id !== null;
    const key = add(plan, 'Logical_Switch_Port', name, {
      ...PLAIN,
      name,
      type: 'localnet',
      addresses: ['unknown'],
      options: { network_name: segment.physical_network },
      enabled: [network.admin_state_up === 1],
      tag_request: vlan && segment.segmentation_id !== null ? [segment.segmentation_id] : [],
      external_ids: { 'neutron:provnet-physical-network': segment.physical_network },
    });
    return [key];
  });
}

const PLAIN: NbRows['Logical_Switch_Port'] = {
  name: '',
  type: '',
  addresses: [],
  port_security: [],
  options: {},
  enabled: [],
  tag_request: [],
  dhcpv4_options: [],
  dhcpv6_options: [],
  external_ids: {},
};

function switchPort(plan: Plan, index: Index, network: NetworkRow, port: PortRow): NbRows['Logical_Switch_Port'] {
  const base = {
    ...PLAIN,
    name: port.id,
    enabled: [port.admin_state_up === 1 && network.admin_state_up === 1],
    external_ids: portIds(index, network, port),
  };
  if (isRouterPort(port)) {
    const gateway = port.device_owner === OWNER.routerGateway;
    return {
      ...base,
      type: 'router',
      addresses: ['router'],
      options: {
        'router-port': routerPortName(port.id),
        // Announces floating addresses on the wire after a failover.
        ...(gateway && { 'nat-addresses': 'router', 'exclude-lb-vips-from-garp': 'true' }),
      },
    };
  }
  const addresses = (index.addressesOf.get(port.id) ?? []).map((one) => one.address);
  const own = [port.mac_address, ...addresses].join(' ');
  if (port.device_owner === OWNER.metadata) return { ...base, type: 'localport', addresses: [own] };
  const chassis = index.rows.chassis.get(port.binding_host_id);
  const rate = minimumRate(index, network, port);
  return {
    ...base,
    // A port without port security may use any MAC address, so the switch sends it what it knows no one else for.
    addresses: isProtected(port) ? [own, ...pairs(port).macs] : [own, 'unknown'],
    port_security: isProtected(port) ? portSecurity(port, own) : [],
    // Not `hostname`: ovn-northd 23.03 writes it unquoted into the DHCP action, which then compiles to nothing at all.
    // The guest learns its name from the metadata.
    options: {
      ...(chassis !== undefined && { 'requested-chassis': chassis }),
      ...(rate !== null && { qos_min_rate: String(rate) }),
    },
    dhcpv4_options: portDhcp(plan, index, port, 4),
    dhcpv6_options: portDhcp(plan, index, port, 6),
  };
}

/** The port's allowed address pairs: addresses under its own MAC address, and other MAC addresses with theirs. */
function pairs(port: PortRow): { own: string[]; macs: string[]; others: string[] } {
  if (port.allowed_address_pairs === '[]') return { own: [], macs: [], others: [] };
  const all = fromJson<AddressPair[]>(port.allowed_address_pairs);
  const others = all.filter((pair) => pair.mac_address !== port.mac_address);
  return {
    own: all.filter((pair) => pair.mac_address === port.mac_address).map((pair) => pair.ip_address),
    macs: [...new Set(others.map((pair) => pair.mac_address))],
    others: others.map((pair) => `${pair.mac_address} ${pair.ip_address}`),
  };
}

function portSecurity(port: PortRow, own: string): string[] {
  const allowed = pairs(port);
  return [[own, ...allowed.own].join(' '), ...new Set(allowed.others)];
}

/** The options of the first subnet of this version that has any; a stateful one before others (ovn-nb(5)). */
function portDhcp(plan: Plan, index: Index, port: PortRow, version: 4 | 6): string[] {
  if (isService(port)) return [];
  const extra = extraOptions(port, version);
  if (extra === 'disabled') return [];
  const subnets = (index.addressesOf.get(port.id) ?? [])
    .map((one) => one.subnet_id)
    .filter((id) => index.subnets.get(id)?.ip_version === version && plan.DHCP_Options.has(id));
  const stateful = subnets.find((id) => index.subnets.get(id)?.ipv6_address_mode === 'dhcpv6-stateful');
  const subnet = stateful ?? subnets[0];
  const base = subnet === undefined ? undefined : plan.DHCP_Options.get(subnet);
  if (subnet === undefined || base === undefined) return [];
  if (extra === null) return [subnet];
  const key = add(plan, 'DHCP_Options', `${port.id}-v${version}`, {
    cidr: base.cidr,
    options: mergeOptions(base.options, extra),
    external_ids: { ...base.external_ids, port_id: port.id },
  });
  return [key];
}

function portIds(index: Index, network: NetworkRow, port: PortRow): Strings {
  const addresses = index.addressesOf.get(port.id) ?? [];
  return {
    'neutron:port_name': port.name,
    'neutron:device_id': port.device_id,
    'neutron:device_owner': port.device_owner,
    'neutron:project_id': port.project_id,
    'neutron:network_name': switchName(network.id),
    'neutron:vnic_type': port.binding_vnic_type,
    'neutron:cidrs': addresses.map((one) => cidrOf(index, one.subnet_id, one.address)).join(' '),
    'neutron:security_group_ids': isProtected(port) ? (index.groupsOf.get(port.id) ?? []).toSorted().join(' ') : '',
  };
}

/** An address with the length of its subnet's prefix. */
export function cidrOf(index: Index, subnetId: string, address: string): string {
  return `${address}/${index.subnets.get(subnetId)?.cidr.split('/')[1] ?? '32'}`;
}
