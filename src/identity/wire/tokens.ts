import { isoMicroseconds } from '../../core/clock.ts';
import { unauthorized } from '../../core/errors.ts';
import type { Reader } from '../../store/store.ts';
import { findApplicationCredential } from '../store/application-credentials.ts';
import { readCatalog } from '../store/catalog.ts';
import { findDomain, findProject } from '../store/projects.ts';
import { findUser } from '../store/users.ts';
import type { Federation, TokenClaims } from '../tokens/format.ts';
import { passwordExpiry } from './users.ts';

/** A token as Keystone shows it: the claims with the names of what they name. Throws ApiError 401 when those are gone. */
export async function renderToken(db: Reader, claims: TokenClaims, withCatalog: boolean): Promise<object> {
  const { scope } = claims;
  const user = await findUser(db, claims.userId);
  if (!user) throw unauthorized();
  const token: Record<string, unknown> = {
    methods: claims.methods,
    user: {
      domain: await namedDomain(db, claims.userDomainId),
      id: user.id,
      name: user.name,
      password_expires_at: passwordExpiry(user),
      ...(claims.federation && { 'OS-FEDERATION': await renderFederation(db, claims.userId, claims.federation) }),
    },
    audit_ids: claims.parentAuditId === null ? [claims.auditId] : [claims.auditId, claims.parentAuditId],
    expires_at: isoMicroseconds(claims.expiresAt),
    issued_at: isoMicroseconds(claims.issuedAt),
  };
  if (claims.delegation?.kind === 'trust') {
    token['OS-TRUST:trust'] = {
      id: claims.delegation.id,
      impersonation: claims.delegation.impersonation,
      trustor_user: { id: claims.delegation.trustorId },
      trustee_user: { id: claims.delegation.trusteeId },
    };
  }
  if (claims.delegation?.kind === 'oauth') {
    token['OS-OAUTH1'] = {
      consumer_id: claims.delegation.consumerId,
      access_token_id: claims.delegation.accessTokenId,
    };
  }
  if (scope.kind === 'none') return token;
  if (scope.kind === 'project') {
    const project = await findProject(db, scope.id);
    if (!project) throw unauthorized();
    token['project'] = { domain: await namedDomain(db, scope.domainId), id: project.id, name: project.name };
    token['is_domain'] = false;
  } else if (scope.kind === 'domain') token['domain'] = await namedDomain(db, scope.id);
  else token['system'] = { all: true };
  token['roles'] = await namedRoles(db, claims.roles);
  if (claims.applicationCredential) token['application_credential'] = await renderCredential(db, claims);
  if (withCatalog) token['catalog'] = await readCatalog(db, scope.kind === 'project' ? scope.id : null, claims.userId);
  return token;
}

async function namedDomain(db: Reader, id: string): Promise<{ id: string; name: string }> {
  const domain = await findDomain(db, id);
  if (!domain) throw unauthorized();
  return { id: domain.id, name: domain.name };
}

/** Where a user logged in, and the groups that they have by that. */
async function renderFederation(db: Reader, userId: string, { identityProviderId, protocolId }: Federation) {
  const groups = await db
    .selectFrom('user_group_members')
    .select('group_id as id')
    .where('user_id', '=', userId)
    .where('identity_provider_id', '=', identityProviderId)
    .orderBy('group_id')
    .execute();
  return { identity_provider: { id: identityProviderId }, protocol: { id: protocolId }, groups };
}

async function namedRoles(db: Reader, names: readonly string[]): Promise<{ id: string; name: string }[]> {
  if (names.length === 0) return [];
  return db
    .selectFrom('roles')
    .select(['id', 'name'])
    .where('domain_id', 'is', null)
    .where('name', 'in', [...names])
    .orderBy('name')
    .execute();
}

async function renderCredential(db: Reader, { applicationCredential }: TokenClaims): Promise<object> {
  if (!applicationCredential) throw unauthorized();
  const row = await findApplicationCredential(db, applicationCredential.id);
  if (!row) throw unauthorized();
  return {
    id: row.id,
    name: row.name,
    restricted: !applicationCredential.unrestricted,
    ...(applicationCredential.accessRules && { access_rules: applicationCredential.accessRules }),
  };
}
