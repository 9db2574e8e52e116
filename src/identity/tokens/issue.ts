import { randomBytes } from 'node:crypto';
import { badRequest, unauthorized } from '../../core/errors.ts';
import type { DomainId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import type { Reader } from '../../store/store.ts';
import { accessRulesOfCredential, roleIdsOfCredential } from '../store/application-credentials.ts';
import { roleIdsOn } from '../store/assignments.ts';
import { effectiveRoles, readRoleBook } from '../store/roles.ts';
import type { UserRow } from '../store/users.ts';
import type { Auth } from '../wire/auth.ts';
import { authenticate, requireRescopable, type Authenticated, type Shown } from './authenticate.ts';
import type { Delegation, Scope, TokenClaims } from './format.ts';
import { enabledDomain, enabledProject } from './lookup.ts';
import { TOKEN_LIFETIME } from './revocations.ts';
import type { IdentityState } from './state.ts';
import { consumeUse, throughTrust } from './trusts.ts';

/** In whose name a token speaks, where, and with which roles. */
interface Authority {
  user: UserRow;
  scope: Scope;
  roles: string[];
  delegation: Delegation | null;
  /** When what it rests on ends; null for never. */
  ends: number | null;
}

/** Logs somebody in: checks the credentials, finds the scope and the roles on it. Throws ApiError 400, 401 or 403. */
export async function issueToken(
  app: App,
  state: IdentityState,
  context: Context,
  auth: Auth,
  shown: Shown,
): Promise<TokenClaims> {
  const issuedAt = state.revocations.issueTime();
  const who = await authenticate(app, state, context, auth.identity, shown);
  requireRescopable(who, auth.scope);
  return issueFor(app, context, who, { scope: auth.scope, issuedAt });
}

/**
 * A token for somebody whose log-in was checked. `issuedAt` was taken before anything was read. Throws ApiError 400,
 * 401 or 403.
 */
export async function issueFor(
  app: App,
  context: Context,
  who: Authenticated,
  { scope, issuedAt }: { scope: Auth['scope']; issuedAt: number },
): Promise<TokenClaims> {
  const { parent } = who;
  const authority = await authorityOf(app, context, who, scope);
  return claimsFor(app.store.read, {
    who,
    authority,
    issuedAt,
    // A token made from a token does not live longer than that one.
    ends: [parent?.expiresAt ?? issuedAt + TOKEN_LIFETIME, authority.ends],
  });
}

async function authorityOf(app: App, context: Context, who: Authenticated, asked: Auth['scope']): Promise<Authority> {
  const db = app.store.read;
  if (typeof asked === 'object' && asked?.['OS-TRUST:trust']) {
    requireOneScope(asked);
    const trusted = await throughTrust(app, context.now, who.user, asked['OS-TRUST:trust']);
    await consumeUse(app, trusted.trust);
    return { ...trusted, ends: trusted.trust.expires_at };
  }
  if (who.accessToken) {
    const { accessToken } = who;
    const scope = await projectScope(db, accessToken.projectId);
    const roles = await rolesWithin(db, who.user.id, scope, accessToken.roleIds);
    return { user: who.user, scope, roles: required(scope, roles), delegation: accessToken, ends: accessToken.ends };
  }
  const scope = await scopeFor(db, who, asked);
  const roles = scope.kind === 'none' ? [] : await roleNames(db, who, scope);
  const ends = who.applicationCredential?.expires_at ?? null;
  return { user: who.user, scope, roles: required(scope, roles), delegation: null, ends };
}

/** Nobody gets a token for where they have no role. Throws ApiError 401. */
function required(scope: Scope, roles: string[]): string[] {
  if (scope.kind !== 'none' && roles.length === 0) throw unauthorized();
  return roles;
}

async function claimsFor(
  db: Reader,
  made: { who: Authenticated; authority: Authority; issuedAt: number; ends: (number | null)[] },
): Promise<TokenClaims> {
  const { who, authority, issuedAt } = made;
  const { applicationCredential: credential, parent } = who;
  return {
    userId: authority.user.id,
    userDomainId: authority.user.domain_id,
    scope: authority.scope,
    roles: authority.roles,
    methods: who.methods,
    issuedAt,
    expiresAt: Math.min(...made.ends.filter((end) => end !== null)),
    auditId: randomBytes(16).toString('base64url'),
    parentAuditId: parent ? (parent.parentAuditId ?? parent.auditId) : null,
    applicationCredential: credential && {
      id: credential.id,
      unrestricted: credential.unrestricted === 1,
      accessRules: await accessRulesOfCredential(db, credential.id),
    },
    delegation: authority.delegation,
    federation: who.federation,
  };
}

function requireOneScope(asked: Exclude<Auth['scope'], string | null | undefined>): void {
  const kinds = (['project', 'domain', 'system', 'unscoped', 'OS-TRUST:trust'] as const).filter((kind) => asked[kind]);
  if (kinds.length === 1) return;
  throw badRequest(
    'Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope: exactly one of them.',
  );
}

async function scopeFor(db: Reader, who: Authenticated, asked: Auth['scope']): Promise<Scope> {
  if (who.applicationCredential) return projectScope(db, who.applicationCredential.project_id);
  if (asked === 'unscoped') return { kind: 'none' };
  if (asked === undefined || asked === null) {
    // Only a first log-in falls back to the default project; a token without a scope keeps none.
    return who.parent ? { kind: 'none' } : defaultScope(db, who.user);
  }
  requireOneScope(asked);
  if (asked.system) {
    if (asked.system.all !== true) throw badRequest('Expecting to find all in system: only {"all": true} is a scope.');
    return { kind: 'system' };
  }
  if (asked.project) {
    const project = await enabledProject(db, asked.project);
    return { kind: 'project', id: project.id, domainId: project.domain_id };
  }
  if (asked.domain) return { kind: 'domain', id: (await enabledDomain(db, asked.domain)).id as DomainId };
  return { kind: 'none' };
}

async function projectScope(db: Reader, id: string): Promise<Scope> {
  const project = await enabledProject(db, { id });
  return { kind: 'project', id: project.id, domainId: project.domain_id };
}

/** The user's default project, or no scope when it cannot be had: a default never refuses a log-in. */
async function defaultScope(db: Reader, user: UserRow): Promise<Scope> {
  if (user.default_project_id === null) return { kind: 'none' };
  try {
    const scope = await projectScope(db, user.default_project_id);
    return (await roleIdsOn(db, user.id, scope)).length > 0 ? scope : { kind: 'none' };
  } catch {
    return { kind: 'none' };
  }
}

async function roleNames(db: Reader, who: Authenticated, scope: Scope): Promise<string[]> {
  const { applicationCredential: credential, user } = who;
  return rolesWithin(db, user.id, scope, credential ? await roleIdsOfCredential(db, credential.id) : null);
}

/** The names of the roles that a user has on a scope, sorted. */
export const rolesOn = (db: Reader, userId: string, scope: Scope): Promise<string[]> =>
  rolesWithin(db, userId, scope, null);

/** The names of the roles that a user has on a scope, only those handed on when they are given. */
async function rolesWithin(
  db: Reader,
  userId: string,
  scope: Scope,
  handed: readonly string[] | null,
): Promise<string[]> {
  const book = await readRoleBook(db);
  const held = effectiveRoles(book, await roleIdsOn(db, userId, scope)).map((role) => role.name);
  if (handed === null) return held;
  return effectiveRoles(book, handed)
    .map((role) => role.name)
    .filter((name) => held.includes(name));
}
