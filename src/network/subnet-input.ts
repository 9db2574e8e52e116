import { badRequest } from '../core/errors.ts';
import { canonicalIp, formatIp, parseCidr, type Cidr, type Ip } from './address.ts';
import { invalidAttribute, invalidInput } from './errors.ts';
import { checkGatewayOutsidePools, defaultPools, hostRange, parseGateway, parsePools, type Pool } from './pools.ts';
import type { Ipv6Mode } from './tables.ts';

/** Neutron's limits: max_dns_nameservers and max_subnet_host_routes. */
const MOST_NAMESERVERS = 5;
const MOST_ROUTES = 20;

export interface HostRoute {
  destination: string;
  nexthop: string;
}

/** A CIDR of a new subnet. Throws ApiError 400. */
export function parseSubnetCidr(text: string, version: 4 | 6): Cidr {
  const cidr = parseCidr(text);
  if (!cidr || !text.includes('/')) throw invalidAttribute('cidr', `'${text}' is not a valid IP subnet.`);
  if (cidr.version !== version) {
    throw invalidInput(`cidr '${text}' does not match the ip_version '${version}'`);
  }
  if (cidr.prefix === 0) throw invalidInput(`0 is not allowed as CIDR prefix length`);
  const top = version === 4 ? cidr.first >> 28n : cidr.first >> 120n;
  if (top === (version === 4 ? 0xen : 0xffn)) {
    throw invalidInput(`multicast IP subnet is not supported if enable_dhcp is True`);
  }
  return cidr;
}

/** The gateway and the pools of a subnet; `undefined` takes the defaults, a null gateway means none. */
export function planRanges(
  cidr: Cidr,
  cidrText: string,
  gatewayText: string | null | undefined,
  poolsInput: readonly { start: string; end: string }[] | undefined,
): { gateway: Ip | null; pools: Pool[] } {
  const gateway = planGateway(cidr, gatewayText);
  const pools = poolsInput === undefined ? defaultPools(cidr, gateway) : parsePools(poolsInput, cidr, cidrText);
  if (gateway) checkGatewayOutsidePools(gateway, pools);
  return { gateway, pools };
}

function planGateway(cidr: Cidr, text: string | null | undefined): Ip | null {
  if (text === null) return null;
  if (text !== undefined) return parseGateway(text, cidr);
  const { version, first } = hostRange(cidr);
  return { version, value: first };
}

/** Checks how IPv6 addresses come about. Throws ApiError 400 as Neutron does. */
export function checkIpv6Modes(
  version: 4 | 6,
  cidr: Cidr,
  dhcp: boolean,
  raMode: Ipv6Mode | null,
  addressMode: Ipv6Mode | null,
): void {
  if (raMode === null && addressMode === null) return;
  if (version === 4) throw invalidInput('ipv6_ra_mode and ipv6_address_mode must not be set on an IPv4 subnet');
  if (!dhcp) throw invalidInput('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False');
  if (raMode !== null && addressMode !== null && raMode !== addressMode) {
    throw invalidInput(
      `ipv6_ra_mode set to '${raMode}' with ipv6_address_mode set to '${addressMode}' is not valid. If both attributes are set, they must be the same value`,
    );
  }
  const mode = addressMode ?? raMode;
  if (mode !== 'dhcpv6-stateful' && cidr.prefix !== 64) {
    throw invalidInput(
      `Invalid CIDR /${cidr.prefix} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`,
    );
  }
}

/** DHCP needs an address besides the gateway's. */
export function checkDhcp(cidr: Cidr, dhcp: boolean): void {
  if (dhcp && cidr.prefix > (cidr.version === 4 ? 30 : 126)) {
    throw invalidInput('Subnet has a prefix length that is incompatible with DHCP service enabled');
  }
}

/** Name servers, canonical. Throws ApiError 400 for what is no address, for a double, and for too many. */
export function parseNameservers(input: readonly string[]): string[] {
  if (input.length > MOST_NAMESERVERS) {
    throw badRequest(
      `Unable to complete operation. The number of DNS nameservers exceeds the limit ${MOST_NAMESERVERS}.`,
      'DNSNameServersExhausted',
    );
  }
  const list = input.map((text) => {
    const ip = canonicalIp(text);
    if (ip === null) throw invalidAttribute('dns_nameservers', `'${text}' is not a valid nameserver.`);
    return ip;
  });
  if (new Set(list).size < list.length) throw invalidAttribute('dns_nameservers', 'Duplicate nameserver.');
  return list;
}

/** Routes that DHCP tells guests. Throws ApiError 400. */
export function parseHostRoutes(input: readonly HostRoute[], version: 4 | 6): HostRoute[] {
  if (input.length > MOST_ROUTES) {
    throw badRequest(
      `Unable to complete operation. The number of host routes exceeds the limit ${MOST_ROUTES}.`,
      'HostRoutesExhausted',
    );
  }
  return parseRoutes('host_routes', input, version);
}

/** Destinations and next hops, canonical. Throws ApiError 400. */
export function parseRoutes(attribute: string, input: readonly HostRoute[], version: 4 | 6 | null): HostRoute[] {
  const seen = new Set<string>();
  return input.map(({ destination, nexthop }) => {
    const cidr = parseCidr(destination);
    const hop = canonicalIp(nexthop);
    if (!cidr || !destination.includes('/')) {
      throw invalidAttribute(attribute, `'${destination}' is not a valid CIDR.`);
    }
    if (hop === null) throw invalidAttribute(attribute, `'${nexthop}' is not a valid IP address.`);
    if (cidr.version !== (hop.includes(':') ? 6 : 4) || (version !== null && cidr.version !== version)) {
      throw invalidAttribute(attribute, `${destination} and ${nexthop} are not of the same IP version.`);
    }
    const key = `${cidr.first}/${cidr.prefix} ${hop}`;
    if (seen.has(key)) throw invalidAttribute(attribute, `Duplicate hostroute '${destination} via ${hop}'.`);
    seen.add(key);
    return { destination, nexthop: hop };
  });
}

export const ipText = (ip: Ip | null) => ip && formatIp(ip);
