import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { badRequest } from '../../core/errors.ts';

const TYPES =
  /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/**
 * The fingerprint of an OpenSSH public key line, MD5 in pairs of hexadecimal digits as Nova shows it. Throws ApiError
 * 400 when the line is not a public key (RFC 4253 section 6.6: the blob begins with its own type).
 */
export function sshFingerprint(line: string): string {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  const blob = Buffer.from(base64, 'base64');
  const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  if (!TYPES.test(type) || blob.subarray(4, 4 + length).toString('latin1') !== type) {
    throw badRequest(
      'Keypair data is invalid: failed to generate fingerprint. Give the one line of the .pub file that ssh-keygen made.',
      'InvalidKeypair',
    );
  }
  return (createHash('md5').update(blob).digest('hex').match(/../g) ?? []).join(':');
}

/** A fresh RSA key: the public half as an OpenSSH line, the private one as PEM for the client alone. */
export async function generateSshKey(comment: string): Promise<{ publicKey: string; privateKey: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  return {
    publicKey: `ssh-rsa ${rsaBlob(publicKey).toString('base64')} ${comment}`,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

function rsaBlob(key: KeyObject): Buffer {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([sshString(Buffer.from('ssh-rsa')), sshInteger(e), sshInteger(n)]);
}

function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** RFC 4251 section 5, `mpint`: a leading zero byte keeps a high first bit from meaning a negative number. */
function sshInteger(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return sshString((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}
