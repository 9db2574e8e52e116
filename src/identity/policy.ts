import { forbidden, type ApiError } from '../core/errors.ts';
import type { Context } from '../http/context.ts';

/*
 * Who may do what with identity, as Keystone's default policies say
 * (https://docs.openstack.org/keystone/latest/admin/service-api-protection.html): an admin everything; a reader of the
 * system sees everything; manager and reader on a domain's scope rule and see within that domain; everybody sees
 * themselves.
 */

/** The answer to who may not do something at all, worded like Keystone's. */
export function notAllowed(operation: string): ApiError {
  return forbidden(`You are not authorized to perform the requested action: identity:${operation}.`);
}

/** An administrator of the whole cloud: by a project or the system. A token for a domain is not for what is above it. */
export const rulesAll = (context: Context) => context.isAdmin && context.domainId === null;

export const seesAll = (context: Context) => rulesAll(context) || (context.system && context.roles.includes('reader'));

/** Whether things of this domain are seen; null stands for what belongs to no domain. */
export function seesDomain(context: Context, domainId: string | null): boolean {
  if (domainId === null) return seesAll(context);
  if (seesAll(context) || context.isAdmin) return true;
  return context.domainId === domainId && context.roles.includes('reader');
}

/** Whether things of this domain may be changed; null stands for what belongs to no domain. */
export function managesDomain(context: Context, domainId: string | null): boolean {
  if (domainId === null) return rulesAll(context);
  return context.isAdmin || (context.domainId === domainId && context.roles.includes('manager'));
}

export function requireAdmin(context: Context, operation: string): void {
  if (!rulesAll(context)) throw notAllowed(operation);
}

export function requireSeesAll(context: Context, operation: string): void {
  if (!seesAll(context)) throw notAllowed(operation);
}

/** Of which domain a caller may list things: null for all of them. Throws ApiError 403 when of none. */
export function listedDomain(context: Context, operation: string): string | null {
  if (seesAll(context)) return null;
  if (context.domainId !== null && context.roles.includes('reader')) return context.domainId;
  throw notAllowed(operation);
}

/** Throws ApiError 403 for callers who manage no domain at all, before anything is looked up. */
export function requireManager(context: Context, operation: string): void {
  if (context.isAdmin || (context.domainId !== null && context.roles.includes('manager'))) return;
  throw notAllowed(operation);
}

/** Roles that the manager of a domain may hand out; admin is not among them. */
export const ROLES_OF_A_MANAGER: readonly string[] = ['manager', 'member', 'reader'];
