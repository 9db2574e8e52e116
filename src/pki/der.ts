/**
 * Writes DER, the encoding of X.509 certificates (ITU-T X.690). Only writes: what others send is read by Node's own
 * OpenSSL, never by us.
 */

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const hex = bytes.toString(16);
  const body = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | body.length]), body]);
}

function tagged(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts));
export const truth = (): Buffer => tagged(0x01, Buffer.from([0xff]));
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'));
export const octets = (body: Buffer): Buffer => tagged(0x04, body);
/** `unused` counts the bits at the end that mean nothing. */
export const bits = (body: Buffer, unused = 0): Buffer => tagged(0x03, Buffer.concat([Buffer.from([unused]), body]));
/** A member with a tag of its own; `body` is complete for `explicit`, bare for `implicit`. */
export const explicit = (tag: number, body: Buffer): Buffer => tagged(0xa0 | tag, body);
export const implicit = (tag: number, body: Buffer): Buffer => tagged(0x80 | tag, body);

/** A positive number from its bytes: leading zeros go, and one comes where the first bit would mean a sign. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const body = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return tagged(0x02, (body[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), body]) : body);
}

/** `1.2.840.10045.4.3.2`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from(bytes));
}

/** Milliseconds since 1970, to the second; two digits of the year until 2049 (RFC 5280, 4.1.2.5). */
export function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d{3}/g, '');
  return text < '2050' ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
}
