import type { IdentityProvider } from '../../../api/queries/federation.ts';
import type { Session } from '../../../api/session.ts';

/** What people call a provider. Pure. */
export const providerName = ({ id, description }: Pick<IdentityProvider, 'id' | 'description'>): string =>
  description === null || description === '' ? id : description;

/** Where a provider is to send browsers back to; it is told before anything is set up here. Pure. */
export function redirectUriOf(catalog: Session['token']['catalog'], origin: string): string {
  const identity = catalog?.find(({ type }) => type === 'identity');
  const url = identity?.endpoints.find((one) => one.interface === 'public')?.url;
  return `${url?.replace(/\/identity(\/v3)?\/?$/, '') ?? origin}/session/oidc/callback`;
}
