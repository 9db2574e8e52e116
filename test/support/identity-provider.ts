import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { listenAsProvider, type Person } from '../../src/identity/federation/testing.ts';

export type { Person };

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
  const [clientId, clientSecret] = ['cloud', 'secret-of-the-test'];
  const { issuer, provider, close } = await listenAsProvider({
    people,
    mailDomain: 'association.example',
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] },
        grant_types: ['authorization_code', 'password', 'client_credentials'],
      },
    ],
    login(of, request, response) {
      if (request.method !== 'POST') return response.setHeader('content-type', 'text/html').end(PAGE);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const accountId = new URLSearchParams(Buffer.concat(chunks).toString()).get('account') ?? '';
        const result = people.has(accountId) ? { login: { accountId } } : { error: 'access_denied' };
        of.interactionFinished(request, response, result).catch(() => response.destroy());
      });
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
  return { issuer, clientId, clientSecret, close };
}
