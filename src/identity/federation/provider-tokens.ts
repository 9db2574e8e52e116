import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { ApiError, badRequest, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { fromJson } from '../../store/json.ts';
import type { Claims } from './assertion.ts';
import { misconfigured } from './misconfigured.ts';
import { describe, introspect, userInfo } from './relying-party.ts';
import type { OidcClientRow } from './store.ts';

/* Tokens that a provider has signed and somebody else brings: a program's access token, and the news of a log-out. */

type Parts = Pick<App, 'store' | 'secrets' | 'config'>;

const TOLERANCE = 60;
/** Signatures with a key that both sides know are left out: they prove nothing to us (RFC 8725, 3.1). */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Keys by where they are: fetched again for a signature by an unknown one, at most every half minute. */
const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
const MOST_KEY_SETS = 100;

async function verify(
  app: Parts,
  client: OidcClientRow,
  token: string,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  const { issuer, jwks_uri } = (await describe(app, client)).serverMetadata();
  if (jwks_uri === undefined) throw misconfigured('it publishes no keys (jwks_uri)');
  if (keySets.size >= MOST_KEY_SETS) keySets.clear();
  const keys = keySets.get(jwks_uri) ?? createRemoteJWKSet(new URL(jwks_uri));
  keySets.set(jwks_uri, keys);
  const checks = { issuer, algorithms: ALGORITHMS, clockTolerance: TOLERANCE, ...options };
  try {
    return (await jwtVerify(token, keys, checks)).payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) {
      throw new ApiError(503, 'ProviderUnavailable', 'The identity provider does not answer: try again later.', {
        cause: error,
      });
    }
    throw unauthorized();
  }
}

/**
 * What a provider says of who an access token is for. One that is signed is checked by its keys, any other is asked
 * about; a token that was given to another program is refused, or whoever runs that could be all of its users here.
 * Throws ApiError 401, or 503 when the provider is away.
 */
export async function claimsOfAccessToken(
  app: Parts,
  client: OidcClientRow,
  token: string,
): Promise<Claims & { sub: string }> {
  const isSigned = token.split('.').length === 3;
  const configuration = await describe(app, client);
  const claims: Claims | null = isSigned
    ? await verify(app, client, token, { requiredClaims: ['sub', 'exp'] })
    : await introspect(configuration, token);
  if (!claims || !isForUs(client, claims)) throw unauthorized();
  // A program's token for itself may have no user (RFC 7662, 2.2): signed ones name the program there (RFC 9068, 2.2).
  const sub = claims['sub'] ?? claims['client_id'];
  if (typeof sub !== 'string') throw unauthorized();
  // The user info endpoint says more, but takes no tokens of a program for itself.
  const more = await userInfo(configuration, token, sub).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 503) throw error;
    return {};
  });
  return { ...claims, ...more, sub };
}

function isForUs(client: OidcClientRow, claims: Claims): boolean {
  const audiences = [client.client_id, ...fromJson<string[]>(client.audiences)];
  const named = [claims['aud'], claims['azp'], claims['client_id']].flat();
  return named.some((one) => typeof one === 'string' && audiences.includes(one));
}

const LOGGED_OUT = 'http://schemas.openid.net/event/backchannel-logout';

/**
 * Whose session has ended at a provider (OpenID Connect Back-Channel Logout 1.0, 2.6). Throws ApiError 400 for what is
 * no such news.
 */
export async function readLogoutToken(
  app: Parts,
  client: OidcClientRow,
  token: string,
): Promise<{ subject: string | null; session: string | null }> {
  const claims = await verify(app, client, token, {
    ...{ audience: client.client_id, maxTokenAge: '10 minutes', requiredClaims: ['iat', 'events'] },
  }).catch((error: unknown) => {
    throw error instanceof ApiError && error.status === 401 ? badRequest('The logout token is not valid.') : error;
  });
  const events = claims['events'];
  const isLogout = typeof events === 'object' && events !== null && LOGGED_OUT in events;
  const session = typeof claims['sid'] === 'string' ? claims['sid'] : null;
  const subject = claims.sub ?? null;
  if (!isLogout || 'nonce' in claims || (session === null && subject === null)) {
    throw badRequest('This is no logout token: it needs the event of a log-out, and a sub or sid.');
  }
  return { subject, session };
}
