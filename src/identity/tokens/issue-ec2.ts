import { unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { findApplicationCredential } from '../store/application-credentials.ts';
import { findTrust } from '../store/trusts.ts';
import { enabledUser, ALONE } from './authenticate.ts';
import type { TokenClaims } from './format.ts';
import { issueFor } from './issue.ts';
import type { IdentityState } from './state.ts';

/** An access key, with what it was made through. */
export interface Ec2Credential {
  userId: string;
  projectId: string;
  secret: string;
  trustId: string | null;
  applicationCredentialId: string | null;
}

/** A token for the owner of an access key, no wider than what the key was made through. Throws ApiError 401 or 403. */
export async function issueForEc2(
  app: App,
  state: IdentityState,
  context: Context,
  key: Ec2Credential,
): Promise<TokenClaims> {
  const issuedAt = state.revocations.issueTime();
  const db = app.store.read;
  if (key.trustId !== null) {
    // With impersonation the key is the trustor's in name; it is the trustee who was trusted.
    const trust = await findTrust(db, context.now, key.trustId);
    if (!trust || trust.project_id !== key.projectId) throw unauthorized();
    const user = await enabledUser(app, trust.trustee_user_id, context.now);
    const who = { ...ALONE, user, methods: ['ec2credential'] };
    return issueFor(app, context, who, { scope: { 'OS-TRUST:trust': { id: trust.id } }, issuedAt });
  }
  const user = await enabledUser(app, key.userId, context.now);
  const who = { ...ALONE, user, methods: ['ec2credential'] };
  if (key.applicationCredentialId === null) {
    return issueFor(app, context, who, { scope: { project: { id: key.projectId } }, issuedAt });
  }
  const credential = await findApplicationCredential(db, key.applicationCredentialId);
  const usable = credential && (credential.expires_at === null || credential.expires_at > context.now);
  if (!usable || credential.project_id !== key.projectId || credential.user_id !== user.id) throw unauthorized();
  return issueFor(app, context, { ...who, applicationCredential: credential }, { scope: undefined, issuedAt });
}
