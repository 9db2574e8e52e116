import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import type { AgentEndpoint } from './endpoint.ts';
import { ENROLMENT } from './invites.ts';
import { knownCertificates, RENEWABLE_FOR } from './known.ts';

/** Used and expired invites are kept so long, to be found in the audit log's company. */
const KEEP_INVITES = 30 * 24 * 60 * 60_000;

/**
 * Knows the certificates that the database knows, whichever controller issued or revoked them; ends connections of
 * those that are gone; renews the endpoint's own; forgets what is long over.
 */
export function createEnrolmentReconciler(app: App, endpoint: AgentEndpoint | null): Reconciler {
  const known = knownCertificates(app);
  let cleaned = Number.NEGATIVE_INFINITY;
  return {
    name: 'enrolment',
    signal: ENROLMENT,
    every: 10_000,
    // Each has a certificate of its own, and those of hosts in its memory.
    everywhere: true,
    async run() {
      await known.reload();
      endpoint?.endStrangers();
      await endpoint?.renew();
      const now = app.clock.now();
      if (now - cleaned < 60 * 60_000) return;
      cleaned = now;
      await app.store.transaction(async (tx) => {
        await tx.db
          .deleteFrom('host_invites')
          .where('expires_at', '<', now - KEEP_INVITES)
          .execute();
        await tx.db
          .deleteFrom('host_certificates')
          .where('not_after', '<', now - RENEWABLE_FOR)
          .execute();
      });
    },
  };
}
