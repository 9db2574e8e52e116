import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../../core/errors.ts';
import type { HostId } from '../../core/ids.ts';
import { makeDirectory, readIfExists, remove, syncDirectory, writeAtomic } from '../files.ts';

/** What a machine knows about the cloud that it has joined. */
export interface Membership {
  host: HostId;
  name: string;
  /** `https://192.0.2.1:5001`. */
  controller: string;
  region: string;
  /** `ssl:192.0.2.1:6642`; null where the controller drives no OVN. */
  ovnSouthbound: string | null;
}

/** A key with its certificate and the authority that signed it, PEM. */
export interface Credentials {
  key: string;
  certificate: string;
  authority: string;
}

/** `current/` in the directory, whose files other programs of this machine (Open vSwitch) read too. */
export const CURRENT = { key: 'key.pem', certificate: 'certificate.pem', authority: 'authority.pem' } as const;

const membershipFile = (directory: string) => join(directory, 'membership.json');

export async function readMembership(directory: string): Promise<Membership | null> {
  const text = await readIfExists(membershipFile(directory));
  return text === null ? null : (JSON.parse(text) as Membership);
}

export async function writeMembership(directory: string, membership: Membership): Promise<void> {
  await makeDirectory(directory, 0o700);
  await writeAtomic(membershipFile(directory), `${JSON.stringify(membership, null, 2)}\n`);
}

/** The present credentials. Throws OperatorError when there are none, or they do not belong together. */
export async function readCredentials(directory: string): Promise<Credentials> {
  const read = async (name: string) => {
    const text = await readIfExists(join(directory, 'current', name));
    if (text !== null) return text;
    throw new OperatorError(
      `This machine has no certificate: ${join(directory, 'current', name)} is missing.`,
      'On the controller: potluck host invite --name NAME --replace, then run here what it prints.',
    );
  };
  const [key, certificate, authority] = await Promise.all([
    read(CURRENT.key),
    read(CURRENT.certificate),
    read(CURRENT.authority),
  ]);
  return { key, certificate, authority };
}

/**
 * Makes these the present credentials. Each set has a directory of its own and `current` is a link that is replaced,
 * so that no crash leaves the key of one with the certificate of another.
 */
export async function writeCredentials(directory: string, credentials: Credentials): Promise<void> {
  const certificate = new X509Certificate(credentials.certificate);
  if (!certificate.checkPrivateKey(createPrivateKey(credentials.key))) {
    throw new Error('the controller issued a certificate for another key');
  }
  const name = certificate.serialNumber.toLowerCase();
  const place = join(directory, name);
  await makeDirectory(place, 0o700);
  for (const part of ['key', 'certificate', 'authority'] as const) {
    await writeAtomic(join(place, CURRENT[part]), credentials[part]);
  }
  const link = join(directory, 'current');
  await remove(`${link}.new`);
  await symlink(name, `${link}.new`);
  await rename(`${link}.new`, link);
  await syncDirectory(directory);
  await removeOthers(directory, await readlink(link));
}

/** Sets of before; a stray one of a crash goes too. */
async function removeOthers(directory: string, keep: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^[0-9a-f]{16,}$/.test(name) && name !== keep) await remove(join(directory, name));
  }
}
