import type { Call, Reply } from '../../http/route.ts';
import type { OidcClientRow } from './store.ts';
import { keepTransaction, type Goal } from './transaction.ts';

/** Sends a browser to the provider. Throws ApiError 502 or 503. */
export async function beginSignIn(
  { app, request }: Pick<Call, 'app' | 'request'>,
  client: OidcClientRow,
  goal: Goal,
): Promise<Reply> {
  // Only a cloud whose people sign in elsewhere pays for it.
  const { beginAuthorization } = await import('./relying-party.ts');
  const { url, proof } = await beginAuthorization(app, client);
  const cookie = keepTransaction(app, request, {
    ...{ identityProviderId: client.identity_provider_id, protocolId: client.protocol_id, goal },
    ...proof,
  });
  return { status: 303, body: null, headers: { location: url, 'set-cookie': cookie, 'cache-control': 'no-store' } };
}
