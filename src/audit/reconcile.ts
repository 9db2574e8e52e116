import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import { trimTrail } from './store.ts';

const DAY = 86_400_000;

/** Days that the trail goes back unless told otherwise. */
export const AUDIT_KEEP_DAYS = 365;

/** Forgets what is older than the operator wants to keep. */
export function createAuditReconciler(app: Pick<App, 'store' | 'clock' | 'config' | 'log'>): Reconciler {
  return {
    name: 'audit',
    signal: 'audit',
    every: 3_600_000,
    async run() {
      const days = app.config.auditKeepDays ?? AUDIT_KEEP_DAYS;
      const removed = await trimTrail(app.store, app.clock.now() - days * DAY);
      if (removed > 0) app.log.info('audit-trimmed', { removed, days });
    },
  };
}
