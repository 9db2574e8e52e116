import type { Clock } from '../../core/clock.ts';
import type { Store, Tx } from '../../store/store.ts';
import type { RevocationKind } from '../tables.ts';
import type { Scope, TokenClaims } from './format.ts';

/** How long a token lives: Keystone's default of an hour. */
export const TOKEN_LIFETIME = 60 * 60_000;

/**
 * Which tokens are void before they expire. The rows are in `token_revocations`, all of them also in memory, so that
 * a check reads no database. A row says: tokens of this kind and value issued until then are void.
 */
export interface Revocations {
  isRevoked(claims: TokenClaims): boolean;
  /** Writes a revocation, or several, in the transaction of its cause; it counts from the commit on. */
  revoke(tx: Tx, kind: RevocationKind, value: string | readonly string[]): Promise<void>;
  /**
   * The time of issue for a token. To be asked before anything is read that the token will vouch for: what is
   * revoked in between then also voids the token.
   */
  issueTime(): number;
  /** Reads what other controllers have revoked. */
  reload(): Promise<void>;
}

/** The value of a `grant` revocation: one user on one target. */
export function grantValue(userId: string, scope: Scope): string {
  return `${userId} ${scope.kind} ${'id' in scope ? scope.id : 'all'}`;
}

/** The signal of a revocation: other controllers read it. */
export const REVOKED = 'revocations';

/** Milliseconds within which a transaction that has named its time is committed, and controllers' clocks differ. */
const UNDER_WAY = 5 * 60_000;

/** Loads what is still of use. */
export async function loadRevocations(store: Store, clock: Clock): Promise<Revocations> {
  const entries = new Map<string, { issuedBefore: number; expiresAt: number }>();
  const keyOf = (kind: RevocationKind, value: string) => `${kind} ${value}`;
  // Two events in one millisecond must still have an order: a token issued after a revocation gets a later time, a
  // revocation after an issue at least the same.
  let latestIssue = 0;
  let latestRevocation = 0;
  let nextSweep = 0;
  const reload = async () => {
    const rows = await store.read
      .selectFrom('token_revocations')
      .selectAll()
      .where('expires_at', '>', clock.now())
      // What is older is known, but for what was under way then.
      .where('issued_before', '>', latestRevocation - UNDER_WAY)
      .execute();
    for (const row of rows) {
      const key = keyOf(row.kind, row.value);
      const issuedBefore = Math.max(row.issued_before, entries.get(key)?.issuedBefore ?? 0);
      entries.set(key, { issuedBefore, expiresAt: row.expires_at });
      latestRevocation = Math.max(latestRevocation, row.issued_before);
    }
  };
  await reload();
  const voids = (kind: RevocationKind, value: string, issuedAt: number) => {
    const entry = entries.get(keyOf(kind, value));
    return entry !== undefined && issuedAt <= entry.issuedBefore;
  };
  const delegationRevoked = ({ delegation, scope, issuedAt }: TokenClaims) => {
    if (!delegation) return false;
    if (delegation.kind === 'oauth') {
      return (
        voids('oauth_consumer', delegation.consumerId, issuedAt) ||
        voids('oauth_access_token', delegation.accessTokenId, issuedAt)
      );
    }
    // The token's user is one of the two: it rests on both.
    return (
      voids('trust', delegation.id, issuedAt) ||
      voids('user', delegation.trustorId, issuedAt) ||
      voids('user', delegation.trusteeId, issuedAt) ||
      (scope.kind !== 'none' && voids('grant', grantValue(delegation.trustorId, scope), issuedAt))
    );
  };
  const sweep = (at: number) => {
    if (at < nextSweep) return;
    nextSweep = at + 60_000;
    for (const [key, entry] of entries) if (entry.expiresAt <= at) entries.delete(key);
  };
  return {
    isRevoked(claims) {
      if (entries.size === 0) return false;
      const { scope, issuedAt } = claims;
      const credential = claims.applicationCredential;
      return (
        voids('audit', claims.auditId, issuedAt) ||
        (claims.parentAuditId !== null && voids('audit', claims.parentAuditId, issuedAt)) ||
        voids('user', claims.userId, issuedAt) ||
        voids('domain', claims.userDomainId, issuedAt) ||
        (scope.kind === 'project' &&
          (voids('project', scope.id, issuedAt) || voids('domain', scope.domainId, issuedAt))) ||
        (scope.kind === 'domain' && voids('domain', scope.id, issuedAt)) ||
        (scope.kind !== 'none' && voids('grant', grantValue(claims.userId, scope), issuedAt)) ||
        (credential !== null && voids('application_credential', credential.id, issuedAt)) ||
        claims.roles.some((role) => voids('role', role, issuedAt)) ||
        (claims.federation !== null && voids('identity_provider', claims.federation.identityProviderId, issuedAt)) ||
        delegationRevoked(claims)
      );
    },
    async revoke(tx, kind, value) {
      const at = Math.max(clock.now(), latestIssue);
      const row = { issued_before: at, expires_at: at + TOKEN_LIFETIME };
      const values = [value].flat();
      if (values.length === 0) return;
      await tx.db.deleteFrom('token_revocations').where('expires_at', '<=', at).execute();
      await tx.db
        .insertInto('token_revocations')
        .values(values.map((one) => ({ kind, value: one, ...row })))
        .onConflict((conflict) => conflict.columns(['kind', 'value']).doUpdateSet(row))
        .execute();
      tx.afterCommit(() => {
        // Again at the moment it takes effect: a token may have been issued since the row was written.
        const issuedBefore = Math.max(at, latestIssue);
        latestRevocation = Math.max(latestRevocation, issuedBefore);
        sweep(at);
        for (const one of values) entries.set(keyOf(kind, one), { issuedBefore, expiresAt: row.expires_at });
      });
      tx.raise(REVOKED);
    },
    issueTime() {
      latestIssue = Math.max(clock.now(), latestRevocation + 1);
      return latestIssue;
    },
    reload,
  };
}
