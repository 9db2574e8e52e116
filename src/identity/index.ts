import type { ProjectId } from '../core/ids.ts';
import type { Reconciler } from '../core/reconciler.ts';
import type { App } from '../http/app.ts';
import { keystoneFault } from '../http/faults.ts';
import type { Route } from '../http/route.ts';
import type { Service } from '../http/service.ts';
import type { Reader } from '../store/store.ts';
import { identityPolicy } from '../policy/identity.ts';
import { sessionPolicy } from '../policy/own.ts';
import { authRoutes } from './routes/auth.ts';
import { domainRoutes } from './routes/domains.ts';
import { domainConfigRoutes } from './routes/domain-config.ts';
import { endpointGroupRoutes } from './routes/endpoint-groups.ts';
import { endpointPolicyRoutes } from './routes/endpoint-policies.ts';
import { projectEndpointRoutes } from './routes/project-endpoints.ts';
import { endpointRoutes } from './routes/endpoints.ts';
import { grantRoutes } from './routes/grants.ts';
import { groupMemberRoutes } from './routes/group-members.ts';
import { groupRoutes } from './routes/groups.ts';
import { impliedRoleRoutes } from './routes/implied-roles.ts';
import { projectTagRoutes } from './routes/project-tags.ts';
import { projectRoutes } from './routes/projects.ts';
import { regionRoutes } from './routes/regions.ts';
import { roleAssignmentRoutes } from './routes/role-assignments.ts';
import { roleRoutes } from './routes/roles.ts';
import { serviceRoutes } from './routes/services.ts';
import { accessRuleRoutes } from './routes/access-rules.ts';
import { applicationCredentialRoutes } from './routes/application-credentials.ts';
import { credentialRoutes } from './routes/credentials.ts';
import { ec2CredentialRoutes } from './routes/ec2-credentials.ts';
import { ec2TokenRoutes } from './routes/ec2-tokens.ts';
import { federationAuthRoutes } from './routes/federation-auth.ts';
import { federationCheckRoutes } from './routes/federation-checks.ts';
import { federationMappingRoutes } from './routes/federation-mappings.ts';
import { federationProtocolRoutes } from './routes/federation-protocols.ts';
import { identityProviderRoutes } from './routes/identity-providers.ts';
import { sessionOidcRoutes } from './routes/session-oidc.ts';
import { ownSessionRoutes } from './routes/own-sessions.ts';
import { sessionRoutes } from './routes/session.ts';
import { revocationEventRoutes } from './routes/revocation-events.ts';
import { limitRoutes } from './routes/limits.ts';
import { registeredLimitRoutes } from './routes/registered-limits.ts';
import { oauthAccessTokenRoutes } from './routes/oauth-access-tokens.ts';
import { oauthConsumerRoutes } from './routes/oauth-consumers.ts';
import { oauthTokenRoutes } from './routes/oauth-tokens.ts';
import { policyRoutes } from './routes/policies.ts';
import { trustRoutes } from './routes/trusts.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { userRoutes } from './routes/users.ts';
import { versionRoutes } from './routes/versions.ts';
import { createRenewals } from './sessions/renew.ts';
import { deleteEndedMemberships, deleteEndedSessions } from './sessions/store.ts';
import { REVOKED } from './tokens/revocations.ts';
import { identityState } from './tokens/state.ts';

export { revokeAllTokens } from './tokens/revoke-all.ts';
import { PREFIX } from './wire/common.ts';

export { SESSION_HOURS } from './sessions/hours.ts';
export { parsePasswordRules } from './password-rules.ts';
export { bootstrapIdentity, type Bootstrap } from './bootstrap.ts';
export { findProject } from './store/projects.ts';
export { serviceLimits } from './store/service-limits.ts';

/** Keystone answers HEAD wherever it answers GET. */
const withHead = (routes: readonly Route[]): Route[] =>
  routes.flatMap((route) => {
    const ownHead = routes.some((other) => other.method === 'HEAD' && other.path === route.path);
    if (route.method !== 'GET' || ownHead) return [route];
    return [route, { ...route, method: 'HEAD', operation: `${route.operation}:head` }];
  });

export const identityService: Service = {
  name: 'identity',
  prefix: PREFIX,
  routes: withHead([
    ...tokenRoutes,
    ...authRoutes,
    ...domainRoutes,
    ...projectRoutes,
    ...projectTagRoutes,
    ...userRoutes,
    ...groupRoutes,
    ...groupMemberRoutes,
    ...roleRoutes,
    ...impliedRoleRoutes,
    ...grantRoutes,
    ...roleAssignmentRoutes,
    ...regionRoutes,
    ...serviceRoutes,
    ...endpointRoutes,
    ...applicationCredentialRoutes,
    ...accessRuleRoutes,
    ...credentialRoutes,
    ...ec2CredentialRoutes,
    ...policyRoutes,
    ...trustRoutes,
    ...ec2TokenRoutes,
    ...revocationEventRoutes,
    ...registeredLimitRoutes,
    ...limitRoutes,
    ...oauthConsumerRoutes,
    ...oauthTokenRoutes,
    ...oauthAccessTokenRoutes,
    ...domainConfigRoutes,
    ...endpointGroupRoutes,
    ...projectEndpointRoutes,
    ...endpointPolicyRoutes,
    ...identityProviderRoutes,
    ...federationMappingRoutes,
    ...federationProtocolRoutes,
    ...federationCheckRoutes,
    ...federationAuthRoutes,
  ]),
  rootRoutes: withHead(versionRoutes),
  policy: identityPolicy,
  fault: keystoneFault,
  versions: null,
};

/** Signing in with a browser: what the console uses, and whoever else serves pages from here. */
export const sessionService: Service = {
  name: 'session',
  prefix: '/session',
  routes: [...sessionRoutes, ...ownSessionRoutes, ...sessionOidcRoutes],
  rootRoutes: [],
  policy: sessionPolicy,
  forms: true,
  fault: keystoneFault,
  versions: null,
};

/** Loads what tokens are checked with. `verifyToken` reads no database. */
export async function createIdentity(
  parts: Pick<App, 'store' | 'secrets' | 'clock' | 'config' | 'log'>,
): Promise<Pick<App, 'verifyToken' | 'renewSession'>> {
  const state = await identityState(parts);
  return { verifyToken: state.verifyToken, renewSession: createRenewals(parts, state) };
}

export { createLoginAttemptReconciler } from './throttle.ts';

/** Keeps what other controllers have revoked in this one's memory. */
export function createRevocationReconciler(app: App): Reconciler {
  return {
    name: 'revocations',
    signal: REVOKED,
    every: 60_000,
    everywhere: true,
    run: async () => (await identityState(app)).revocations.reload(),
  };
}

/** Forgets sessions that are over, and what identity providers have said of users too long ago. */
export function createSessionReconciler(app: App): Reconciler {
  return {
    name: 'sessions',
    signal: 'sessions',
    every: 60_000,
    async run() {
      const { revocations } = await identityState(app);
      await app.store.transaction(async (tx) => {
        await deleteEndedSessions(tx, app.clock.now());
        for (const userId of await deleteEndedMemberships(tx, app.clock.now())) {
          await revocations.revoke(tx, 'user', userId);
        }
      });
    },
  };
}

/** Whether there is a project (not a domain) of this id: for who wants to share something with it. */
export async function publicProjectExists(db: Reader, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('projects')
    .select('id')
    .where('id', '=', id)
    .where('is_domain', '=', 0)
    .executeTakeFirst();
  return row !== undefined;
}

/** Projects by their ids, or so many after the one with the id `after`, in the order of ids. */
export function projectNames(
  db: Reader,
  wanted: { ids: readonly string[] } | { after: string; limit: number },
): Promise<{ id: string; name: string }[]> {
  const projects = db.selectFrom('projects').select(['id', 'name']).where('is_domain', '=', 0).orderBy('id');
  if ('ids' in wanted) return projects.where('id', 'in', wanted.ids as ProjectId[]).execute();
  return projects
    .where('id', '>', wanted.after as ProjectId)
    .limit(wanted.limit)
    .execute();
}

/** The name of a project; null when there is none of this id. */
export async function projectName(db: Reader, id: string): Promise<string | null> {
  const row = await db.selectFrom('projects').select('name').where('id', '=', id).executeTakeFirst();
  return row?.name ?? null;
}
