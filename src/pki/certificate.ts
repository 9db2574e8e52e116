import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, explicit, implicit, integer, octets, oid, sequence, set, time, truth, utf8 } from './der.ts';

/** What a certificate says: X.509 version 3 (RFC 5280), signed with ECDSA and SHA-256. */
export interface CertificateRequest {
  /** The subject's common name. */
  name: string;
  publicKey: KeyObject;
  use: 'authority' | 'client' | 'server';
  /** Names and addresses under which a server is reached. */
  reachedAs?: readonly string[];
  /** Milliseconds since 1970. */
  notBefore: number;
  notAfter: number;
}

/** Who signs: its name and its key on the curve P-256. */
export interface Signer {
  name: string;
  key: KeyObject;
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const USES = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' } as const;

/** Issues a certificate, in PEM. What it is issued to has been decided by the caller. */
export function issueCertificate(request: CertificateRequest, signer: Signer): string {
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_SHA256,
    nameOf(signer.name),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameOf(request.name),
    spki(request.publicKey),
    explicit(3, sequence(...extensions(request, createPublicKey(signer.key)))),
  );
  const signature = sign('sha256', signed, { key: signer.key, dsaEncoding: 'der' });
  const base64 = sequence(signed, ECDSA_SHA256, bits(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

/** Unguessable and positive (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const nameOf = (name: string) => sequence(set(sequence(oid('2.5.4.3'), utf8(name))));
/** RFC 7093, 2: a digest of the key, cut to 160 bits. */
const keyId = (key: KeyObject) => createHash('sha256').update(spki(key)).digest().subarray(0, 20);

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [truth()] : []), octets(value));
}

function extensions({ use, publicKey, reachedAs = [] }: CertificateRequest, signer: KeyObject): Buffer[] {
  const ids = [
    extension('2.5.29.14', false, octets(keyId(publicKey))),
    extension('2.5.29.35', false, sequence(implicit(0, keyId(signer)))),
  ];
  if (use === 'authority') {
    // May sign certificates of machines, and none that could sign others.
    const constraints = sequence(truth(), integer(Buffer.from([0])));
    const keyUsage = bits(Buffer.from([0x06]), 1);
    return [extension('2.5.29.19', true, constraints), extension('2.5.29.15', true, keyUsage), ...ids];
  }
  return [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
    extension('2.5.29.37', false, sequence(oid(USES[use]))),
    ...(reachedAs.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...reachedAs.map(generalName)))]),
    ...ids,
  ];
}

/** RFC 5280, 4.2.1.6: a DNS name, or the bytes of an address. */
function generalName(name: string): Buffer {
  const version = isIP(name);
  if (version === 0) return implicit(2, Buffer.from(name, 'ascii'));
  return implicit(7, version === 4 ? Buffer.from(name.split('.').map(Number)) : addressBytes(name));
}

function addressBytes(address: string): Buffer {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const words = (text: string) => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)));
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 0xff]));
}
