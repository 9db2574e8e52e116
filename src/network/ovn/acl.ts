import { formatCidr, parseCidr } from '../address.ts';
import { PROTOCOLS } from '../protocols.ts';
import { addressSetName, groupName, type NbRows } from './model.ts';
import type { RuleRow } from './rows.ts';

/** As Neutron's, so that people and tools find what they know; there is room above and below. */
export const ALLOW_PRIORITY = 1002;
export const DROP_PRIORITY = 1000;
/** Holds every port with port security: what no rule allows is dropped there. */
export const DROP_GROUP = 'neutron_pg_drop';

type Acl = Omit<NbRows['ACL'], 'external_ids'>;

/** The match expression and verdict of one security group rule. See ovn-nb(5), ACL, and ovn-sb(5), Logical_Flow. */
export function ruleAcl(rule: RuleRow, stateful: boolean): Acl {
  const ingress = rule.direction === 'ingress';
  const ip = rule.ethertype === 'IPv4' ? 'ip4' : 'ip6';
  const remote = `${ip}.${ingress ? 'src' : 'dst'}`;
  const match = [`${ingress ? 'outport' : 'inport'} == @${groupName(rule.security_group_id)}`, ip];
  if (rule.remote_ip_prefix !== null) {
    const cidr = parseCidr(rule.remote_ip_prefix);
    if (cidr !== null && cidr.prefix > 0) match.push(`${remote} == ${formatCidr(cidr)}`);
  }
  if (rule.remote_group_id !== null) match.push(`${remote} == $${groupName(rule.remote_group_id)}_${ip}`);
  if (rule.remote_address_group_id !== null) {
    const version = rule.ethertype === 'IPv4' ? 4 : 6;
    match.push(`${remote} == $${addressSetName(rule.remote_address_group_id, version)}`);
  }
  return {
    direction: ingress ? 'to-lport' : 'from-lport',
    priority: ALLOW_PRIORITY,
    match: [...match, ...protocolMatch(rule)].join(' && '),
    action: stateful ? 'allow-related' : 'allow-stateless',
  };
}

const WITH_PORTS = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
]);

function protocolMatch(rule: RuleRow): string[] {
  if (rule.protocol === null) return [];
  const number = PROTOCOLS[rule.protocol] ?? Number(rule.protocol);
  const { port_range_min: min, port_range_max: max } = rule;
  const name = WITH_PORTS.get(number);
  if (name !== undefined) {
    if (min !== null && min === max) return [name, `${name}.dst == ${min}`];
    return [
      name,
      ...(min === null ? [] : [`${name}.dst >= ${min}`]),
      ...(max === null ? [] : [`${name}.dst <= ${max}`]),
    ];
  }
  if (number === 1 || number === 58) {
    const icmp = rule.ethertype === 'IPv4' ? 'icmp4' : 'icmp6';
    return [
      icmp,
      ...(min === null ? [] : [`${icmp}.type == ${min}`]),
      ...(min === null || max === null ? [] : [`${icmp}.code == ${max}`]),
    ];
  }
  return [`ip.proto == ${number}`];
}

/**
 * What every port with port security has: nothing goes in or out unless a rule allows it, but a guest can always ask
 * for its address and for its metadata. Neighbour discovery and router advertisements OVN lets through by itself
 * (ovn-northd(8), the ACL tables), and so DHCP's answers.
 */
export const BASE_ACLS: Readonly<Record<string, Acl>> = {
  'drop:from': dropAcl('from-lport', 'inport'),
  'drop:to': dropAcl('to-lport', 'outport'),
  'base:dhcpv4': baseAcl('ip4 && ip4.dst == 255.255.255.255 && udp && udp.src == 68 && udp.dst == 67'),
  'base:dhcpv6': baseAcl('ip6 && ip6.dst == ff02::1:2 && udp && udp.src == 546 && udp.dst == 547'),
  'base:metadata': baseAcl('ip4 && ip4.dst == 169.254.169.254 && tcp && tcp.dst == 80'),
};

function dropAcl(direction: Acl['direction'], side: string): Acl {
  return { direction, priority: DROP_PRIORITY, match: `${side} == @${DROP_GROUP} && ip`, action: 'drop' };
}

function baseAcl(match: string): Acl {
  return {
    direction: 'from-lport',
    priority: ALLOW_PRIORITY,
    match: `inport == @${DROP_GROUP} && ${match}`,
    action: 'allow-related',
  };
}
