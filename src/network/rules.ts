import { badRequest } from '../core/errors.ts';
import { formatCidr, parseCidr } from './address.ts';
import { invalidInput } from './errors.ts';
import { PROTOCOLS } from './protocols.ts';

const WITH_PORTS = [6, 17, 33, 132, 136];
const ICMP = [1, 58];
const IPV6_ONLY_NUMBERS = [41, 43, 44, 58, 59, 60];
const IPV6_ONLY = ['ipv6-encap', 'ipv6-route', 'ipv6-frag', 'icmpv6', 'ipv6-icmp', 'ipv6-nonxt', 'ipv6-opts'];

export interface RuleInput {
  direction: 'ingress' | 'egress';
  ethertype?: string | null | undefined;
  protocol?: string | number | null | undefined;
  port_range_min?: number | null;
  port_range_max?: number | null;
  remote_ip_prefix?: string | null | undefined;
  remote_group_id?: string | null | undefined;
  remote_address_group_id?: string | null | undefined;
}

export interface Rule {
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  remote_address_group_id: string | null;
  /** What it says, written one way only. */
  canonical: string;
}

/** The IANA number of a stored protocol; null for any. */
export function protocolNumber(protocol: string | null): number | null {
  if (protocol === null) return null;
  return PROTOCOLS[protocol] ?? Number(protocol);
}

/** Checks a rule as Neutron does, and writes it the way it is stored. Throws ApiError 400 with Neutron's names. */
export function normalizeRule(input: RuleInput): Rule {
  const ethertype = parseEthertype(input.ethertype);
  const protocol = parseProtocol(input.protocol, ethertype);
  const min = input.port_range_min ?? null;
  const max = input.port_range_max ?? null;
  checkRange(protocol, min, max);
  const prefix = parsePrefix(input.remote_ip_prefix ?? null, ethertype);
  const group = input.remote_group_id ?? null;
  if (prefix !== null && group !== null) {
    throw badRequest(
      'Only remote_ip_prefix or remote_group_id may be provided.',
      'SecurityGroupRemoteGroupAndRemoteIpPrefix',
    );
  }
  const addressGroup = input.remote_address_group_id ?? null;
  if (addressGroup !== null && (prefix !== null || group !== null)) {
    throw badRequest(
      'Only one of remote_ip_prefix, remote_group_id and remote_address_group_id may be provided.',
      'SecurityGroupMultipleRemoteEntites',
    );
  }
  const rule = {
    direction: input.direction,
    ethertype,
    protocol,
    port_range_min: min,
    port_range_max: max,
    remote_ip_prefix: prefix,
    remote_group_id: group,
    remote_address_group_id: addressGroup,
  };
  return { ...rule, canonical: canonical(rule) };
}

function parseEthertype(text: string | null | undefined): 'IPv4' | 'IPv6' {
  const lower = (text ?? 'IPv4').toLowerCase();
  if (lower === 'ipv4') return 'IPv4';
  if (lower === 'ipv6') return 'IPv6';
  throw badRequest(
    `Security group rule for ethertype '${text}' not supported. Allowed values are ['IPv4', 'IPv6'].`,
    'SecurityGroupRuleInvalidEtherType',
  );
}

function parseProtocol(value: string | number | null | undefined, ethertype: 'IPv4' | 'IPv6'): string | null {
  if (value === null || value === undefined) return null;
  const text = String(value).toLowerCase();
  if (text === 'any' || text === '') return null;
  const numeric = /^\d{1,3}$/.test(text) && Number(text) <= 255;
  if (!numeric && !Object.hasOwn(PROTOCOLS, text)) {
    throw badRequest(
      `Security group rule protocol ${text} not supported. Only protocol values ${Object.keys(PROTOCOLS).join(', ')} and integer representations [0 to 255] are supported.`,
      'SecurityGroupRuleInvalidProtocol',
    );
  }
  if (ethertype === 'IPv6') {
    if (text === 'icmp' || text === 'icmpv6') return 'ipv6-icmp';
    if (text === '1') return '58';
  } else if (IPV6_ONLY.includes(text) || (numeric && IPV6_ONLY_NUMBERS.includes(Number(text)))) {
    throw badRequest(
      `Invalid ethertype ${ethertype} for protocol ${text}.`,
      'SecurityGroupEthertypeConflictWithProtocol',
    );
  }
  return numeric ? String(Number(text)) : text;
}

function checkRange(protocol: string | null, min: number | null, max: number | null): void {
  if (min === null && max === null) return;
  const number = protocolNumber(protocol);
  if (number === null) {
    throw badRequest('Must also specify protocol if port range is given.', 'SecurityGroupProtocolRequiredWithPorts');
  }
  if (ICMP.includes(number)) return checkIcmp(min, max);
  if (!WITH_PORTS.includes(number)) {
    throw badRequest(
      `Invalid protocol ${protocol} for port range, only supported for TCP, UDP, UDPLITE, SCTP and DCCP.`,
      'SecurityGroupInvalidProtocolForPort',
    );
  }
  for (const port of [min, max]) {
    if (port !== null && (port < 1 || port > 65535)) {
      throw badRequest(`Invalid value for port ${port}`, 'SecurityGroupInvalidPortValue');
    }
  }
  if (min === null || max === null || min > max) {
    throw badRequest(
      'For TCP/UDP protocols, port_range_min must be <= port_range_max',
      'SecurityGroupInvalidPortRange',
    );
  }
}

function checkIcmp(type: number | null, code: number | null): void {
  for (const [field, attribute, value] of [
    ['type', 'port-range-min', type],
    ['code', 'port-range-max', code],
  ] as const) {
    if (value !== null && (value < 0 || value > 255)) {
      throw badRequest(
        `Invalid value for ICMP ${field} (${attribute}) ${value}. It must be 0 to 255.`,
        'SecurityGroupInvalidIcmpValue',
      );
    }
  }
  if (type === null) {
    throw badRequest(
      `ICMP code (port-range-max) ${code} is provided but ICMP type (port-range-min) is missing.`,
      'SecurityGroupMissingIcmpType',
    );
  }
}

function parsePrefix(text: string | null, ethertype: 'IPv4' | 'IPv6'): string | null {
  if (text === null || text === '') return null;
  const cidr = parseCidr(text);
  if (!cidr) throw invalidInput(`'${text}' is not a valid CIDR for remote_ip_prefix.`);
  if (cidr.version !== (ethertype === 'IPv4' ? 4 : 6)) {
    throw badRequest(`Conflicting value ethertype ${ethertype} for CIDR ${text}`, 'SecurityGroupRuleParameterConflict');
  }
  return text.includes('/') ? text : formatCidr(cidr);
}

/** Every address, no range and the full range are one and the same. */
function canonical(rule: Omit<Rule, 'canonical'>): string {
  const number = protocolNumber(rule.protocol);
  const ports = number !== null && WITH_PORTS.includes(number);
  const range = ports
    ? `${rule.port_range_min ?? 1}-${rule.port_range_max ?? 65535}`
    : `${rule.port_range_min ?? ''}-${rule.port_range_max ?? ''}`;
  const cidr = rule.remote_ip_prefix === null ? null : parseCidr(rule.remote_ip_prefix);
  const remote =
    rule.remote_group_id ??
    rule.remote_address_group_id ??
    (cidr === null || cidr.prefix === 0 ? '' : formatCidr(cidr));
  return [rule.direction, rule.ethertype, number ?? '', range, remote].join(' ');
}

/** The prefix as a network: `192.0.2.5/24` means 192.0.2.0/24. */
export function normalizedCidr(prefix: string | null): string | null {
  const cidr = prefix === null ? null : parseCidr(prefix);
  return cidr && formatCidr(cidr);
}
