import { request } from '../../api/request.ts';
import { openstack, type Operation } from '../../how/operation.ts';

export const listCredentials = (userId: string): Operation => ({
  request: request('GET /identity/v3/users/{user_id}/application_credentials', { path: { user_id: userId } }),
  command: openstack('application', 'credential', 'list'),
});

/** `expires`: an ISO date in UTC, or null for never. Its roles are those that the person has in the project. */
export const createCredential = (
  userId: string,
  { name, description, expires }: { name: string; description: string; expires: string | null },
): Operation => ({
  request: request('POST /identity/v3/users/{user_id}/application_credentials', {
    path: { user_id: userId },
    body: {
      application_credential: {
        name,
        ...(description !== '' && { description }),
        ...(expires !== null && { expires_at: expires }),
      },
    },
  }),
  command: openstack(
    'application',
    'credential',
    'create',
    description !== '' && ['--description', description],
    expires !== null && ['--expiration', expires],
    name,
  ),
});

export const deleteCredential = (userId: string, one: { id: string; name: string }): Operation => ({
  request: request('DELETE /identity/v3/users/{user_id}/application_credentials/{application_credential_id}', {
    path: { user_id: userId, application_credential_id: one.id },
  }),
  command: openstack('application', 'credential', 'delete', one.name),
});

/** The moment some days from now as Keystone takes it: `2026-11-21T14:00:00`; null for 0 days, which is never. Pure. */
export function expiryOf(days: number, now: Date): string | null {
  if (days === 0) return null;
  return new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 19);
}
