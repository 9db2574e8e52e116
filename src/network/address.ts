import { isIPv4, isIPv6 } from 'node:net';

export type IpVersion = 4 | 6;

export interface Ip {
  version: IpVersion;
  value: bigint;
}

export interface Cidr {
  version: IpVersion;
  /** Without host bits. */
  first: bigint;
  last: bigint;
  prefix: number;
}

export const bitsOf = (version: IpVersion) => (version === 4 ? 32 : 128);

/** The address a text stands for, or null when it is none. */
export function parseIp(text: string): Ip | null {
  if (isIPv4(text)) {
    return { version: 4, value: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  if (!isIPv6(text) || text.includes('%')) return null;
  const [head = '', tail] = embeddedAsHex(text).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return { version: 6, value: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function embeddedAsHex(text: string): string {
  const at = text.lastIndexOf(':') + 1;
  const end = text.slice(at);
  if (!end.includes('.')) return text;
  const value = parseIp(end)?.value ?? 0n;
  return `${text.slice(0, at)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

/** The canonical text: dotted, or RFC 5952. */
export function formatIp({ version, value }: Ip): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 255n).toString()).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const runs = [...groups.join(':').matchAll(/\b0(:0)+\b/g)].sort((a, b) => b[0].length - a[0].length);
  const longest = runs[0];
  if (!longest) return groups.join(':');
  const text = groups.join(':');
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** The canonical text of an address, or null when the text is none. */
export function canonicalIp(text: string): string | null {
  const ip = parseIp(text);
  return ip && formatIp(ip);
}

/** The range a text with a prefix length (or a bare address) stands for, host bits cleared; null when it is none. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', length, extra] = text.split('/');
  const ip = parseIp(address);
  if (!ip || extra !== undefined) return null;
  const bits = bitsOf(ip.version);
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
  const prefix = length === undefined ? bits : Number(length);
  return prefix > bits ? null : cidrOf(ip, prefix);
}

export function cidrOf(ip: Ip, prefix: number): Cidr {
  const size = 1n << BigInt(bitsOf(ip.version) - prefix);
  const first = (ip.value / size) * size;
  return { version: ip.version, first, last: first + size - 1n, prefix };
}

export function formatCidr(cidr: Cidr): string {
  return `${formatIp({ version: cidr.version, value: cidr.first })}/${cidr.prefix}`;
}

export function contains(cidr: Cidr, ip: Ip): boolean {
  return cidr.version === ip.version && ip.value >= cidr.first && ip.value <= cidr.last;
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

/** Hexadecimal digits of fixed length, so that the order of texts is the order of numbers. */
export function addressKey({ version, value }: Ip): string {
  return value.toString(16).padStart(version === 4 ? 8 : 32, '0');
}

export function ipOfKey(key: string): Ip {
  return { version: key.length === 8 ? 4 : 6, value: BigInt(`0x${key}`) };
}

/** The address a host gives itself from its MAC address in a /64 (RFC 4291, appendix A). */
export function eui64(cidr: Cidr, mac: string): Ip {
  const bytes = mac.split(':').map((part) => BigInt(`0x${part}`));
  const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n] = bytes;
  const id = [a ^ 2n, b, c, 0xffn, 0xfen, d, e, f].reduce((sum, byte) => sum * 256n + byte, 0n);
  return { version: 6, value: cidr.first + id };
}

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** A unicast MAC address in lower case with colons, or null when the text is none. */
export function canonicalMac(text: string): string | null {
  const mac = text.toLowerCase().replaceAll('-', ':');
  if (!MAC.test(mac) || mac === '00:00:00:00:00:00') return null;
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 ? null : mac;
}
