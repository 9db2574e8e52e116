import { randomBytes } from 'node:crypto';
import type { App } from '../../http/app.ts';
import { enabledUser } from '../tokens/authenticate.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { rolesOn } from '../tokens/issue.ts';
import { TOKEN_LIFETIME } from '../tokens/revocations.ts';
import type { IdentityState } from '../tokens/state.ts';
import { findSession, noteRenewal, sessionIdOf } from './store.ts';

/** A token that lives no longer than this is replaced when its session is used. */
const DUE = TOKEN_LIFETIME / 2;
/** For how long the answer stands: a page asks for many things at once. */
const REMEMBERED = 60_000;
const MOST_REMEMBERED = 5_000;

type Parts = Pick<App, 'store' | 'config' | 'clock'>;

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

/** The next token of a session: of the same scope, with the roles of today. Throws ApiError 401 for a disabled user. */
async function renewed(app: Parts, state: IdentityState, claims: TokenClaims): Promise<string | null> {
  const issuedAt = state.revocations.issueTime();
  const session = await findSession(app.store.read, sessionIdOf(claims));
  if (!session) return null;
  const expiresAt = Math.min(issuedAt + TOKEN_LIFETIME, session.ends_at);
  if (expiresAt <= claims.expiresAt) return null;
  await enabledUser(app, claims.userId, issuedAt);
  const roles = await rolesOn(app.store.read, claims.userId, claims.scope);
  if (roles.length === 0 && claims.scope.kind !== 'none') return null;
  const kept = await app.store.transaction((tx) => noteRenewal(tx, session.id, { renewed_at: issuedAt }));
  if (!kept) return null;
  const auditId = randomBytes(16).toString('base64url');
  return state.sign({ ...claims, roles, issuedAt, expiresAt, auditId, parentAuditId: session.id });
}
