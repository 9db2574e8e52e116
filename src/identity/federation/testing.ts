import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Provider, type ClientMetadata } from 'oidc-provider';
import type { TestReply } from '../../http/testing.ts';
import { identityCloud } from '../testing.ts';

/** Where the cloud of unit tests is. */
export const CLOUD = 'http://cloud.example:5000';

export interface Person {
  name: string;
  groups: string[];
}

export interface ProviderOptions {
  /** Who has an account, by what the provider knows them (`sub`). */
  people: ReadonlyMap<string, Person>;
  clients: ClientMetadata[];
  /** Where their mail addresses are. */
  mailDomain: string;
  /** Answers `/login/…`, where somebody says who they are, by `interactionFinished`. */
  login: (provider: Provider, request: IncomingMessage, response: ServerResponse) => void;
}

/** A real provider of OpenID Connect on loopback, which asks nobody whether the cloud may know their name. */
export async function listenAsProvider({ people, clients, mailDomain, login }: ProviderOptions) {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig' }] },
    clients,
    claims: { openid: ['sub', 'groups', 'preferred_username', 'email'] },
    // The claims are in the ID token, as Keycloak has them.
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of the test'] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      clientCredentials: { enabled: true },
    },
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
    async findAccount(_context, sub) {
      const person = people.get(sub);
      if (!person) return undefined;
      const { name, groups } = person;
      const claims = { sub, preferred_username: name, email: `${name}@${mailDomain}`, groups };
      return { accountId: sub, claims: async () => claims };
    },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, { uid }) => `/login/${uid}` },
  });
  const handle = provider.callback();
  listener.on('request', (request, response) => {
    if (request.url?.startsWith('/login/')) login(provider, request, response);
    else void handle(request, response);
  });
  const close = () => {
    listener.closeAllConnections();
    listener.close();
  };
  return { issuer, provider, privateKey, close };
}

/** A provider for unit tests, where `signInAs` says who is there and nobody is asked for a password. */
export async function startProvider(t: Pick<TestContext, 'after'>, people: ReadonlyMap<string, Person>) {
  let who = '';
  const {
    issuer,
    provider: op,
    privateKey,
    close,
  } = await listenAsProvider({
    people,
    mailDomain: 'school.example',
    clients: [
      {
        ...{ client_id: 'cloud', client_secret: 'the-secret', redirect_uris: [`${CLOUD}/session/oidc/callback`] },
        ...{ grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] },
        backchannel_logout_uri: `${CLOUD}/session/oidc/school/backchannel-logout`,
      },
      {
        client_id: 'other',
        client_secret: 'other-secret',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
      },
    ],
    login(provider, request, response) {
      const result = who === '' ? { error: 'access_denied' } : { login: { accountId: who } };
      provider.interactionFinished(request, response, result).catch(() => response.destroy());
    },
  });
  t.after(close);
  const sign = (claims: Record<string, unknown>, audience = 'cloud') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('2 minutes')
      .sign(privateKey);
  return { issuer, op, sign, signInAs: (sub: string) => (who = sub) };
}

/** Walks through the provider's pages as a browser does, up to where it is sent back to the cloud. */
async function follow(address: string): Promise<URL> {
  const jar = new Map<string, string>();
  let url = new URL(address);
  while (url.origin !== CLOUD) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie } });
    await reply.arrayBuffer();
    for (const line of reply.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      jar.set(name, value);
    }
    const next = reply.headers.get('location');
    assert.ok(next, `${url.href}: ${reply.status}`);
    url = new URL(next, url);
  }
  return url;
}

/** The cookies that an answer sets, as they are sent back. */
export const cookiesOf = (reply: TestReply): string[] =>
  [(reply.headers['set-cookie'] as string | string[] | undefined) ?? []].flat().map((line) => line.split(';')[0] ?? '');

/** A cloud whose people sign in at a provider, by rules for teachers and a choir. */
export async function school(t: TestContext) {
  const people = new Map<string, Person>([['42', { name: 'ann', groups: ['teachers', 'choir'] }]]);
  const { issuer, op, sign, signInAs } = await startProvider(t, people);
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const put = async (path: string, body: object) => {
    const reply = await cloud.call(admin, 'PUT', `/OS-FEDERATION${path}`, body);
    assert.ok(reply.status < 300, JSON.stringify(reply.body));
    return reply.body;
  };
  const rules = [
    {
      local: [{ user: { id: '{0}', name: '{1}', email: '{2}' } }],
      remote: [{ type: 'OIDC-sub' }, { type: 'OIDC-preferred_username' }, { type: 'OIDC-email' }],
    },
    {
      local: [{ group: { name: 'staff', domain: { id: 'default' } } }],
      remote: [{ type: 'HTTP_OIDC_GROUPS', any_one_of: ['teachers'] }],
    },
    {
      local: [{ projects: [{ name: 'choir', roles: [{ name: 'reader' }] }] }],
      remote: [{ type: 'OIDC-groups', any_one_of: ['choir'] }],
    },
  ];
  const group = (await cloud.call(admin, 'POST', '/groups', { group: { name: 'staff' } })).body.group.id as string;
  await put('/mappings/people', { mapping: { rules } });
  await put('/identity_providers/school', { identity_provider: { enabled: true, remote_ids: [issuer] } });
  await put('/identity_providers/school/protocols/openid', { protocol: { mapping_id: 'people' } });
  const oidc = {
    issuer,
    client_id: 'cloud',
    client_secret: 'the-secret',
    display_name: 'The school',
    own_project: true,
  };
  const path = '/identity_providers/school/protocols/openid/oidc';
  const client = (await put(path, { oidc })).oidc;
  assert.deepEqual([client.has_client_secret, JSON.stringify(client).includes('the-secret')], [true, false]);
  const begin = (address: string) => cloud.request('GET', address, { as: 'nobody' });
  const comeBack = async (begun: TestReply) => {
    const back = await follow(String(begun.headers['location']));
    const cookie = cookiesOf(begun).join('; ');
    return cloud.request('GET', back.pathname + back.search, { as: 'nobody', headers: { cookie } });
  };
  const signIn = async () => {
    const reply = await comeBack(await begin('/session/oidc/school?return_to=/servers'));
    return { reply, cookie: cookiesOf(reply).find((one) => one.startsWith('potluck-session')) ?? '' };
  };
  const session = (cookie: string) => cloud.request('GET', '/session?nocatalog', { as: 'nobody', headers: { cookie } });
  return { cloud, admin, people, issuer, op, sign, signInAs, begin, comeBack, signIn, session, put, group, path, oidc };
}
