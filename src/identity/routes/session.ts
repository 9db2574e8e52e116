import { badRequest } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { route, type Reply } from '../../http/route.ts';
import { requireOwnPage, sessionCookie, sessionToken } from '../../http/session-cookie.ts';
import { writeAudit } from '../../store/audit.ts';
import { rescope, signIn, type Session } from '../sessions/sign-in.ts';
import { deleteSessionsOf, endSessions, findSession, sessionIdOf } from '../sessions/store.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { identityState } from '../tokens/state.ts';
import { AnyQuery, flag } from '../wire/common.ts';
import { renderSession, SessionAnswer, SessionRequest } from '../wire/session.ts';
import { shownBy } from './shown.ts';
import { ownClaims } from './tokens.ts';

/* A browser's session: the token is in a cookie, and what is answered has no secret in it. */

const UNCACHED = { 'cache-control': 'no-store' };

const create = route({
  operation: 'sessions:create',
  method: 'POST',
  path: '',
  query: AnyQuery,
  body: SessionRequest,
  response: SessionAnswer,
  async handler({ app, context, query, body, request }) {
    // Also where nobody is signed in yet: nobody may be made to work in somebody else's name.
    requireOwnPage(app, request);
    const state = await identityState(app);
    const { identity, scope } = body.auth;
    const userAgent = request.headers['user-agent'];
    let session: Session;
    if (identity) {
      session = await signIn(app, state, context, { identity, scope, shown: shownBy(app, request), userAgent });
    } else {
      if (!scope) throw badRequest('Expecting to find identity, to sign in, or scope, to work somewhere else.');
      session = await rescope(app, state, context, { token: sessionToken(app, request), scope });
    }
    const answer = await renderSession(app.store.read, session, flag(query, 'nocatalog') !== true);
    const cookie = sessionCookie(app, request, state.sign(session.claims));
    return { status: 201, body: answer, headers: { ...UNCACHED, 'set-cookie': cookie } };
  },
});

const show = route({
  operation: 'sessions:show',
  method: 'GET',
  path: '',
  query: AnyQuery,
  response: SessionAnswer,
  async handler(call) {
    const claims = await ownClaims(call);
    const db = call.app.store.read;
    const row = (await findSession(db, sessionIdOf(claims))) ?? null;
    const answer = await renderSession(db, { claims, row }, flag(call.query, 'nocatalog') !== true);
    return { status: 200, body: answer, headers: UNCACHED };
  },
});

const remove = route({
  operation: 'sessions:delete',
  method: 'DELETE',
  path: '',
  query: AnyQuery,
  async handler(call): Promise<Reply> {
    const { app, context, query, request } = call;
    await signOut(app, context, await ownClaims(call), flag(query, 'everywhere') === true);
    return { status: 204, body: null, headers: { ...UNCACHED, 'set-cookie': sessionCookie(app, request, null) } };
  },
});

/** Ends a session with every token made from it, or all of a user's sessions and tokens. */
async function signOut(app: App, context: Context, claims: TokenClaims, everywhere: boolean): Promise<void> {
  const { revocations } = await identityState(app);
  const session = sessionIdOf(claims);
  await app.store.transaction(async (tx) => {
    if (everywhere) {
      await deleteSessionsOf(tx, claims.userId);
      await revocations.revoke(tx, 'user', claims.userId);
    } else {
      await endSessions(tx, revocations, [session]);
    }
    await writeAudit(tx, context, 'session:sessions:delete', claims.userId, { session, everywhere });
  });
}

export const sessionRoutes = [create, show, remove];
