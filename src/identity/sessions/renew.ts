import { randomBytes } from 'node:crypto';
import type { App } from '../../http/app.ts';
import { enabledUser } from '../tokens/authenticate.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { rolesOn } from '../tokens/issue.ts';
import { TOKEN_LIFETIME } from '../tokens/revocations.ts';
import type { IdentityState } from '../tokens/state.ts';
import { claimRenewal, findSession, noteRenewal, sessionIdOf } from './store.ts';

/** A token that lives no longer than this is replaced when its session is used. */
const DUE = TOKEN_LIFETIME / 2;
/** For how long the answer stands: a page asks for many things at once. */
const REMEMBERED = 60_000;
const MOST_REMEMBERED = 5_000;

type Parts = Pick<App, 'store' | 'secrets' | 'config' | 'clock' | 'log'>;

/**
 * Makes sessions last while they are in use: answers null at once while a token has long to live, and without a
 * database read. The promise is of null where there is nothing to be had: the token is then used up to its end.
 */
export function createRenewals(app: Parts, state: IdentityState): App['renewSession'] {
  const answers = new Map<string, { until: number; next: Promise<string | null> }>();
  return (token) => {
    const claims = state.readToken(token);
    const now = app.clock.now();
    if (!claims || claims.expiresAt - now > DUE) return null;
    const known = answers.get(token);
    if (known && known.until > now) return known.next;
    answers.delete(token);
    const oldest = answers.size >= MOST_REMEMBERED ? answers.keys().next() : undefined;
    if (oldest && !oldest.done) answers.delete(oldest.value);
    const next = renewed(app, state, claims);
    answers.set(token, { until: now + REMEMBERED, next });
    next.catch(() => answers.delete(token));
    return next;
  };
}

/**
 * The next token of a session: of the same scope, with the roles of today; null when another request or controller is
 * about it, or the provider cannot be asked. Throws ApiError 401 for a disabled user, also by the provider.
 */
async function renewed(app: Parts, state: IdentityState, claims: TokenClaims): Promise<string | null> {
  const session = await findSession(app.store.read, sessionIdOf(claims));
  if (!session) return null;
  const begun = app.clock.now();
  if (Math.min(begun + TOKEN_LIFETIME, session.ends_at) <= claims.expiresAt) return null;
  // One at a time: a refresh token is often good once, and using it twice looks like theft to the provider.
  const mine = await app.store.transaction((tx) => claimRenewal(tx, session, begun));
  if (!mine) return null;
  let changes: { sealed_refresh_token: string | null } | null = null;
  if (session.sealed_refresh_token !== null) {
    const { recheck } = await import('../federation/recheck.ts');
    changes = await recheck(app, state, session, begun);
    if (changes === null) return null;
  }
  const issuedAt = state.revocations.issueTime();
  const expiresAt = Math.min(issuedAt + TOKEN_LIFETIME, session.ends_at);
  await enabledUser(app, claims.userId, issuedAt);
  const roles = await rolesOn(app.store.read, claims.userId, claims.scope);
  const kept = await app.store.transaction((tx) => noteRenewal(tx, session.id, { ...changes, renewed_at: issuedAt }));
  if (!kept || (roles.length === 0 && claims.scope.kind !== 'none')) return null;
  const auditId = randomBytes(16).toString('base64url');
  return state.sign({ ...claims, roles, issuedAt, expiresAt, auditId, parentAuditId: session.id });
}
