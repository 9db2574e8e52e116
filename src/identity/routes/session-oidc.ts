import { Type } from 'typebox';
import { ApiError, badRequest } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { ok, route, type Call, type Reply } from '../../http/route.ts';
import { sessionCookie } from '../../http/session-cookie.ts';
import { writeAudit, writeDeed } from '../../store/audit.ts';
import { beginSignIn } from '../federation/begin.ts';
import { complete, failureCode } from '../federation/complete.ts';
import { enabledOidcClients, type OidcClientRow } from '../federation/store.ts';
import { endTransaction, readTransaction } from '../federation/transaction.ts';
import { webssoPage } from '../federation/websso-page.ts';
import { endSessions, sessionsAt } from '../sessions/store.ts';
import { identityState } from '../tokens/state.ts';
import { AnyQuery, parameter } from '../wire/common.ts';
import { ProviderId } from './identity-providers.ts';

/* Signing in at an identity provider, and signing out when it says so. */

const providers = route({
  operation: 'providers:list',
  method: 'GET',
  path: '/providers',
  response: Type.Object({
    password: Type.Boolean(),
    providers: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), url: Type.String() })),
  }),
  async handler({ app }) {
    const clients = onePerProvider(await enabledOidcClients(app.store.read));
    return ok({
      password: app.config.passwordSignIn ?? true,
      providers: clients.map(({ identity_provider_id: id, display_name: name }) => ({
        ...{ id, name, url: `/session/oidc/${id}` },
      })),
    });
  },
});

/** A provider that is asked by several protocols is shown by the first. */
function onePerProvider(clients: readonly OidcClientRow[]): OidcClientRow[] {
  const seen = new Set<string>();
  return clients.filter(({ identity_provider_id: id }) => !seen.has(id) && seen.add(id));
}

/** A path of this site and nothing else: what browsers take for another one begins with two slashes. */
const RETURN_TO = /^\/(?![/\\])[\x21-\x7e]{0,999}$/;

const start = route({
  operation: 'oidc:begin',
  method: 'GET',
  path: '/oidc/:idp_id',
  params: Type.Object({ idp_id: ProviderId }),
  query: AnyQuery,
  async handler(call) {
    const { app, params, query } = call;
    const returnTo = parameter(query, 'return_to') ?? '/';
    if (!RETURN_TO.test(returnTo)) {
      throw badRequest('return_to must be a path of this site: /servers.');
    }
    const where = { provider: params.idp_id, returnTo };
    const clients = await enabledOidcClients(app.store.read);
    const client = clients.find((one) => one.identity_provider_id === params.idp_id);
    if (!client) return backToSignIn(call.context, where, 'unknown_provider');
    try {
      return await beginSignIn(call, client, { kind: 'session', returnTo });
    } catch (error) {
      app.log.warn('oidc-not-begun', { request: call.context.requestId, identity_provider: params.idp_id, error });
      return backToSignIn(call.context, where, failureCode(error));
    }
  },
});

/** To the console's page for signing in, with what went wrong in a word. */
function backToSignIn(
  { requestId }: Context,
  { provider, returnTo }: { provider: string | null; returnTo: string },
  error: string,
): Reply {
  const query = new URLSearchParams({
    ...{ error, ...(provider !== null && { provider }), request_id: requestId },
    return_to: returnTo,
  });
  return {
    status: 303,
    body: null,
    headers: { location: `/sign-in?${query.toString()}`, 'cache-control': 'no-store' },
  };
}

const callback = route({
  operation: 'oidc:complete',
  method: 'GET',
  path: '/oidc/callback',
  query: AnyQuery,
  async handler({ app, context, request }) {
    const transaction = readTransaction(app, request);
    if (!transaction) return backToSignIn(context, { provider: null, returnTo: '/' }, 'expired');
    const { identityProviderId: provider, goal } = transaction;
    const query = request.originalUrl.replace(/^[^?]*\??/, '');
    const userAgent = request.headers['user-agent'];
    const state = await identityState(app);
    try {
      const { session, token } = await complete(app, state, context, { transaction, query, userAgent });
      if (token !== null && goal.kind === 'websso') {
        const page = webssoPage(goal.origin, state.sign(token));
        return { ...page, headers: { ...page.headers, 'set-cookie': endTransaction(app, request) } };
      }
      if (session === null || goal.kind !== 'session') throw new Error('a transaction ends as it began');
      const cookies = [sessionCookie(app, request, state.sign(session.claims)), endTransaction(app, request)];
      return {
        ...{ status: 303, body: null, cookies },
        headers: { location: goal.returnTo, 'cache-control': 'no-store' },
      };
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 500;
      app.log.warn('oidc-refused', { request: context.requestId, identity_provider: provider, error });
      await app.store.transaction((tx) =>
        writeDeed(tx, context, {
          ...{ operation: 'session:oidc:complete', target: provider, status },
          detail: { reason: failureCode(error) },
        }),
      );
      if (goal.kind === 'websso') throw error;
      const back = backToSignIn(context, { provider, returnTo: goal.returnTo }, failureCode(error));
      return { ...back, cookies: [endTransaction(app, request)] };
    }
  },
});

const backchannelLogout = route({
  operation: 'oidc:backchannel-logout',
  method: 'POST',
  path: '/oidc/:idp_id/backchannel-logout',
  params: Type.Object({ idp_id: ProviderId }),
  body: Type.Object({ logout_token: Type.String({ maxLength: 16_384 }) }),
  async handler({ app, context, params, body }: Call<{ idp_id: string }, unknown, { logout_token: string }>) {
    const clients = await enabledOidcClients(app.store.read);
    const client = clients.find((one) => one.identity_provider_id === params.idp_id);
    if (!client) throw badRequest(`There is no identity provider ${params.idp_id} here.`);
    const { readLogoutToken } = await import('../federation/provider-tokens.ts');
    const gone = await readLogoutToken(app, client, body.logout_token);
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const ended = await sessionsAt(tx.db, params.idp_id, gone);
      await endSessions(
        tx,
        revocations,
        ended.map(({ id }) => id),
      );
      for (const { id, user_id } of ended) {
        await writeAudit(tx, context, 'session:oidc:backchannel-logout', user_id, {
          ...{ session: id, identity_provider: params.idp_id },
        });
      }
    });
    return { status: 200, body: {}, headers: { 'cache-control': 'no-store' } };
  },
});

export const sessionOidcRoutes = [providers, callback, start, backchannelLogout];
