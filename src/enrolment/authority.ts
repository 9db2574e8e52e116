import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import type { App } from '../http/app.ts';
import { issueCertificate, type Signer } from '../pki/certificate.ts';
import type { Store } from '../store/store.ts';

const DAY = 24 * 60 * 60_000;
/** Nobody renews the authority by hand in the evening: it outlives the machines. */
const AUTHORITY_LIFE = 30 * 365 * DAY;
/** How long certificates of hosts and of controllers are good for; each is renewed at a third left. */
export const CERTIFICATE_LIFE = 30 * DAY;
/** Clocks of second-hand machines differ. */
const SKEW = 60 * 60_000;
const PURPOSE = 'host-authority';

export interface Authority {
  /** PEM. */
  certificate: string;
  /** SHA-256 of it in DER, base64url: what a join token carries. */
  fingerprint: string;
  issue(request: {
    name: string;
    publicKey: KeyObject;
    use: 'client' | 'server';
    reachedAs?: readonly string[];
    now: number;
  }): Issued;
}

export interface Issued {
  /** PEM. */
  certificate: string;
  /** SHA-256 in hexadecimal. */
  fingerprint: string;
  notAfter: number;
}

const open = new WeakMap<Store, Promise<Authority>>();

/** The cloud's authority, made when it is first asked for; its key is sealed in the database, for every controller. */
export function authorityOf(app: Pick<App, 'store' | 'secrets' | 'clock'>): Promise<Authority> {
  const known = open.get(app.store);
  if (known) return known;
  const opening = openAuthority(app);
  open.set(app.store, opening);
  opening.catch(() => open.delete(app.store));
  return opening;
}

async function openAuthority({ store, secrets, clock }: Pick<App, 'store' | 'secrets' | 'clock'>): Promise<Authority> {
  const find = () => store.read.selectFrom('authorities').selectAll().where('purpose', '=', 'hosts').executeTakeFirst();
  let row = await find();
  if (!row) {
    const made = makeAuthority(clock.now());
    const fresh = {
      purpose: 'hosts' as const,
      certificate: made.certificate,
      sealed_key: secrets.seal(PURPOSE, made.key),
      created_at: clock.now(),
    };
    // Another controller may be first; then its authority is everybody's.
    await store.transaction((tx) =>
      tx.db
        .insertInto('authorities')
        .values(fresh)
        .onConflict((conflict) => conflict.column('purpose').doNothing())
        .execute(),
    );
    row = await find();
  }
  if (!row) throw new Error('the authority that was just made is not there');
  const read = new X509Certificate(row.certificate);
  return authorityFrom(row.certificate, {
    name: nameIn(read),
    key: createPrivateKey(secrets.open(PURPOSE, row.sealed_key)),
  });
}

function makeAuthority(now: number): { certificate: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = `potluck authority ${new Date(now).toISOString().slice(0, 10)}`;
  const certificate = issueCertificate(
    { name, publicKey, use: 'authority', notBefore: now - SKEW, notAfter: now + AUTHORITY_LIFE },
    { name, key: privateKey },
  );
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

const nameIn = (certificate: X509Certificate) => certificate.subject.replace(/^CN=/, '');

function authorityFrom(certificate: string, signer: Signer): Authority {
  return {
    certificate,
    fingerprint: createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url'),
    issue({ now, ...request }) {
      const notAfter = now + CERTIFICATE_LIFE;
      const issued = issueCertificate({ ...request, notBefore: now - SKEW, notAfter }, signer);
      return { certificate: issued, fingerprint: fingerprintOf(new X509Certificate(issued)), notAfter };
    },
  };
}

/** SHA-256 of a certificate in hexadecimal: how `host_certificates` knows it. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

/** Whether it is time for a new one: when a third of the life is left. */
export function renewalDue(notAfter: number, now: number, life: number = CERTIFICATE_LIFE): boolean {
  return notAfter - now <= life / 3;
}
