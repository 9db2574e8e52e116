import type { SecurityGroupRule } from '../../api/queries/network.ts';
import type { Text } from '../../text/en/index.ts';

type Words = Text['securityGroups']['sentence'];
type Rule = Pick<
  SecurityGroupRule,
  'direction' | 'ethertype' | 'protocol' | 'port_range_min' | 'port_range_max' | 'remote_ip_prefix' | 'remote_group_id'
> & { description: string | null };

/** What a person reads of one rule, or of the two that say the same for IPv4 and IPv6. */
export interface Sentence<R extends Rule = SecurityGroupRule> {
  text: string;
  rules: R[];
  direction: 'ingress' | 'egress';
  /** Anyone may reach something that should be for few. */
  risky: boolean;
}

/** Ports that no stranger has to reach: remote desktops, files and databases. */
const DELICATE = new Set([23, 111, 139, 445, 2375, 3306, 3389, 5432, 5900, 6379, 9200, 11211, 27017]);

const ANYONE = new Set(['0.0.0.0/0', '::/0']);
const isAnyone = (rule: Rule) =>
  rule.remote_group_id === null && (rule.remote_ip_prefix === null || ANYONE.has(rule.remote_ip_prefix));

/** ICMP has a protocol for each version; to people it is one. */
const protocolOf = ({ protocol }: Rule): string | null => {
  const name = protocol?.toLowerCase() ?? null;
  if (name === null || name === 'any' || name === '0') return null;
  if (['icmp', '1', 'ipv6-icmp', 'icmpv6', '58'].includes(name)) return 'icmp';
  return { '6': 'tcp', '17': 'udp' }[name] ?? name;
};

/** Rules as sentences, those that say the same for both versions of IP as one; first who comes in. Pure. */
export function sentences<R extends Rule>(
  rules: readonly R[],
  { words, groupName, own }: { words: Words; groupName: (id: string) => string; own: string },
): Sentence<R>[] {
  const together = new Map<string, R[]>();
  for (const rule of rules) {
    const who = isAnyone(rule) ? 'anyone' : (rule.remote_group_id ?? rule.remote_ip_prefix);
    const key = JSON.stringify([
      rule.direction,
      who,
      protocolOf(rule),
      rule.port_range_min,
      rule.port_range_max,
      rule.description,
    ]);
    together.set(key, [...(together.get(key) ?? []), rule]);
  }
  return [...together.values()]
    .flatMap((those) => {
      const [first] = those;
      if (first === undefined) return [];
      const { direction } = first;
      const who = whoText(first, words, groupName, own);
      const what = whatText(first, words);
      const versions = new Set(those.map(({ ethertype }) => ethertype));
      // An address says itself of which version it is.
      const only = versions.size === 1 && (isAnyone(first) || first.remote_group_id !== null);
      const text = words[direction](who, what) + (only ? words.only(first.ethertype) : '');
      return [{ text, rules: those, direction, risky: isRisky(first) }];
    })
    .toSorted((a, b) => (a.direction === b.direction ? 0 : a.direction === 'ingress' ? -1 : 1));
}

function whoText(rule: Rule, words: Words, groupName: (id: string) => string, own: string): string {
  const who = words.who[rule.direction];
  if (rule.remote_group_id === own) return who.itself;
  if (rule.remote_group_id !== null) return who.group(groupName(rule.remote_group_id));
  if (rule.remote_ip_prefix === null || ANYONE.has(rule.remote_ip_prefix)) return who.anyone;
  const single = /^[^/]+$|^[\d.]+\/32$|:.*\/128$/.test(rule.remote_ip_prefix);
  return single ? who.address(rule.remote_ip_prefix.replace(/\/\d+$/, '')) : who.addresses(rule.remote_ip_prefix);
}

function whatText(rule: Rule, words: Words): string {
  const { port_range_min: from, port_range_max: to } = rule;
  const protocol = protocolOf(rule);
  const { what } = words;
  if (protocol === null) return what.everything;
  if (protocol === 'icmp') return from === null ? what.ping : what.icmp(from, to);
  const name = protocol.toUpperCase();
  if (protocol !== 'tcp' && protocol !== 'udp') return what.protocol(name);
  if (from === null || (from === 1 && to === 65_535)) return what.allPorts(name);
  if (to !== null && to !== from) return what.ports(from, to, name);
  const service = words.services[from];
  // Nearly everything is TCP; it is said where it is not.
  return what.port(from, service ?? null, protocol === 'udp' ? name : null);
}

function isRisky(rule: Rule): boolean {
  if (rule.direction !== 'ingress' || !isAnyone(rule)) return false;
  const protocol = protocolOf(rule);
  if (protocol === 'icmp') return false;
  const { port_range_min: from, port_range_max: to } = rule;
  if (protocol === null || from === null || to === null) return true;
  return [...DELICATE].some((port) => port >= from && port <= to);
}
