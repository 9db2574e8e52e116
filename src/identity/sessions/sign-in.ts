import { badRequest, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import {
  ALONE,
  authenticate,
  enabledUser,
  requireRescopable,
  type Authenticated,
  type Shown,
} from '../tokens/authenticate.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { issueFor, rolesOn } from '../tokens/issue.ts';
import { enabledProject } from '../tokens/lookup.ts';
import { TOKEN_LIFETIME } from '../tokens/revocations.ts';
import type { IdentityState } from '../tokens/state.ts';
import type { Auth } from '../wire/auth.ts';
import { SESSION_HOURS } from './hours.ts';
import { projectsOf } from './places.ts';
import { findSession, insertSession, noteRenewal, sessionIdOf, type SessionRow } from './store.ts';

/** What somebody who signs in says besides who they are: where to, and with which browser. */
interface Asked {
  scope: Auth['scope'];
  userAgent: string | undefined;
}

/** Methods of people; the others are for programs, which need no cookie. */
const METHODS: readonly string[] = ['password', 'totp', 'token'];

/** A session and its present token. */
export interface Session {
  row: SessionRow;
  claims: TokenClaims;
}

/** Where a user signed in, when it was not here. */
export type Elsewhere = Pick<
  SessionRow,
  'identity_provider_id' | 'protocol_id' | 'subject' | 'provider_session' | 'sealed_refresh_token'
>;

const HERE: Elsewhere = {
  ...{ identity_provider_id: null, protocol_id: null, subject: null },
  ...{ provider_session: null, sealed_refresh_token: null },
};

/** Browsers say more than this only to be told apart by others than us. */
const LONGEST_USER_AGENT = 500;

/** Begins a session with what a log-in shows. Throws ApiError 400, 401 or 429. */
export async function signIn(
  app: App,
  state: IdentityState,
  context: Context,
  { identity, scope, shown, userAgent }: Asked & { identity: Auth['identity']; shown: Shown },
): Promise<Session> {
  const other = identity.methods.find((method) => !METHODS.includes(method));
  if (other !== undefined) {
    throw badRequest(
      `A session cannot begin with the method '${other}': ask POST /identity/v3/auth/tokens for a token.`,
    );
  }
  if (typeof scope === 'object' && scope?.['OS-TRUST:trust']) {
    throw badRequest('A session is its own user: ask POST /identity/v3/auth/tokens for the token of a trust.');
  }
  const issuedAt = state.revocations.issueTime();
  const who = await authenticate(app, state, context, identity, shown);
  if (who.applicationCredential)
    throw badRequest('A session cannot begin with the token of an application credential.');
  requireRescopable(who, scope);
  return begin(app, context, who, { scope, issuedAt, userAgent, elsewhere: HERE });
}

/** Begins the session of somebody whose log-in was checked. */
export async function begin(
  app: App,
  context: Context,
  who: Authenticated,
  { scope, issuedAt, userAgent, elsewhere }: Asked & { issuedAt: number; elsewhere: Elsewhere },
): Promise<Session> {
  const wanted = scope ?? (await usualScope(app.store.read, who.user));
  const claims = await issueFor(app, context, who, { scope: wanted, issuedAt });
  const row: SessionRow = {
    id: sessionIdOf(claims),
    user_id: who.user.id,
    started_at: issuedAt,
    // What begins with a token ends with it.
    ends_at: who.parent?.expiresAt ?? issuedAt + (app.config.sessionHours ?? SESSION_HOURS) * 3_600_000,
    renewed_at: issuedAt,
    ...{ user_agent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null, address: context.remoteAddress },
    ...elsewhere,
  };
  await app.store.transaction(async (tx) => {
    await insertSession(tx, row);
    await note(context, tx, claims);
  });
  return { row, claims };
}

/** Gives a session another scope: the next token is as fresh as a renewed one. Throws ApiError 401. */
export async function rescope(
  app: App,
  state: IdentityState,
  context: Context,
  { token, scope }: { token: string | null; scope: Auth['scope'] },
): Promise<Session> {
  const issuedAt = state.revocations.issueTime();
  const present = token === null ? null : state.readToken(token);
  const row = present && (await findSession(app.store.read, sessionIdOf(present)));
  if (!row) throw unauthorized();
  if (context.trail) context.trail.account = { userId: present.userId, domainId: present.userDomainId };
  const user = await enabledUser(app, present.userId, issuedAt);
  const who = { ...ALONE, user, methods: [...present.methods], parent: present, federation: present.federation };
  const claims = {
    ...(await issueFor(app, context, who, { scope, issuedAt })),
    // Where a provider is to be asked again, it is asked as early as without a change of scope.
    expiresAt: row.sealed_refresh_token === null ? Math.min(issuedAt + TOKEN_LIFETIME, row.ends_at) : present.expiresAt,
  };
  await app.store.transaction(async (tx) => {
    if (!(await noteRenewal(tx, row.id, { renewed_at: issuedAt }))) throw unauthorized();
    await note(context, tx, claims);
  });
  return { row, claims };
}

const note = (context: Context, tx: Tx, claims: TokenClaims) =>
  writeAudit(tx, context, 'session:sessions:create', claims.userId, {
    ...{ methods: claims.methods, session: sessionIdOf(claims), audit_id: claims.auditId, scope: claims.scope },
  });

/** Where a user works who did not say: in their default project, else in the first by name in which they may. */
async function usualScope(db: Reader, user: { id: string; default_project_id: string | null }): Promise<Auth['scope']> {
  const wished = user.default_project_id;
  const others = (await projectsOf(db, user.id)).map(({ id }) => id);
  for (const id of [...(wished === null ? [] : [wished]), ...others]) {
    const project = await enabledProject(db, { id }).catch(() => null);
    if (!project) continue;
    const scope = { kind: 'project', id: project.id, domainId: project.domain_id } as const;
    if ((await rolesOn(db, user.id, scope)).length > 0) return { project: { id } };
  }
  return 'unscoped';
}
