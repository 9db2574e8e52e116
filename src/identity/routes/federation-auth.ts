import { Type } from 'typebox';
import { badRequest, notFound, unauthorized } from '../../core/errors.ts';
import { route, type Call, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { arrive } from '../federation/arrive.ts';
import { enabledOidcClients, findOidcClient, getProtocol, type OidcClientRow } from '../federation/store.ts';
import { beginSignIn } from '../federation/begin.ts';
import { issueFor } from '../tokens/issue.ts';
import { identityState } from '../tokens/state.ts';
import { requireUnlocked } from '../throttle.ts';
import { AnyQuery, missing, parameter, type Query } from '../wire/common.ts';
import { FEDERATION } from '../wire/federation.ts';
import { renderToken } from '../wire/tokens.ts';
import { authRoutes } from './auth.ts';
import { ProviderId } from './identity-providers.ts';

/* Tokens by the word of an identity provider: for programs that bring its access token, and for other consoles. */

const asked = Type.Object({ idp_id: ProviderId, protocol_id: ProviderId });

/** By an access token of the provider, in Authorization: an unscoped token, which is exchanged for a scoped one. */
async function authenticate({
  app,
  context,
  params,
  request,
}: Call<{ idp_id: string; protocol_id: string }>): Promise<Reply> {
  const { idp_id, protocol_id } = params;
  await getProtocol(app.store.read, idp_id, protocol_id);
  const client = await findOidcClient(app.store.read, idp_id, protocol_id);
  if (!client) throw missing('OpenID Connect client', `${idp_id}/${protocol_id}`);
  const [, token] = /^Bearer ([^\s]{1,16384})$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) {
    throw unauthorized('Send an access token of the identity provider: Authorization: Bearer TOKEN.');
  }
  const state = await identityState(app);
  const account = `oidc ${idp_id}`;
  await requireUnlocked(state.throttle, context, account);
  // Only who comes this way pays for it.
  const { claimsOfAccessToken } = await import('../federation/provider-tokens.ts');
  const from = { identityProviderId: idp_id, protocolId: protocol_id };
  const who = await claimsOfAccessToken(app, client, token)
    .then((claims) => arrive(app, state, context, { from, claims, ownProject: client.own_project === 1 }))
    .catch(async (error: unknown) => {
      await state.throttle.failed(account, context.remoteAddress);
      throw error;
    });
  await state.throttle.succeeded(account, context.remoteAddress);
  const issuedAt = state.revocations.issueTime();
  const claims = await issueFor(app, context, who, { scope: 'unscoped', issuedAt });
  const body = await renderToken(app.store.read, claims, false);
  const { methods, auditId: audit_id, scope } = claims;
  await app.store.transaction((tx) =>
    writeAudit(tx, context, 'identity:federation:create-token', claims.userId, {
      methods,
      audit_id,
      scope,
      identity_provider: idp_id,
    }),
  );
  return {
    status: 201,
    body: { token: body },
    headers: { 'x-subject-token': state.sign(claims), vary: 'X-Auth-Token' },
  };
}

const authPath = `${FEDERATION}/identity_providers/:idp_id/protocols/:protocol_id/auth`;
const createToken = route({
  ...{ operation: 'federation:create-token', method: 'POST', path: authPath, params: asked },
  handler: authenticate,
});
/** Keystone takes GET too, and some clients use it: what it changes, only the bearer of the token could. */
const fetchToken = route({
  ...{ operation: 'federation:fetch-token', method: 'GET', path: authPath, params: asked },
  handler: authenticate,
});

/** The console that wants to have a token: one that the operator has named. Throws ApiError 400 or 401. */
function trustedOrigin({ app, query }: Pick<Call<unknown, Query>, 'app' | 'query'>): string {
  const origin = parameter(query, 'origin');
  if (origin === undefined) throw badRequest('Expecting to find origin in the query: the console to return to.');
  if (!app.config.trustedDashboards?.includes(origin)) {
    throw unauthorized(
      `${origin} is not a trusted dashboard host: the operator names those with --trusted-dashboards.`,
    );
  }
  return origin;
}

const websso = route({
  operation: 'federation:websso',
  method: 'GET',
  path: '/auth/OS-FEDERATION/websso/:protocol_id',
  params: Type.Object({ protocol_id: ProviderId }),
  query: AnyQuery,
  async handler(call) {
    const { app, params } = call;
    const origin = trustedOrigin(call);
    const clients = (await enabledOidcClients(app.store.read)).filter((one) => one.protocol_id === params.protocol_id);
    const [client, other] = clients;
    if (!client) throw notFound(`No identity provider is asked by the protocol ${params.protocol_id}.`);
    if (other) {
      throw badRequest(
        `Several identity providers are asked by ${params.protocol_id}: use /v3/auth/OS-FEDERATION/identity_providers/ID/protocols/${params.protocol_id}/websso.`,
      );
    }
    return beginSignIn(call, client, { kind: 'websso', origin });
  },
});

const webssoOfProvider = route({
  operation: 'federation:websso-of-provider',
  method: 'GET',
  path: '/auth/OS-FEDERATION/identity_providers/:idp_id/protocols/:protocol_id/websso',
  params: asked,
  query: AnyQuery,
  async handler(call) {
    const { app, params } = call;
    const origin = trustedOrigin(call);
    const clients = await enabledOidcClients(app.store.read);
    const isAsked = (one: OidcClientRow) =>
      one.identity_provider_id === params.idp_id && one.protocol_id === params.protocol_id;
    const client = clients.find(isAsked);
    if (!client) throw missing('OpenID Connect client', `${params.idp_id}/${params.protocol_id}`);
    return beginSignIn(call, client, { kind: 'websso', origin });
  },
});

/** What a federated user may choose as a scope: the same as anybody, under the paths of before. */
const [, projects, domains] = authRoutes;
const places = [
  ...(projects ? [{ ...projects, operation: 'federation:projects', path: `${FEDERATION}/projects` }] : []),
  ...(domains ? [{ ...domains, operation: 'federation:domains', path: `${FEDERATION}/domains` }] : []),
];

/** This cloud vouches for nobody at other clouds: there are none, and none can be added. */
const serviceProviders = route({
  operation: 'service-providers:list',
  method: 'GET',
  path: `${FEDERATION}/service_providers`,
  query: AnyQuery,
  handler: async ({ app }) => ({
    status: 200,
    body: {
      service_providers: [],
      links: { self: `${app.config.publicUrl}/identity/v3${FEDERATION}/service_providers`, previous: null, next: null },
    },
  }),
});

export const federationAuthRoutes = [createToken, fetchToken, websso, webssoOfProvider, ...places, serviceProviders];
