import { ApiError, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { writeAudit } from '../../store/audit.ts';
import { begin, type Session } from '../sessions/sign-in.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { issueFor } from '../tokens/issue.ts';
import type { IdentityState } from '../tokens/state.ts';
import { arrive } from './arrive.ts';
import { findOidcClient } from './store.ts';
import type { Transaction } from './transaction.ts';

/** What came of a sign-in at a provider. */
export type Completed = { session: Session; token: null } | { session: null; token: TokenClaims };

/**
 * Ends a sign-in that a transaction began, with the query that the provider sent the browser back with. Throws ApiError
 * 401 for who may not come in, 502 and 503 for the provider's troubles.
 */
export async function complete(
  app: App,
  state: IdentityState,
  context: Context,
  { transaction, query, userAgent }: { transaction: Transaction; query: string; userAgent: string | undefined },
): Promise<Completed> {
  const { identityProviderId, protocolId, goal } = transaction;
  const client = await findOidcClient(app.store.read, identityProviderId, protocolId);
  if (!client) throw unauthorized();
  const { finishAuthorization } = await import('./relying-party.ts');
  const said = await finishAuthorization(app, client, query, transaction);
  const from = { identityProviderId, protocolId };
  const who = await arrive(app, state, context, { from, claims: said.claims, ownProject: client.own_project === 1 });
  const issuedAt = state.revocations.issueTime();
  if (goal.kind === 'websso') {
    const token = await issueFor(app, context, who, { scope: 'unscoped', issuedAt });
    const { methods, auditId: audit_id } = token;
    await app.store.transaction((tx) =>
      writeAudit(tx, context, 'identity:federation:websso', token.userId, { methods, audit_id, origin: goal.origin }),
    );
    return { session: null, token };
  }
  const sid = said.claims['sid'];
  const elsewhere = {
    ...{ identity_provider_id: identityProviderId, protocol_id: protocolId, subject: said.claims.sub },
    provider_session: typeof sid === 'string' ? sid : null,
    sealed_refresh_token: said.refreshToken === null ? null : app.secrets.seal('refresh-token', said.refreshToken),
  };
  return { session: await begin(app, context, who, { scope: undefined, issuedAt, userAgent, elsewhere }), token: null };
}

/** What the sign-in page is told of a failure; its operator finds the rest in the log. */
export function failureCode(error: unknown): string {
  if (!(error instanceof ApiError)) return 'misconfigured';
  if (error.status === 503) return 'provider_unavailable';
  if (error.status >= 500) return 'misconfigured';
  return error.type === 'access_denied' || error.type.endsWith('_required') ? 'cancelled' : 'not_allowed';
}
