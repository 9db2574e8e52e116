import { isIPv4, isIPv6 } from 'node:net';
import { fromJson } from '../../store/json.ts';
import { domainOf } from './dns.ts';
import { macOf } from './hash.ts';
import type { Strings } from './model.ts';
import type { NetworkRow, PortRow, SubnetRow } from './rows.ts';

/** As Neutron's default: half a day, so that a guest whose clock stood still gets its address back soon. */
const LEASE_SECONDS = 43_200;
const METADATA = '169.254.169.254/32';

interface HostRoute {
  destination: string;
  nexthop: string;
}

interface ExtraOption {
  opt_name: string;
  opt_value: string;
  ip_version: 4 | 6;
}

/**
 * What OVN answers to DHCP requests in a subnet; null when it should stay silent. `metadataAddress` is that of the
 * subnet's metadata port. See ovn-nb(5), DHCP_Options.
 */
export function dhcpOptions(subnet: SubnetRow, network: NetworkRow, metadataAddress: string | null): Strings | null {
  if (!subnet.enable_dhcp) return null;
  return subnet.ip_version === 4 ? dhcpv4(subnet, network, metadataAddress) : dhcpv6(subnet, network);
}

function dhcpv4(subnet: SubnetRow, network: NetworkRow, metadataAddress: string | null): Strings | null {
  const server = subnet.gateway_ip ?? metadataAddress;
  if (server === null) return null;
  const routes = fromJson<HostRoute[]>(subnet.host_routes).map((one) => `${one.destination},${one.nexthop}`);
  if (metadataAddress !== null) routes.unshift(`${METADATA},${metadataAddress}`);
  // A client that is given classless routes ignores the router option (RFC 3442), so the default route is among them.
  if (routes.length > 0 && subnet.gateway_ip !== null) routes.push(`0.0.0.0/0,${subnet.gateway_ip}`);
  const servers = nameservers(subnet).filter(isIPv4);
  const domain = domainOf(network);
  return {
    server_id: server,
    server_mac: macOf(subnet.id),
    lease_time: String(LEASE_SECONDS),
    mtu: String(network.mtu),
    ...(subnet.gateway_ip !== null && { router: subnet.gateway_ip }),
    ...(servers.length > 0 && { dns_server: list(servers) }),
    domain_name: quoted(domain),
    ...(routes.length > 0 && { classless_static_route: list(routes) }),
  };
}

function dhcpv6(subnet: SubnetRow, network: NetworkRow): Strings | null {
  // With slaac the router's advertisements say all there is to say.
  if (subnet.ipv6_address_mode === 'slaac') return null;
  const servers = nameservers(subnet).filter(isIPv6);
  const domain = domainOf(network);
  return {
    server_id: macOf(subnet.id),
    ...(servers.length > 0 && { dns_server: list(servers) }),
    domain_search: quoted(domain),
    ...(subnet.ipv6_address_mode === 'dhcpv6-stateless' && { dhcpv6_stateless: 'true' }),
  };
}

/** Addresses of name servers; `0.0.0.0` stands for none, as in Neutron. */
export function nameservers(subnet: SubnetRow): string[] {
  return fromJson<string[]>(subnet.dns_nameservers).filter((address) => address !== '0.0.0.0' && address !== '::');
}

/** What a port's own `extra_dhcp_opts` change: other options, DHCP switched off for it, or null for nothing. */
export function extraOptions(port: PortRow, version: 4 | 6): Strings | 'disabled' | null {
  if (port.extra_dhcp_opts === '[]') return null;
  const wanted = fromJson<ExtraOption[]>(port.extra_dhcp_opts).filter((one) => one.ip_version === version);
  if (wanted.some((one) => one.opt_name === 'dhcp_disabled' && one.opt_value.toLowerCase() === 'true')) {
    return 'disabled';
  }
  const known = wanted.flatMap((one) => {
    const name = EXTRA[version][one.opt_name];
    return name === undefined ? [] : [[name, formatted(name, one.opt_value)]];
  });
  return known.length === 0 ? null : (Object.fromEntries(known) as Strings);
}

/** A subnet's options with a port's own over them; routes are added to each other. */
export function mergeOptions(subnet: Strings, port: Strings): Strings {
  const routes = [subnet['classless_static_route'], port['classless_static_route']].filter(
    (text) => text !== undefined,
  );
  return {
    ...subnet,
    ...port,
    ...(routes.length > 0 && { classless_static_route: list(routes.map((text) => text.slice(1, -1))) }),
  };
}

const list = (items: readonly string[]) => `{${items.join(', ')}}`;
/** Texts stand in quotes, or OVN takes them for names of its own. */
const quoted = (text: string) => (text.startsWith('"') ? text : `"${text.replaceAll('"', '')}"`);
const TEXTS = new Set([
  'domain_name',
  'domain_search_list',
  'domain_search',
  'bootfile_name',
  'bootfile_name_alt',
  'path_prefix',
  'wpad',
  'tftp_server',
]);
const formatted = (name: string, value: string) => {
  if (TEXTS.has(name)) return quoted(value);
  return name === 'classless_static_route' && !value.startsWith('{') ? `{${value}}` : value;
};

/** The names and numbers under which Neutron's users know the options, and OVN's names for them. */
const EXTRA: Record<4 | 6, Record<string, string>> = {
  4: {
    ...pairs('netmask:1 router:3 dns-server:6 log-server:7 lpr-server:9 domain-name:15 swap-server:16'),
    ...pairs('ip-forward-enable:19 policy-filter:21 default-ttl:23 mtu:26 router-discovery:31 router-solicitation:32'),
    ...pairs('ethernet-encap:36 tcp-ttl:37 nis-server:41 ntp-server:42 lease-time:51 server-id:54 T1:58 T2:59'),
    ...pairs('tftp-server:66 bootfile-name:67 classless-static-route:121 ms-classless-static-route:249'),
    ...pairs('tftp-server-address:150 path-prefix:210 wpad:252 bootfile-name-alt:254'),
    ...{ 'arp-timeout': 'arp_cache_timeout', '35': 'arp_cache_timeout' },
    ...{ 'tcp-keepalive': 'tcp_keepalive_interval', '38': 'tcp_keepalive_interval' },
    ...{ 'domain-search': 'domain_search_list', '119': 'domain_search_list' },
    ...{ 'server-ip-address': 'next_server', '255': 'next_server' },
  },
  6: pairs('server-id:2 ia-addr:5 dns-server:23 domain-search:24 bootfile-name:59'),
};

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(' ').flatMap((pair) => {
      const [name = '', code = ''] = pair.split(':');
      const ours = name.replaceAll('-', '_');
      return [
        [name, ours],
        [code, ours],
      ];
    }),
  );
}
