import { generateKeyPair, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { badRequest } from '../../core/errors.ts';

const YEARS = 10;

/** The fingerprint of a certificate, SHA-1 in pairs of hexadecimal digits as Nova shows it. Throws ApiError 400. */
export function x509Fingerprint(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint.toLowerCase();
  } catch {
    throw badRequest(
      'Keypair data is invalid: failed to generate X509 fingerprint. Give a certificate in PEM, from BEGIN to END CERTIFICATE.',
      'InvalidKeypair',
    );
  }
}

/**
 * A certificate that signs itself, for logging in to a Windows guest over WinRM: the user's id is its subject, and
 * client authentication its use, as in those that Nova makes. The private key is for the client alone.
 */
export async function generateX509(userId: string, now: number): Promise<{ certificate: string; privateKey: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const body = toBeSigned(userId, now, publicKey);
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, sequence(oid(SHA256_RSA), NULL), bits(signature));
  return { certificate: pemOf(der), privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** RFC 5280 section 4.1. */
function toBeSigned(userId: string, now: number, publicKey: KeyObject): Buffer {
  const name = sequence(set(sequence(oid(COMMON_NAME), tlv(0x0c, Buffer.from(userId.slice(0, 64), 'utf8')))));
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  // The user's principal name, a text under its own object identifier, is where Windows looks for whom it is.
  const principal = tlv(
    0xa0,
    Buffer.concat([oid(PRINCIPAL_NAME), tlv(0xa0, tlv(0x0c, Buffer.from(`${userId}@localhost`)))]),
  );
  const extensions = sequence(
    extension(EXTENDED_KEY_USAGE, sequence(oid(CLIENT_AUTH))),
    extension(SUBJECT_ALT_NAME, sequence(principal)),
  );
  return sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    sequence(oid(SHA256_RSA), NULL),
    name,
    sequence(time(now), time(now + YEARS * 365 * 24 * 3600_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions),
  );
}

const SHA256_RSA = '1.2.840.113549.1.1.11';
const COMMON_NAME = '2.5.4.3';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SUBJECT_ALT_NAME = '2.5.29.17';
const PRINCIPAL_NAME = '1.3.6.1.4.1.311.20.2.3';

/** Tag, length and value of ITU-T X.690. */
function tlv(tag: number, value: Buffer): Buffer {
  const length = value.length;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), value]);
}

const NULL = tlv(0x05, Buffer.alloc(0));
const sequence = (...parts: Buffer[]) => tlv(0x30, Buffer.concat(parts));
const set = (part: Buffer) => tlv(0x31, part);
const bits = (value: Buffer) => tlv(0x03, Buffer.concat([Buffer.from([0]), value]));
const extension = (id: string, value: Buffer) => sequence(oid(id), tlv(0x04, value));

/** UTCTime until 2049, GeneralizedTime after, as RFC 5280 wants it. */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return new Date(at).getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}
