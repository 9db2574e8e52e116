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
import { authenticate, requireRescopable, type Authenticated } from './authenticate.ts';
import type { Scope, TokenClaims } from './format.ts';
import { enabledDomain, enabledProject } from './lookup.ts';
import { TOKEN_LIFETIME } from './revocations.ts';
import type { IdentityState } from './state.ts';

/** Logs somebody in: checks the credentials, finds the scope and the roles on it. Throws ApiError 400, 401 or 403. */
export async function issueToken(app: App, state: IdentityState, context: Context, auth: Auth): Promise<TokenClaims> {
  const issuedAt = state.revocations.issueTime();
  const db = app.store.read;
  const who = await authenticate(app, state, context, auth.identity);
  requireRescopable(who, auth.scope);
  const { applicationCredential: credential, parent } = who;
  const scope = await scopeFor(db, who, auth.scope);
  const roles = scope.kind === 'none' ? [] : await roleNames(db, who, scope);
  if (scope.kind !== 'none' && roles.length === 0) throw unauthorized();
  const ends = [parent?.expiresAt ?? issuedAt + TOKEN_LIFETIME];
  if (credential?.expires_at) ends.push(credential.expires_at);
  return {
    userId: who.user.id,
    userDomainId: who.user.domain_id,
    scope,
    roles,
    methods: who.methods,
    issuedAt,
    // A token made from a token does not live longer than that one.
    expiresAt: Math.min(...ends),
    auditId: randomBytes(16).toString('base64url'),
    parentAuditId: parent ? (parent.parentAuditId ?? parent.auditId) : null,
    applicationCredential: credential && {
      id: credential.id,
      unrestricted: credential.unrestricted === 1,
      accessRules: await accessRulesOfCredential(db, credential.id),
    },
  };
}

async function scopeFor(db: Reader, who: Authenticated, asked: Auth['scope']): Promise<Scope> {
  if (who.applicationCredential) return projectScope(db, who.applicationCredential.project_id);
  if (asked === 'unscoped') return { kind: 'none' };
  if (asked === undefined || asked === null) {
    // Only a first log-in falls back to the default project; a token without a scope keeps none.
    return who.parent ? { kind: 'none' } : defaultScope(db, who.user);
  }
  const kinds = (['project', 'domain', 'system', 'unscoped', 'OS-TRUST:trust'] as const).filter((kind) => asked[kind]);
  if (kinds.length !== 1) {
    throw badRequest(
      'Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope: exactly one of them.',
    );
  }
  if (asked.system) {
    if (asked.system.all !== true) throw badRequest('Expecting to find all in system: only {"all": true} is a scope.');
    return { kind: 'system' };
  }
  if (asked.project) {
    const project = await enabledProject(db, asked.project);
    return { kind: 'project', id: project.id, domainId: project.domain_id };
  }
  if (asked.domain) return { kind: 'domain', id: (await enabledDomain(db, asked.domain)).id as DomainId };
  // Nobody can make a trust in this cloud, so none can be found.
  if (asked['OS-TRUST:trust']) throw unauthorized();
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
  const book = await readRoleBook(db);
  const held = effectiveRoles(book, await roleIdsOn(db, who.user.id, scope)).map((role) => role.name);
  if (!who.applicationCredential) return held;
  const handed = await roleIdsOfCredential(db, who.applicationCredential.id);
  return effectiveRoles(book, handed)
    .map((role) => role.name)
    .filter((name) => held.includes(name));
}
