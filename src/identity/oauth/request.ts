import type { FastifyRequest } from 'fastify';
import { badRequest, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Store } from '../../store/store.ts';
import { parseAuthorization, signatureFits, type SignedRequest } from './signature.ts';

/** How far a client's clock may be off, and how long a nonce is remembered. */
const TIMESTAMP_LIFETIME = 10 * 60_000;

/** What of a request its signature covers. Throws ApiError 400 when it is not signed at all. */
export function signedRequest(app: Pick<App, 'config'>, request: FastifyRequest): SignedRequest {
  const oauth = parseAuthorization(request.headers.authorization);
  if (!oauth) throw badRequest('Expecting an Authorization header of the scheme OAuth: sign the request.');
  const [path = '', query = ''] = request.url.split('?', 2);
  const roots = [app.config.publicUrl, `${request.protocol}://${request.headers.host ?? ''}`];
  return {
    method: request.method,
    urls: [...new Set(roots)].map(
      (root) => root.toLowerCase().replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2') + path,
    ),
    query: [...new URLSearchParams(query)],
    oauth,
  };
}

/** A parameter that the step cannot do without. Throws ApiError 400. */
export function required({ oauth }: SignedRequest, name: string): string {
  const value = oauth.get(name);
  if (value) return value;
  throw badRequest(`Expecting to find ${name} in the Authorization header.`);
}

/** Throws ApiError 401 unless the request is signed with these secrets, fresh, and seen for the first time. */
export async function requireSigned(
  store: Store,
  now: number,
  request: SignedRequest,
  secrets: { consumerId: string; consumer: string; token: string },
): Promise<void> {
  if (!signatureFits(request, secrets.consumer, secrets.token)) throw unauthorized('Invalid signature.');
  const timestamp = Number(required(request, 'oauth_timestamp')) * 1000;
  if (!(Math.abs(now - timestamp) <= TIMESTAMP_LIFETIME)) throw unauthorized('The signature is too old.');
  const nonce = required(request, 'oauth_nonce').slice(0, 255);
  await store.transaction(async (tx) => {
    await tx.db.deleteFrom('oauth_nonces').where('expires_at', '<=', now).execute();
    const result = await tx.db
      .insertInto('oauth_nonces')
      .values({ consumer_id: secrets.consumerId, nonce, expires_at: timestamp + 2 * TIMESTAMP_LIFETIME })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (result.numInsertedOrUpdatedRows === 0n) throw unauthorized('The nonce was used before.');
  });
}
