import { unauthorized } from '../core/errors.ts';
import type { HostId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Store } from '../store/store.ts';

/** Certificates that end are still good for asking for a new one, this long: a machine may be off over the summer. */
export const RENEWABLE_FOR = 400 * 24 * 60 * 60_000;

interface Known {
  host: HostId;
  notAfter: number;
}

/** The certificates of hosts in memory, so that a request of an agent needs no database read. */
export interface KnownCertificates {
  /** Whose it is. Throws ApiError 401 when it is revoked, replaced or expired. */
  verify(fingerprint: string): HostId;
  /** Whose it is, though it may have expired; undefined when it is not known. */
  find(fingerprint: string): HostId | undefined;
  has(fingerprint: string): boolean;
  add(fingerprint: string, known: Known): void;
  /** Forgets all of a host but one. */
  drop(host: HostId, except?: string): void;
  /** Reads them again: another controller may have issued or revoked some. */
  reload(): Promise<void>;
}

const all = new WeakMap<Store, KnownCertificates>();

/** The certificates that this controller knows; none before the first `reload`. */
export function knownCertificates({ store, clock }: Pick<App, 'store' | 'clock'>): KnownCertificates {
  const made = all.get(store);
  if (made) return made;
  let known = new Map<string, Known>();
  const unknown = (words: string) =>
    unauthorized(`${words} To enrol this machine (again), ask the operator: potluck host invite`);
  const certificates: KnownCertificates = {
    verify(fingerprint) {
      const found = known.get(fingerprint);
      if (!found) throw unknown("This machine's certificate was revoked, or its host was removed.");
      if (found.notAfter < clock.now()) throw unauthorized("This machine's certificate has expired: renew it.");
      return found.host;
    },
    find(fingerprint) {
      const found = known.get(fingerprint);
      return found && clock.now() - found.notAfter <= RENEWABLE_FOR ? found.host : undefined;
    },
    has: (fingerprint) => known.has(fingerprint),
    add: (fingerprint, one) => void known.set(fingerprint, one),
    drop(host, except) {
      for (const [fingerprint, one] of known)
        if (one.host === host && fingerprint !== except) known.delete(fingerprint);
    },
    async reload() {
      const rows = await store.read
        .selectFrom('host_certificates')
        .select(['fingerprint', 'host_id', 'not_after'])
        .execute();
      known = new Map(rows.map((row) => [row.fingerprint, { host: row.host_id, notAfter: row.not_after }]));
    },
  };
  all.set(store, certificates);
  return certificates;
}
