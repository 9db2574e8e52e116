import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { errors, Provider, type KoaContextWithOIDC } from 'oidc-provider';

/** Somebody with an account at the provider. */
export interface Person {
  name: string;
  groups: string[];
}

export interface IdentityProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  close(): void;
}

const PAGE = `<!doctype html><html lang="en"><title>Account</title><main><h1>Account of the association</h1>
<form method="post"><label>Account <input name="account" autofocus></label> <button>Sign in</button></form></main></html>`;

/**
 * A real provider of OpenID Connect on loopback, with a page on which one says who one is; it believes it. `people` are
 * by what the provider knows them (`sub`); `redirectUri` is where the cloud wants them back.
 */
export async function startIdentityProvider(
  people: ReadonlyMap<string, Person>,
  redirectUri: string,
): Promise<IdentityProvider> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ['cloud', 'secret-of-the-test'];
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig' }] },
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] },
        grant_types: ['authorization_code', 'password', 'client_credentials'],
      },
    ],
    claims: { openid: ['sub', 'groups', 'preferred_username', 'email'] },
    // The claims are in the ID token, as Keycloak has them.
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of the test'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
    },
    interactions: { url: (_context, { uid }) => `/login/${uid}` },
    async findAccount(_context, sub) {
      const person = people.get(sub);
      if (!person) return undefined;
      const { name, groups } = person;
      const claims = { sub, preferred_username: name, email: `${name}@association.example`, groups };
      return { accountId: sub, claims: async () => claims };
    },
    // Nobody is asked whether the cloud may know their name.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  // As providers have it for programs (RFC 6749, 4.3); any password will do.
  const byPassword = async (context: KoaContextWithOIDC) => {
    const { client, params } = context.oidc;
    const accountId = params?.['username'];
    if (!client || typeof accountId !== 'string' || !people.has(accountId))
      throw new errors.InvalidGrant('no such account');
    const grant = new provider.Grant({ clientId: client.clientId, accountId });
    grant.addOIDCScope('openid profile email');
    const about = { accountId, client, grantId: await grant.save(), gty: 'password', scope: 'openid profile email' };
    const token = new provider.AccessToken({ ...about, claims: {}, expiresWithSession: false } as never);
    context.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: 3600 };
  };
  provider.registerGrantType('password', byPassword, ['username', 'password', 'scope']);
  const handle = provider.callback();
  listener.on('request', (request, response) => {
    if (request.url?.startsWith('/login/') !== true) return void handle(request, response);
    if (request.method !== 'POST') return response.setHeader('content-type', 'text/html').end(PAGE);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const accountId = new URLSearchParams(Buffer.concat(chunks).toString()).get('account') ?? '';
      const result = people.has(accountId) ? { login: { accountId } } : { error: 'access_denied' };
      provider.interactionFinished(request, response, result).catch(() => response.destroy());
    });
  });
  return {
    ...{ issuer, clientId, clientSecret },
    close() {
      listener.closeAllConnections();
      listener.close();
    },
  };
}
