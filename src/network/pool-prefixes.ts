import { badRequest } from '../core/errors.ts';
import { formatCidr, overlaps, parseCidr, type Cidr } from './address.ts';
import { invalidAttribute } from './errors.ts';

/** Prefixes of one IP version, in order and as few as say the same. Throws ApiError 400. */
export function parsePrefixes(input: readonly string[]): { version: 4 | 6; texts: string[] } {
  const cidrs = input.map((text) => {
    const cidr = parseCidr(text);
    if (!cidr || !text.includes('/')) throw invalidAttribute('prefixes', `'${text}' is not a valid IP subnet.`);
    return cidr;
  });
  const version = cidrs[0]?.version ?? 4;
  if (cidrs.some((cidr) => cidr.version !== version)) throw mixed();
  return { version, texts: merged(cidrs).map(formatCidr) };
}

export const mixed = () => badRequest('Cannot mix IPv4 and IPv6 prefixes in a subnet pool.', 'PrefixVersionMismatch');

/** Without prefixes that lie in others, two halves as the whole, lowest first: so Neutron compacts them. */
function merged(cidrs: readonly Cidr[]): Cidr[] {
  const sorted = cidrs.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : a.prefix - b.prefix));
  const result: Cidr[] = [];
  for (const cidr of sorted) {
    const before = result.at(-1);
    if (before && before.last >= cidr.last) continue;
    result.push(cidr);
    for (;;) {
      const [a, b] = result.slice(-2);
      const whole = a && b && joined(a, b);
      if (!whole) break;
      result.splice(-2, 2, whole);
    }
  }
  return result;
}

function joined(a: Cidr, b: Cidr): Cidr | null {
  const size = a.last - a.first + 1n;
  if (a.prefix !== b.prefix || a.prefix === 0 || a.last + 1n !== b.first || a.first % (2n * size) !== 0n) return null;
  return { version: a.version, first: a.first, last: b.last, prefix: a.prefix - 1 };
}

const cidrsOf = (texts: readonly string[]) => texts.flatMap((text) => parseCidr(text) ?? []);

/** A pool's prefixes with more. Throws ApiError 400. */
export function addedPrefixes(version: 4 | 6, before: readonly string[], input: readonly string[]): string[] {
  const more = parsePrefixes(input);
  if (more.version !== version) throw mixed();
  return merged(cidrsOf([...before, ...more.texts])).map(formatCidr);
}

/** A pool's prefixes without some of them, whole or in part; what subnets lie in stays. Throws ApiError 400. */
export function removedPrefixes(
  version: 4 | 6,
  before: readonly string[],
  input: readonly string[],
  allocated: readonly Cidr[],
): string[] {
  const less = parsePrefixes(input);
  if (less.version !== version) throw mixed();
  const gone = cidrsOf(less.texts);
  const inUse = gone.find((prefix) => allocated.some((cidr) => overlaps(cidr, prefix)));
  if (inUse) {
    throw badRequest(
      `Illegal update to prefixes: One or more prefixes are in use: subnets lie in ${formatCidr(inUse)}.`,
      'IllegalSubnetPoolPrefixUpdate',
    );
  }
  const left = cidrsOf(before).flatMap((cidr) =>
    gone.reduce((parts, one) => parts.flatMap((part) => without(part, one)), [cidr]),
  );
  if (left.length === 0) {
    throw badRequest('Illegal update to prefixes: a subnet pool needs at least one.', 'IllegalSubnetPoolPrefixUpdate');
  }
  return merged(left).map(formatCidr);
}

/** The blocks that are left of a block when another is cut out of it. */
function without(cidr: Cidr, hole: Cidr): Cidr[] {
  if (!overlaps(cidr, hole)) return [cidr];
  if (hole.first <= cidr.first && cidr.last <= hole.last) return [];
  const half = (cidr.last - cidr.first + 1n) / 2n;
  const low = { ...cidr, last: cidr.first + half - 1n, prefix: cidr.prefix + 1 };
  const high = { ...cidr, first: cidr.first + half, prefix: cidr.prefix + 1 };
  return [...without(low, hole), ...without(high, hole)];
}
