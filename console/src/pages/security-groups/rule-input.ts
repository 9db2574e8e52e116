import type { NewRule } from './operations.ts';

/** What a person chooses in the form of a rule. */
export interface RuleValues {
  direction: 'ingress' | 'egress';
  who: 'anyone' | 'addresses' | 'group';
  /** `192.0.2.0/24` or `2001:db8::1`, when `who` is addresses. */
  addresses: string;
  /** An id, when `who` is group. */
  group: string;
  what: What;
  protocol: 'tcp' | 'udp';
  /** `8080` or `8000-8100`, when `what` is other. */
  ports: string;
  description: string;
}

/** What is often opened, with its port; the others are asked for or have none. */
export const SERVICES = { ssh: 22, http: 80, https: 443, rdp: 3389, smtp: 25, dns: 53 } as const;
export type Service = keyof typeof SERVICES;
export type What = Service | 'ping' | 'other' | 'everything';
export const WHATS: readonly What[] = ['https', 'http', 'ssh', 'rdp', 'smtp', 'dns', 'ping', 'other', 'everything'];

const isService = (what: What): what is Service => what in SERVICES;

/** `8080` or `8000-8100` as numbers; null for what is no port. Pure. */
export function readPorts(text: string): { from: number; to: number } | null {
  const found = /^\s*(\d{1,5})\s*(?:[-–:]\s*(\d{1,5})\s*)?$/.exec(text);
  if (found === null) return null;
  const from = Number(found[1]);
  const to = Number(found[2] ?? found[1]);
  return from >= 1 && to <= 65_535 && from <= to ? { from, to } : null;
}

/** 4 or 6 for an address with or without the length of a prefix; null for anything else. Pure. */
export function addressVersion(text: string): 4 | 6 | null {
  const [address = '', length, more] = text.trim().split('/');
  if (more !== undefined || (length !== undefined && !/^\d{1,3}$/.test(length))) return null;
  const bits = length === undefined ? 0 : Number(length);
  const octets = address.split('.');
  if (octets.length === 4 && octets.every((one) => /^\d{1,3}$/.test(one) && Number(one) < 256)) {
    return bits <= 32 ? 4 : null;
  }
  return address.includes(':') && /^[\da-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]/`) && bits <= 128
    ? 6
    : null;
}

/**
 * The rules that a choice stands for: Neutron's are for one version of IP each, people mean both. Pure; to be called with what
 * is valid.
 */
export function rulesOf(values: RuleValues): NewRule[] {
  const version = values.who === 'addresses' ? addressVersion(values.addresses) : null;
  const versions = version === null ? ([4, 6] as const) : [version];
  const ports = isService(values.what)
    ? { from: SERVICES[values.what], to: SERVICES[values.what] }
    : values.what === 'other'
      ? readPorts(values.ports)
      : null;
  const description = values.description.trim();
  return versions.flatMap((ip) =>
    protocolsOf(values, ip).map((protocol) => ({
      direction: values.direction,
      ethertype: ip === 4 ? ('IPv4' as const) : ('IPv6' as const),
      ...(protocol !== null && { protocol }),
      ...(ports !== null && { port_range_min: ports.from, port_range_max: ports.to }),
      ...(values.who === 'addresses' && { remote_ip_prefix: values.addresses.trim() }),
      ...(values.who === 'anyone' && { remote_ip_prefix: ip === 4 ? '0.0.0.0/0' : '::/0' }),
      ...(values.who === 'group' && { remote_group_id: values.group }),
      ...(description !== '' && { description }),
    })),
  );
}

function protocolsOf({ what, protocol }: RuleValues, ip: 4 | 6): (string | null)[] {
  if (what === 'everything') return [null];
  if (what === 'ping') return [ip === 4 ? 'icmp' : 'ipv6-icmp'];
  if (what === 'dns') return ['udp', 'tcp'];
  return [what === 'other' ? protocol : 'tcp'];
}
