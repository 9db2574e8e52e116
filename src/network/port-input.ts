import { badRequest, conflict } from '../core/errors.ts';
import type { Context } from '../http/context.ts';
import { canonicalIp, canonicalMac, parseCidr } from './address.ts';
import { invalidAttribute, invalidInput, notAuthorized } from './errors.ts';
import { isNetworkOwner } from './ports.ts';
import type { FixedIpRequest } from './allocation.ts';
import { OWNER, type NetworksTable } from './tables.ts';
import { isGiven } from './resource/body.ts';

/** Neutron's max_allowed_address_pair. */
const MOST_PAIRS = 10;

/** Owners of ports that the network service itself makes and takes away. */
export const OWN_PORTS: readonly string[] = Object.values(OWNER);

export interface AddressPair {
  ip_address: string;
  mac_address: string;
}

export interface DhcpOption {
  opt_name: string;
  opt_value: string;
  ip_version: 4 | 6;
}

/** Pairs with the port's own MAC where none is given. Throws ApiError 400. */
export function parseAddressPairs(
  input: readonly { ip_address: string; mac_address?: string | null | undefined }[],
  ownMac: string,
): AddressPair[] {
  if (input.length > MOST_PAIRS) {
    throw badRequest(
      `The number of allowed address pair exceeds the maximum ${MOST_PAIRS}.`,
      'AllowedAddressPairExhausted',
    );
  }
  const seen = new Set<string>();
  return input.map((pair) => {
    if (!parseCidr(pair.ip_address)) throw invalidInput(`'${pair.ip_address}' is not a valid IP address or CIDR`);
    const mac = parseMac(pair.mac_address ?? ownMac);
    const key = `${pair.ip_address} ${mac}`;
    if (seen.has(key)) {
      throw badRequest(
        `Request contains duplicate address pair: mac_address ${mac} ip_address ${pair.ip_address}.`,
        'DuplicateAddressPairInRequest',
      );
    }
    seen.add(key);
    return { ip_address: canonicalIp(pair.ip_address) ?? pair.ip_address, mac_address: mac };
  });
}

export function parseMac(text: string): string {
  const mac = canonicalMac(text);
  if (mac === null) throw invalidAttribute('mac_address', `'${text}' is not a valid MAC address.`);
  return mac;
}

/** Merges options by name and version; a null value takes one away. */
export function mergeDhcpOptions(
  before: readonly DhcpOption[],
  input: readonly {
    opt_name: string;
    opt_value?: string | null | undefined;
    ip_version?: number | string | undefined;
  }[],
): DhcpOption[] {
  const merged = new Map(before.map((option) => [`${option.ip_version} ${option.opt_name}`, option]));
  for (const option of input) {
    const version = Number(option.ip_version ?? 4);
    if (version !== 4 && version !== 6) throw invalidAttribute('extra_dhcp_opts', 'ip_version must be 4 or 6.');
    const key = `${version} ${option.opt_name}`;
    if (!isGiven(option.opt_value)) merged.delete(key);
    else merged.set(key, { opt_name: option.opt_name, opt_value: option.opt_value, ip_version: version });
  }
  return [...merged.values()];
}

/** What Neutron's policy lets only the network's owner say about a port. Throws ApiError 403. */
export function checkPortPolicy(
  context: Context,
  network: Pick<NetworksTable, 'project_id' | 'shared'>,
  operation: 'create_port' | 'update_port',
  body: {
    mac_address?: unknown;
    port_security_enabled?: unknown;
    allowed_address_pairs?: unknown;
    device_owner?: string | null | undefined;
    fixed_ips?: readonly FixedIpRequest[] | null | undefined;
  },
): void {
  // Whoever could call a port a router's would sit in a router of somebody else's.
  if (OWN_PORTS.includes(body.device_owner ?? '')) {
    throw invalidInput(`device_owner '${body.device_owner}' is given by the network service alone`);
  }
  if (context.isAdmin || network.project_id === context.projectId) return;
  for (const attribute of ['mac_address', 'port_security_enabled', 'allowed_address_pairs'] as const) {
    if (body[attribute] !== undefined) throw notAuthorized(`${operation}:${attribute}`);
  }
  if (isNetworkOwner(body.device_owner ?? '')) throw notAuthorized(`${operation}:device_owner`);
  if (body.fixed_ips?.some((ip) => ip.ip_address !== undefined)) {
    throw notAuthorized(`${operation}:fixed_ips:ip_address`);
  }
}

/** Neutron's rules between port security, groups and address pairs. Throws ApiError 400 or 409. */
export function checkPortSecurity(input: { enabled: boolean; groups: number; pairs: number }): void {
  if (input.enabled) return;
  if (input.groups > 0) {
    throw conflict(
      'Port has security group associated. Cannot disable port security or IP address until security group is removed.',
      'PortSecurityPortHasSecurityGroup',
    );
  }
  if (input.pairs > 0) {
    throw conflict(
      'Port Security must be enabled in order to have allowed address pairs on a port.',
      'AddressPairAndPortSecurityRequired',
    );
  }
}
