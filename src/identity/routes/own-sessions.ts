import { Type } from 'typebox';
import { forbidden } from '../../core/errors.ts';
import { noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { sessionCookie, sessionToken } from '../../http/session-cookie.ts';
import { writeAudit } from '../../store/audit.ts';
import { displayNamesOf } from '../federation/store.ts';
import { endSessions, sessionIdOf, sessionsOf, type SessionRow } from '../sessions/store.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { identityState } from '../tokens/state.ts';
import { missing } from '../wire/common.ts';
import { OwnSessions, renderOwnSession } from '../wire/session.ts';
import { ownClaims } from './tokens.ts';

/* Where somebody is signed in, and signing out there from here: of their own sessions alone. */

const path = '/sessions';

interface Own {
  claims: TokenClaims;
  /** The session of the request itself; for a token that is of none, no session has this id. */
  current: string;
  sessions: SessionRow[];
}

/** The caller's sessions that can still be used. Throws ApiError 401, and 403 for who acts for somebody. */
async function own({ app, context }: Pick<Call, 'app' | 'context'>): Promise<Own> {
  const claims = await ownClaims({ app, context });
  if (context.delegation) {
    throw forbidden(
      'Sessions are for their user to see and to end: an application credential or a trust does not do for it.',
    );
  }
  const { revocations } = await identityState(app);
  const rows = await sessionsOf(app.store.read, claims.userId, context.now);
  // What voided a user's tokens has left the rows to be swept.
  const sessions = rows.filter((row) => !revocations.isRevoked(tokenOf(claims, row)));
  return { claims, current: sessionIdOf(claims), sessions };
}

/** What can be known of the present token of a session without it. */
const tokenOf = (claims: TokenClaims, row: SessionRow): TokenClaims => ({
  ...claims,
  ...{ auditId: row.id, parentAuditId: null, issuedAt: row.renewed_at, scope: { kind: 'none' }, roles: [] },
  federation:
    row.identity_provider_id === null
      ? null
      : { identityProviderId: row.identity_provider_id, protocolId: row.protocol_id ?? '' },
});

const list = route({
  operation: 'sessions:list',
  method: 'GET',
  path,
  response: OwnSessions,
  async handler({ app, context }) {
    const { sessions, current } = await own({ app, context });
    const names = await displayNamesOf(
      app.store.read,
      sessions.flatMap(({ identity_provider_id: id }) => id ?? []),
    );
    const answer = sessions.map((row) => renderOwnSession(row, { current, names }));
    return ok({ sessions: answer }, { 'cache-control': 'no-store' });
  },
});

const end = route({
  operation: 'sessions:end',
  method: 'DELETE',
  path: `${path}/:session_id`,
  params: Type.Object({ session_id: Type.String({ maxLength: 64, pattern: '^[\\w-]+$' }) }),
  async handler({ app, context, params: { session_id: id }, request }): Promise<Reply> {
    const { claims, current, sessions } = await own({ app, context });
    if (!sessions.some((row) => row.id === id)) throw missing('session', id);
    await endThem({ app, context }, 'session:sessions:end', { claims, ids: [id] });
    const isThis = id === current && sessionToken(app, request) !== null;
    return noContent(isThis ? { 'set-cookie': sessionCookie(app, request, null) } : undefined);
  },
});

const endOthers = route({
  operation: 'sessions:end-others',
  method: 'DELETE',
  path,
  async handler({ app, context }) {
    const { claims, current, sessions } = await own({ app, context });
    const ids = sessions.map(({ id }) => id).filter((id) => id !== current);
    await endThem({ app, context }, 'session:sessions:end-others', { claims, ids });
    return noContent();
  },
});

async function endThem(
  { app, context }: Pick<Call, 'app' | 'context'>,
  operation: string,
  { claims, ids }: { claims: TokenClaims; ids: readonly string[] },
): Promise<void> {
  const { revocations } = await identityState(app);
  await app.store.transaction(async (tx) => {
    await endSessions(tx, revocations, ids);
    await writeAudit(tx, context, operation, claims.userId, { sessions: ids });
  });
}

export const ownSessionRoutes = [list, end, endOthers];
