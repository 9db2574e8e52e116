import { randomBytes } from 'node:crypto';
import * as oidc from 'openid-client';
import { messageOf } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { redirectUri } from '../wire/federation.ts';
import { clientAuthOf, TIMEOUT } from './relying-party.ts';

/*
 * Whether a provider can be signed in with, as far as that shows without somebody who signs in: what it says of itself,
 * whether it takes our client and its secret, and whether it objects to where it is to send people back to.
 */

/** What is asked about. */
export interface Asked {
  issuer: string;
  clientId: string;
  clientSecret: string | null;
  scopes: string;
}

export interface Finding {
  about: 'issuer' | 'client' | 'redirect';
  result: 'good' | 'bad' | 'unknown';
  /** For programs; `message` says it to people. */
  reason: string;
  message: string;
}

export interface Check {
  findings: Finding[];
  /** The claims that it says it has; null when it does not say. */
  claims: string[] | null;
}

type Described = { server: oidc.ServerMetadata; finding: Finding } | { server: null; finding: Finding };

/** Asks the provider. Never throws for what is wrong with it. */
export async function checkProvider(app: Pick<App, 'config'>, asked: Asked): Promise<Check> {
  const { server, finding } = await describe(asked.issuer);
  if (server === null) return { findings: [finding], claims: null };
  const configuration = new oidc.Configuration(server, asked.clientId, {}, clientAuthOf(asked.clientSecret));
  configuration.timeout = TIMEOUT;
  if (new URL(asked.issuer).protocol === 'http:') oidc.allowInsecureRequests(configuration);
  const others = await Promise.all([checkClient(app, configuration), checkRedirect(app, configuration, asked.scopes)]);
  const claims = server.claims_supported;
  return { findings: [finding, ...others], claims: Array.isArray(claims) ? claims.map(String) : null };
}

const said =
  (about: Finding['about']) =>
  (result: Finding['result'], reason: string, message: string): Finding => ({ about, result, reason, message });

/** What the provider says of itself (OpenID Connect Discovery 1.0, 4), or why that cannot be had. */
async function describe(issuer: string): Promise<Described> {
  const found = said('issuer');
  const bad = (reason: string, message: string): Described => ({
    server: null,
    finding: found('bad', reason, message),
  });
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let text: string;
  try {
    const answer = await fetch(address, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT * 1000),
    });
    text = await answer.text();
    if (answer.status >= 500) return bad('unavailable', `${address} answers ${answer.status}: try again later.`);
    if (answer.status !== 200) {
      return bad('not-found', `${address} answers ${answer.status}: is this the issuer, with its whole path?`);
    }
  } catch (error) {
    return { server: null, finding: unreachable(new URL(issuer).host, error) };
  }
  const server = parsed(text);
  if (server === null) {
    return bad('not-described', `${address} is not the description of an OpenID Connect provider: is this the issuer?`);
  }
  const { issuer: own, authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys } = server;
  if (!URL.canParse(own) || new URL(own).href !== new URL(issuer).href) {
    return bad('other-issuer', `It calls itself ${own}: give that as the issuer, to the letter.`);
  }
  if (authorization === undefined || token === undefined || keys === undefined) {
    return bad('incomplete', 'It does not say where people sign in, where tokens are, or which keys it signs with.');
  }
  return { server, finding: found('good', 'described', `${own} answers and describes itself.`) };
}

function parsed(text: string): oidc.ServerMetadata | null {
  try {
    const value: unknown = JSON.parse(text);
    const isOne = typeof value === 'object' && value !== null && 'issuer' in value && typeof value.issuer === 'string';
    return isOne ? (value as oidc.ServerMetadata) : null;
  } catch {
    return null;
  }
}

function unreachable(host: string, error: unknown): Finding {
  const bad = (reason: string, message: string) => said('issuer')('bad', reason, message);
  if (error instanceof DOMException) return bad('slow', `${host} does not answer within ${TIMEOUT} seconds.`);
  const { cause } = error as { cause?: { code?: string } };
  const code = cause?.code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return bad('unknown-name', `The controller finds no address for ${host}: is the name right?`);
  }
  if (/^(ERR_SSL|EPROTO)/.test(code)) return bad('no-tls', `${host} does not answer by https (${code}).`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return bad('certificate', `The controller does not trust the certificate of ${host} (${code}).`);
  }
  return bad('unreachable', `The controller cannot reach ${host}${code === '' ? '' : ` (${code})`}.`);
}

/** Asks for a token by a code that nobody was given: what is refused first is a client that is not known. */
async function checkClient(app: Pick<App, 'config'>, configuration: oidc.Configuration): Promise<Finding> {
  const found = said('client');
  try {
    await oidc.genericGrantRequest(configuration, 'authorization_code', {
      ...{ code: randomBytes(24).toString('base64url'), redirect_uri: redirectUri(app) },
      code_verifier: oidc.randomPKCECodeVerifier(),
    });
  } catch (error) {
    const code = error instanceof oidc.ResponseBodyError ? error.error : null;
    if (code === 'invalid_grant') return found('good', 'accepted', 'It takes the client id with its secret.');
    const refused = code === 'invalid_client' || code === 'unauthorized_client';
    if (refused || error instanceof oidc.WWWAuthenticateChallengeError) {
      return found('bad', 'refused', 'It does not take the client id with this secret: copy both from there again.');
    }
    const why = code ?? messageOf(error);
    return found('unknown', 'unclear', `Whether it takes the client does not show (${why}).`);
  }
  return found('unknown', 'unclear', 'Whether it takes the client does not show: it takes any code.');
}

/** Goes where people will be sent: an address to return to that is not known is refused before anybody is asked. */
async function checkRedirect(
  app: Pick<App, 'config'>,
  configuration: oidc.Configuration,
  scope: string,
): Promise<Finding> {
  const found = said('redirect');
  const uri = redirectUri(app);
  const url = oidc.buildAuthorizationUrl(configuration, {
    ...{ redirect_uri: uri, scope, state: oidc.randomState(), nonce: oidc.randomNonce() },
    code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  });
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT * 1000) });
    await answer.body?.cancel();
    const next = answer.headers.get('location') ?? '';
    const refused = next.startsWith(uri) ? new URL(next).searchParams.get('error') : null;
    if (refused !== null) {
      return found('bad', 'refuses-flow', `It sends people back with an error: ${refused}. Look at the client there.`);
    }
    if ((answer.status >= 400 && answer.status < 500) || /\/oauth\/error\b/.test(next)) {
      return found('bad', 'not-registered', `It does not let people be sent back here: register ${uri} there.`);
    }
    if (answer.status < 400) return found('good', 'no-objection', `It does not object to ${uri}.`);
  } catch {
    // What is said below.
  }
  return found('unknown', 'unclear', 'Its page for signing in does not answer as it should.');
}
