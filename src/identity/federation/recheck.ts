import { ApiError, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { systemContext } from '../../http/context.ts';
import { writeAudit } from '../../store/audit.ts';
import { endSessions, type SessionRow } from '../sessions/store.ts';
import type { IdentityState } from '../tokens/state.ts';
import { arrive } from './arrive.ts';
import { findOidcClient } from './store.ts';

type Parts = Pick<App, 'store' | 'secrets' | 'config' | 'log'>;

/**
 * Asks the provider of a session's user whether that is still so, and mends groups and projects by its answer. Answers
 * what it is to be asked with next time; null when it cannot be reached, and nothing is known. Throws ApiError 401, with
 * the session ended, when it says no.
 */
export async function recheck(
  app: Parts,
  state: IdentityState,
  session: SessionRow,
  now: number,
): Promise<{ sealed_refresh_token: string | null } | null> {
  const { identity_provider_id: providerId, protocol_id: protocolId, sealed_refresh_token: sealed, subject } = session;
  if (providerId === null || protocolId === null || sealed === null || subject === null) {
    return { sealed_refresh_token: sealed };
  }
  const context = systemContext(now, `session-${session.id}`);
  try {
    const client = await findOidcClient(app.store.read, providerId, protocolId);
    if (!client) throw unauthorized();
    const { refresh } = await import('./relying-party.ts');
    const said = await refresh(app, client, app.secrets.open('refresh-token', sealed), subject);
    const from = { identityProviderId: providerId, protocolId };
    const who = await arrive(app, state, context, { from, claims: said.claims, ownProject: false });
    if (who.user.id !== session.user_id) throw unauthorized();
    const next = said.refreshToken;
    return { sealed_refresh_token: next === null ? null : app.secrets.seal('refresh-token', next) };
  } catch (error) {
    app.log.warn('session-recheck', { identity_provider: providerId, user: session.user_id, error });
    if (!(error instanceof ApiError) || error.status >= 500) return null;
    await app.store.transaction(async (tx) => {
      await endSessions(tx, state.revocations, [session.id]);
      await writeAudit(tx, context, 'session:sessions:end', session.user_id, {
        ...{ session: session.id, identity_provider: providerId, reason: error.type },
      });
    });
    throw unauthorized();
  }
}
