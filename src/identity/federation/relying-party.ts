import * as oidc from 'openid-client';
import { ApiError, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Store } from '../../store/store.ts';
import { redirectUri } from '../wire/federation.ts';
import type { Claims } from './assertion.ts';
import { misconfigured } from './misconfigured.ts';
import type { OidcClientRow } from './store.ts';

/*
 * Potluck as a relying party of OpenID Connect (https://openid.net/specs/openid-connect-core-1_0.html): what
 * mod_auth_openidc does in front of Keystone.
 */

type Parts = Pick<App, 'store' | 'secrets' | 'config'>;

/** What the browser brings back besides the provider's answer, sealed in a cookie. */
export interface Proof {
  state: string;
  nonce: string;
  verifier: string;
}

/** What a provider has said of a user who signed in, and with which it can be asked again. */
export interface Said {
  claims: Claims & { sub: string };
  refreshToken: string | null;
}

/** Seconds for an answer of a provider, and milliseconds for which its description is believed. */
export const TIMEOUT = 10;
const DESCRIBED_FOR = 60 * 60_000;
/** Seconds that the clocks of provider and cloud may differ. */
const CLOCK_TOLERANCE = 60;

interface Described {
  until: number;
  configuration: Promise<oidc.Configuration>;
}
const described = new WeakMap<Store, Map<string, Described>>();

/** The provider as it describes itself. Throws ApiError 503 when it cannot be reached. */
export async function describe(app: Parts, client: OidcClientRow): Promise<oidc.Configuration> {
  const known = described.get(app.store) ?? new Map<string, Described>();
  described.set(app.store, known);
  const key = [client.issuer, client.client_id, client.sealed_client_secret].join(' ');
  const now = performance.now();
  for (const [other, { until }] of known) if (until <= now) known.delete(other);
  const found = known.get(key);
  if (found) return answered(found.configuration);
  const configuration = discover(app, client);
  known.set(key, { until: now + DESCRIBED_FOR, configuration });
  configuration.catch(() => known.delete(key));
  return answered(configuration);
}

async function discover(app: Parts, client: OidcClientRow): Promise<oidc.Configuration> {
  const sealed = client.sealed_client_secret;
  const issuer = new URL(client.issuer);
  return oidc.discovery(
    issuer,
    client.client_id,
    { [oidc.clockTolerance]: CLOCK_TOLERANCE },
    clientAuthOf(sealed === null ? null : app.secrets.open('oidc-client', sealed)),
    { timeout: TIMEOUT, execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [] },
  );
}

/** By the method that the provider takes; the first of the standard unless it says otherwise. Null for a public client. */
export function clientAuthOf(secret: string | null): oidc.ClientAuth {
  if (secret === null) return oidc.None();
  const basic = oidc.ClientSecretBasic(secret);
  const post = oidc.ClientSecretPost(secret);
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

/** Where to send the browser, and what it has to bring back. Throws ApiError 503. */
export async function beginAuthorization(app: Parts, client: OidcClientRow): Promise<{ url: string; proof: Proof }> {
  const configuration = await describe(app, client);
  const proof = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri(app),
    scope: client.scopes,
    state: proof.state,
    nonce: proof.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(proof.verifier),
    code_challenge_method: 'S256',
  });
  return { url: url.href, proof };
}

/**
 * What the provider says of who came back with this query: the code is exchanged, the ID token checked. Throws ApiError
 * 401 where the user was refused there, 502 where the two of us do not understand each other, 503 where it is away.
 */
export async function finishAuthorization(
  app: Parts,
  client: OidcClientRow,
  query: string,
  proof: Proof,
): Promise<Said> {
  const configuration = await describe(app, client);
  const tokens = await answered(
    oidc.authorizationCodeGrant(configuration, new URL(`${redirectUri(app)}?${query}`), {
      expectedState: proof.state,
      expectedNonce: proof.nonce,
      pkceCodeVerifier: proof.verifier,
      idTokenExpected: true,
    }),
  );
  return said(configuration, tokens, null);
}

/** What the provider says of a user now. Throws ApiError 401 when it does not vouch for them any more, else as above. */
export async function refresh(app: Parts, client: OidcClientRow, refreshToken: string, subject: string): Promise<Said> {
  const configuration = await describe(app, client);
  const tokens = await answered(oidc.refreshTokenGrant(configuration, refreshToken));
  const now = await said(configuration, tokens, subject);
  return { ...now, refreshToken: now.refreshToken ?? refreshToken };
}

async function said(
  configuration: oidc.Configuration,
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  known: string | null,
): Promise<Said> {
  const inToken: Claims = tokens.claims() ?? {};
  const subject = typeof inToken['sub'] === 'string' ? inToken['sub'] : known;
  if (subject === null || (known !== null && subject !== known)) throw unauthorized();
  const claims = { ...inToken, ...(await userInfo(configuration, tokens.access_token, subject)), sub: subject };
  return { claims, refreshToken: tokens.refresh_token ?? null };
}

/** What a provider says of the user of an access token beyond the token; nothing where it has no such endpoint. */
export async function userInfo(
  configuration: oidc.Configuration,
  accessToken: string,
  subject: string,
): Promise<Claims> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  return answered(oidc.fetchUserInfo(configuration, accessToken, subject));
}

/** What a provider says of a token that is just a name to us; null when it is not valid. */
export async function introspect(configuration: oidc.Configuration, token: string): Promise<Claims | null> {
  if (configuration.serverMetadata().introspection_endpoint === undefined) return null;
  const answer = await answered(oidc.tokenIntrospection(configuration, token));
  return answer.active ? { ...answer } : null;
}

/** Refusals that are about the user, of those that a provider answers (RFC 6749, 4.1.2.1 and 5.2). */
const REFUSED = ['access_denied', 'invalid_grant', 'login_required', 'interaction_required', 'consent_required'];

/** Tells apart a provider that says no, one that we are not set up for, and one that is away. */
async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
      if (REFUSED.includes(error.error)) {
        throw new ApiError(401, error.error, `The identity provider says no: ${error.error}.`, { cause: error });
      }
      throw misconfigured(
        `it answers ${error.error}${error.error_description ? ` (${error.error_description})` : ''}`,
        error,
      );
    }
    if (error instanceof oidc.WWWAuthenticateChallengeError) {
      throw misconfigured('it does not take the client id with its secret, or a token of its own', error);
    }
    if (error instanceof oidc.ClientError && !isAway(error)) {
      throw misconfigured('its answer does not pass the checks of OpenID Connect', error);
    }
    throw new ApiError(503, 'ProviderUnavailable', 'The identity provider does not answer: try again later.', {
      cause: error,
    });
  }
}

/** Too late, or a fault of the provider's own. */
function isAway({ code, cause }: oidc.ClientError): boolean {
  return code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT' || (cause instanceof Response && cause.status >= 500);
}
