import { badRequest, forbidden } from '../core/errors.ts';
import type { TrustRow } from './store/trusts.ts';

/** Keystone's default for how often a trust can be handed on. */
const MOST_REDELEGATIONS = 3;

/** What a request says of a trust, its moments read. */
export interface AskedTrust {
  impersonation: boolean;
  remainingUses: number | null;
  expiresAt: number | null;
  allowRedelegation: boolean;
  redelegationCount: number | null;
  roleIds: readonly string[];
}

/** The trust that the caller's token comes from, and which roles it has. */
export interface Source {
  trust: TrustRow;
  roleIds: readonly string[];
}

/**
 * How often a new trust may be handed on; and that a trust made from another one gives no more than that one
 * (https://docs.openstack.org/keystone/latest/user/trusts.html). Throws ApiError 400 or 403.
 */
export function redelegationCount(asked: AskedTrust, source: Source | null): number {
  const allowed = asked.allowRedelegation && asked.redelegationCount !== 0;
  if (allowed && (asked.redelegationCount ?? 0) > MOST_REDELEGATIONS) {
    throw forbidden(
      `Requested redelegation depth of ${asked.redelegationCount} is greater than allowed ${MOST_REDELEGATIONS}.`,
    );
  }
  if (allowed && asked.remainingUses !== null) {
    throw badRequest('remaining_uses must not be set if redelegation is allowed.');
  }
  if (source) checkSource(asked, source);
  if (!allowed) return 0;
  if (!source) return asked.redelegationCount ?? MOST_REDELEGATIONS;
  const remaining = source.trust.redelegation_count - 1;
  if (asked.redelegationCount !== null && asked.redelegationCount !== remaining) {
    throw forbidden('Modifying "redelegation_count" upon redelegation is forbidden. Omit it: it follows by itself.');
  }
  return remaining;
}

function checkSource(asked: AskedTrust, { trust, roleIds }: Source): void {
  if (trust.redelegation_count <= 0) {
    throw forbidden(`Remaining redelegation depth of 0: the trust ${trust.id} may not be handed on.`);
  }
  if (asked.remainingUses !== null) {
    throw forbidden('Field "remaining_uses" is set while it must not be set in order to redelegate a trust.');
  }
  if (trust.expires_at !== null && asked.expiresAt !== null && asked.expiresAt > trust.expires_at) {
    throw forbidden('Requested expiration time is more than redelegated trust can provide.');
  }
  if (asked.roleIds.some((id) => !roleIds.includes(id))) {
    throw forbidden('Some of requested roles are not in redelegated trust.');
  }
  if (asked.impersonation && !trust.impersonation) {
    throw forbidden(
      `Impersonation is not allowed because redelegated trust does not specify impersonation. Redelegated trust id: ${trust.id}.`,
    );
  }
}
