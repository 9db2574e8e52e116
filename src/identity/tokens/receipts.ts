import { randomBytes } from 'node:crypto';
import { isoMicroseconds } from '../../core/clock.ts';
import { ApiError, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { findDomain } from '../store/projects.ts';
import type { UserRow } from '../store/users.ts';
import { parseToken, signToken, type TokenClaims } from './format.ts';
import type { IdentityState } from './state.ts';

/*
 * Half a log-in: who has shown one method and owes another gets a receipt for it, and sends it along with the rest
 * (https://docs.openstack.org/keystone/latest/admin/auth-totp.html#auth-receipts). It is signed like a token, with a
 * key of its own, so that it can never be mistaken for one.
 */

export const RECEIPT_HEADER = 'openstack-auth-receipt';

/** Keystone's `[receipt] expiration`: five minutes. */
const LIFETIME = 5 * 60_000;

/** The refusal that says which methods are still wanted, with a receipt for those that were right. */
export async function receiptFor(
  app: Pick<App, 'store' | 'secrets'>,
  state: IdentityState,
  { user, methods, rules }: { user: UserRow; methods: readonly string[]; rules: readonly (readonly string[])[] },
): Promise<ApiError> {
  const issuedAt = state.revocations.issueTime();
  const claims: TokenClaims = {
    ...{ userId: user.id, userDomainId: user.domain_id, scope: { kind: 'none' }, roles: [], methods },
    ...{ issuedAt, expiresAt: issuedAt + LIFETIME, auditId: randomBytes(16).toString('base64url') },
    ...{ parentAuditId: null, applicationCredential: null, delegation: null, federation: null },
  };
  const domain = await findDomain(app.store.read, user.domain_id);
  const receipt = {
    methods,
    user: { id: user.id, name: user.name, domain: { id: user.domain_id, name: domain?.name ?? '' } },
    issued_at: isoMicroseconds(issuedAt),
    expires_at: isoMicroseconds(claims.expiresAt),
  };
  return new ApiError(401, 'Unauthorized', 'Another method is needed to log in.', {
    headers: { [RECEIPT_HEADER]: signToken(claims, app.secrets.key('receipts')) },
    body: { receipt, required_auth_methods: rules },
  });
}

/** The methods that this user has shown already. Throws ApiError 401 for a receipt that is not valid, or of another user. */
export function methodsOfReceipt(
  app: Pick<App, 'clock' | 'secrets'>,
  state: IdentityState,
  user: UserRow,
  receipt: string | null,
): readonly string[] {
  if (receipt === null) return [];
  const claims = parseToken(receipt, app.secrets.key('receipts'));
  const valid =
    claims !== null &&
    claims.userId === user.id &&
    claims.expiresAt > app.clock.now() &&
    !state.revocations.isRevoked(claims);
  if (!valid) throw unauthorized();
  return claims.methods;
}
