import { forbidden, unauthorized } from '../core/errors.ts';
import type { Context } from '../http/context.ts';

/**
 * Who may call an operation at all; which objects they then see is decided by the store's queries.
 * `reader` to `admin` follow OpenStack's secure RBAC personas
 * (https://governance.openstack.org/tc/goals/selected/consistent-and-secure-rbac.html); each includes the next lower.
 * `agent` is a host's own token, not a user's.
 */
export type Access = 'public' | 'authenticated' | 'reader' | 'member' | 'manager' | 'admin' | 'agent';

/** Throws ApiError 401 without a token, 403 without the role. */
export function checkAccess(access: Access, context: Context, operation: string): void {
  if (access === 'public' || access === 'agent') return;
  if (context.token === null && !context.system) throw unauthorized();
  if (access === 'authenticated') return;
  // A domain's administrator rules a domain, with operations made for that; the whole cloud is not in its scope.
  if (access === 'admin' && context.domainId !== null) {
    throw forbidden(`Policy doesn't allow ${operation} to be performed with a token for a domain.`);
  }
  if (!context.roles.includes(access)) {
    throw forbidden(`Policy doesn't allow ${operation} to be performed: it needs the role ${access}.`);
  }
}
