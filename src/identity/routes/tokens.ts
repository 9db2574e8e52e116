import { notFound, unauthorized, badRequest } from '../../core/errors.ts';
import { noContent, route, type Call } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { shownBy } from './shown.ts';
import { notAllowed, seesDomain } from '../policy.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { issueToken } from '../tokens/issue.ts';
import { identityState, type IdentityState } from '../tokens/state.ts';
import { AuthRequest } from '../wire/auth.ts';
import { AnyQuery, flag } from '../wire/common.ts';
import { renderToken } from '../wire/tokens.ts';

const create = route({
  operation: 'auth:create-token',
  method: 'POST',
  path: '/auth/tokens',
  query: AnyQuery,
  body: AuthRequest,
  async handler({ app, context, query, body, request }) {
    const state = await identityState(app);
    const claims = await issueToken(app, state, context, body.auth, shownBy(app, request));
    const token = await renderToken(app.store.read, claims, flag(query, 'nocatalog') !== true);
    const { methods, auditId: audit_id, scope } = claims;
    await app.store.transaction((tx) =>
      writeAudit(tx, context, 'identity:auth:create-token', claims.userId, { methods, audit_id, scope }),
    );
    return {
      status: 201,
      body: { token },
      headers: { 'x-subject-token': state.sign(claims), vary: 'X-Auth-Token' },
    };
  },
});

const show = route({
  operation: 'auth:show-token',
  method: 'GET',
  path: '/auth/tokens',
  query: AnyQuery,
  async handler(call) {
    const { text, claims } = subject(call, await identityState(call.app));
    const { context } = call;
    // Services and admins check anybody's token; everybody else their own.
    const mayCheck =
      claims.userId === context.userId || context.roles.includes('service') || seesDomain(context, claims.userDomainId);
    if (!mayCheck) throw notAllowed('validate_token');
    const token = await renderToken(call.app.store.read, claims, flag(call.query, 'nocatalog') !== true);
    return { status: 200, body: { token }, headers: { 'x-subject-token': text, vary: 'X-Auth-Token' } };
  },
});

const revoke = route({
  operation: 'auth:revoke-token',
  method: 'DELETE',
  path: '/auth/tokens',
  async handler(call) {
    const { app, context } = call;
    const state = await identityState(app);
    const { claims } = subject(call, state);
    if (claims.userId !== context.userId && !context.isAdmin) throw notAllowed('revoke_token');
    await app.store.transaction(async (tx) => {
      // Tokens made from this one name it as the start of their chain, and end with it.
      await state.revocations.revoke(tx, 'audit', claims.auditId);
      await writeAudit(tx, context, 'identity:auth:revoke-token', claims.userId, { audit_id: claims.auditId });
    });
    return noContent();
  },
});

/** The token in X-Subject-Token. Throws ApiError 404 when it is not valid (any more). */
function subject({ request }: Pick<Call, 'request'>, state: IdentityState): { text: string; claims: TokenClaims } {
  const text = request.headers['x-subject-token'];
  if (typeof text !== 'string' || text === '') {
    throw badRequest('Expecting to find X-Subject-Token in the headers: the token to look at.');
  }
  const claims = state.readToken(text);
  if (!claims) throw notFound('Could not find token: it is unknown, has expired or was revoked.');
  return { text, claims };
}

/** The caller's own token. Throws ApiError 401. */
export async function ownClaims({ app, context }: Pick<Call, 'app' | 'context'>): Promise<TokenClaims> {
  const claims = context.token === null ? null : (await identityState(app)).readToken(context.token);
  if (!claims) throw unauthorized();
  return claims;
}

export const tokenRoutes = [create, show, revoke];
