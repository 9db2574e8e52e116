import { isoMicroseconds } from '../../core/clock.ts';
import { badRequest } from '../../core/errors.ts';
import { ok, route } from '../../http/route.ts';
import { notAllowed, rulesAll } from '../policy.ts';
import type { RevocationKind } from '../tables.ts';
import { AnyQuery, parameter, urlOf } from '../wire/common.ts';

/* OS-REVOKE: which tokens are void before they expire, for services that check tokens by themselves. */

const MEMBERS: Readonly<Record<Exclude<RevocationKind, 'grant' | 'role'>, string>> = {
  audit: 'audit_chain_id',
  user: 'user_id',
  project: 'project_id',
  domain: 'domain_id',
  application_credential: 'application_credential_id',
  trust: 'OS-TRUST:trust_id',
  oauth_consumer: 'OS-OAUTH1:consumer_id',
  oauth_access_token: 'OS-OAUTH1:access_token_id',
  identity_provider: 'OS-FEDERATION:identity_provider_id',
};

/** What a revocation is about, with Keystone's names. */
function subjectOf(kind: RevocationKind, value: string, roleIds: ReadonlyMap<string, string>): object {
  if (kind === 'role') return { role_id: roleIds.get(value) ?? value };
  if (kind !== 'grant') return { [MEMBERS[kind]]: value };
  const [userId, scope, id] = value.split(' ');
  return {
    user_id: userId,
    ...(scope === 'project' && { project_id: id }),
    ...(scope === 'domain' && { domain_id: id }),
  };
}

const list = route({
  operation: 'revocation-events:list',
  method: 'GET',
  path: '/OS-REVOKE/events',
  query: AnyQuery,
  async handler(call) {
    const { app, context, query } = call;
    if (!rulesAll(context) && !context.roles.includes('service')) throw notAllowed('list_revoke_events');
    const since = parameter(query, 'since');
    const from = since === undefined ? 0 : Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(since) ? since : `${since}Z`);
    if (Number.isNaN(from)) throw badRequest(`Invalid date '${since}': it must look like 2027-01-31T12:00:00Z.`);
    const db = app.store.read;
    const roles = await db.selectFrom('roles').select(['id', 'name']).where('domain_id', 'is', null).execute();
    const roleIds = new Map(roles.map((role) => [role.name, role.id]));
    const rows = await db
      .selectFrom('token_revocations')
      .selectAll()
      .where('expires_at', '>', context.now)
      .where('issued_before', '>=', from)
      .orderBy('issued_before')
      .execute();
    return ok({
      events: rows.map((row) => ({
        ...subjectOf(row.kind, row.value, roleIds),
        issued_before: isoMicroseconds(row.issued_before),
        revoked_at: isoMicroseconds(row.issued_before),
      })),
      links: { self: urlOf({ app }, '/OS-REVOKE/events'), previous: null, next: null },
    });
  },
});

export const revocationEventRoutes = [list];
