import { ApiFault } from '../../api/fault.ts';
import { plainRequest, type ApiRequest } from '../../api/request.ts';

/** What is asked for at the moment: name and password, a second factor, or a new password in place of an expired one. */
export type Step =
  { kind: 'password' } | { kind: 'code'; receipt: string; userId: string } | { kind: 'expired'; userId: string };

/** Signing in by name and password: https://docs.openstack.org/api-ref/identity/v3/#password-authentication-with-unscoped-authorization */
export function passwordRequest(user: string, domain: string, password: string): ApiRequest {
  // "Default" is the name of the domain whose id is `default`; others are known by name to their people.
  const named = {
    name: user,
    domain: domain.toLowerCase() === 'default' ? { id: 'default' } : { name: domain },
    password,
  };
  return plainRequest('POST', '/session', {
    body: { auth: { identity: { methods: ['password'], password: { user: named } } } },
  });
}

/** The second of two methods: the receipt of the first goes into the header Openstack-Auth-Receipt. */
export function codeRequest(userId: string, passcode: string): ApiRequest {
  return plainRequest('POST', '/session', {
    body: { auth: { identity: { methods: ['totp'], totp: { user: { id: userId, passcode } } } } },
  });
}

export function newPasswordRequest(userId: string, before: string, after: string): ApiRequest {
  return plainRequest('POST', `/identity/v3/users/${encodeURIComponent(userId)}/password`, {
    body: { user: { original_password: before, password: after } },
  });
}

/** The step that a refusal leads to; null when it is just wrong. Pure. */
export function nextStep(fault: unknown): Step | null {
  if (!(fault instanceof ApiFault) || fault.status !== 401) return null;
  if (fault.receipt !== null) {
    const { receipt } = fault.body as { receipt?: { user?: { id?: string } } };
    return { kind: 'code', receipt: fault.receipt, userId: receipt?.user?.id ?? '' };
  }
  const expired = /password is expired and needs to be changed for user: (\S+?)\.?$/.exec(fault.message);
  return expired === null ? null : { kind: 'expired', userId: expired[1] ?? '' };
}

/** A path of this site, whatever the address bar says: never another site's. Pure. */
export function safeReturn(path: string | null): string {
  return path !== null && /^\/(?![/\\])/.test(path) && !path.startsWith('/sign-in') ? path : '/';
}
