import { isIP } from 'node:net';

/** An address with the length of its network's prefix in bits. */
export interface Cidr {
  version: 4 | 6;
  address: bigint;
  prefix: number;
}

/** Reads `172.24.4.1/24` or `fd00::1/64`; null if it is neither. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', prefixText = ''] = text.split('/');
  const version = isIP(address);
  if (version !== 4 && version !== 6) return null;
  const prefix = Number(prefixText);
  if (!/^\d+$/.test(prefixText) || prefix > bits(version)) return null;
  return { version, address: version === 4 ? from4(address) : from6(address), prefix };
}

/** The address itself, as text. */
export const hostAddress = (cidr: Cidr): string => format(cidr.version, cidr.address);

/** The network's first address, as text. */
export const networkOf = (cidr: Cidr): string => format(cidr.version, first(cidr));

/** The network, `172.24.4.0/24`. */
export const networkCidr = (cidr: Cidr): string => `${networkOf(cidr)}/${cidr.prefix}`;

/** The network's address number `offset`, as text; negative counts from its end: -1 is the last one (of IPv4: broadcast). */
export function nthAddress(cidr: Cidr, offset: number): string {
  const size = 1n << BigInt(bits(cidr.version) - cidr.prefix);
  const at = offset < 0 ? size + BigInt(offset) : BigInt(offset);
  return format(cidr.version, first(cidr) + at);
}

/** Whether two networks have an address in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
  if (a.version !== b.version) return false;
  const shift = BigInt(bits(a.version) - Math.min(a.prefix, b.prefix));
  return a.address >> shift === b.address >> shift;
}

const bits = (version: 4 | 6): number => (version === 4 ? 32 : 128);

function first(cidr: Cidr): bigint {
  const shift = BigInt(bits(cidr.version) - cidr.prefix);
  return (cidr.address >> shift) << shift;
}

function from4(text: string): bigint {
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function from6(text: string): bigint {
  // The URL parser knows all ways to write an IPv6 address, and writes it in one.
  const plain = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}

function format(version: 4 | 6, address: bigint): string {
  const size = version === 4 ? 8n : 16n;
  const count = version === 4 ? 4 : 8;
  const parts = Array.from(
    { length: count },
    (_, i) => (address >> (size * BigInt(count - 1 - i))) & ((1n << size) - 1n),
  );
  if (version === 4) return parts.join('.');
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]/`).hostname.slice(1, -1);
}
