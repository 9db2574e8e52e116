import { unauthorized } from '../../core/errors.ts';
import { newHexId, type DomainId, type UserId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { findDomainReference, findUserReference } from '../tokens/lookup.ts';
import { findUser, findUserByName, type UserRow } from '../store/users.ts';
import type { Federation } from '../tokens/format.ts';
import type { DomainName, Mapped, MappedUser } from './mapping.ts';
import { misconfigured } from './misconfigured.ts';
import { giveProjects, makeOwnProject } from './projects.ts';
import { getIdentityProvider, type IdentityProviderRow } from './store.ts';

/** What somebody is here by a provider's word. */
export interface Account {
  user: UserRow;
  /** Groups that the provider said and that are still, or newly, so; and whether one was taken away. */
  lostGroups: boolean;
}

export interface Arrival {
  /** Whether projects come with a network. */
  app: Pick<App, 'config'>;
  from: Federation;
  mapped: Mapped;
  /** By what the provider knows the user, where no rule says. */
  subject: string;
  /** Whether a first log-in makes a project. */
  ownProject: boolean;
  /** Milliseconds for which memberships of groups hold, unless the provider has its own time. */
  holds: number;
}

/**
 * The account of somebody whom a provider has vouched for, made or brought up to date with its groups and projects.
 * Throws ApiError 401 for a disabled one, and for a local account that is not there.
 */
export async function settle(tx: Tx, context: Context, arrival: Arrival): Promise<Account> {
  const { mapped, from } = arrival;
  const provider = await getIdentityProvider(tx.db, from.identityProviderId);
  const wanted = mapped.user ?? { type: 'ephemeral' as const };
  if (wanted.type === 'local') return { user: await localUser(tx.db, provider, wanted), lostGroups: false };
  const user = await shadowUser(tx, context, provider, { ...arrival, wanted });
  if (!user.enabled) throw unauthorized();
  await giveProjects(arrival.app, tx, context, { user, domainId: provider.domain_id, projects: mapped.projects });
  const groupIds = await groupIdsOf(tx.db, mapped);
  const minutes = provider.authorization_ttl;
  const until = context.now + (minutes === null || minutes === 0 ? arrival.holds : minutes * 60_000);
  const lostGroups = await setMemberships(tx, context, { user, provider: provider.id, groupIds, until });
  return { user: (await findUser(tx.db, user.id)) ?? user, lostGroups };
}

/** An account that is here already. Throws ApiError 401. */
async function localUser(db: Reader, provider: IdentityProviderRow, wanted: MappedUser): Promise<UserRow> {
  const domain = wanted.domain ?? { id: provider.domain_id };
  const user =
    wanted.id === undefined && wanted.name === undefined
      ? undefined
      : await findUserReference(db, {
          ...(wanted.id !== undefined && { id: wanted.id }),
          ...(wanted.name !== undefined && { name: wanted.name }),
          domain: reference(domain),
        });
  if (!user?.enabled) throw unauthorized();
  return user;
}

const reference = ({ id, name }: DomainName) => ({
  ...(id !== undefined && { id }),
  ...(name !== undefined && { name }),
});

/** The account that stands for a user of the provider, made at the first log-in. */
async function shadowUser(
  tx: Tx,
  context: Context,
  provider: IdentityProviderRow,
  { app, from, subject, wanted, ownProject }: Arrival & { wanted: MappedUser },
): Promise<UserRow> {
  const uniqueId = wanted.id ?? wanted.name ?? subject;
  const name = wanted.name ?? uniqueId;
  const extra = toJson(wanted.email === undefined ? {} : { email: wanted.email });
  const known = await tx.db
    .selectFrom('federated_users')
    .select('user_id')
    .where('identity_provider_id', '=', provider.id)
    .where('protocol_id', '=', from.protocolId)
    .where('unique_id', '=', uniqueId)
    .executeTakeFirst();
  const old = known && (await findUser(tx.db, known.user_id));
  if (old) {
    const named = old.name === name || (await findUserByName(tx.db, old.domain_id, name)) ? old.name : name;
    if (named === old.name && extra === old.extra) return old;
    await tx.db.updateTable('users').set({ name: named, extra }).where('id', '=', old.id).execute();
    await writeAudit(tx, context, 'identity:users:update', old.id, { identity_provider: provider.id, name: named });
    return { ...old, name: named, extra };
  }
  const domain = wanted.domain && (await findDomainReference(tx.db, reference(wanted.domain)));
  if (wanted.domain && !domain) throw misconfigured(`the mapping names a domain that is not there`);
  const domainId = (domain?.id ?? provider.domain_id) as DomainId;
  const row: UserRow = {
    ...{ id: newHexId<'user'>(), domain_id: domainId, name: await freeName(tx.db, domainId, name, provider.id) },
    ...{ enabled: bit(true), default_project_id: null, password_hash: null, password_changed_at: null },
    ...{ password_expires_at: null, password_self_service: bit(false), failed_logins: 0, last_failed_login_at: null },
    ...{ last_active_at: context.now, options: '{}', extra, created_at: context.now },
  };
  await tx.db.insertInto('users').values(row).execute();
  const federated = { identity_provider_id: provider.id, protocol_id: from.protocolId, unique_id: uniqueId };
  await tx.db
    .insertInto('federated_users')
    .values({ ...federated, user_id: row.id })
    .execute();
  await writeAudit(tx, context, 'identity:users:create', row.id, { name: row.name, identity_provider: provider.id });
  return ownProject ? makeOwnProject(app, tx, context, row) : row;
}

/** A name that no other account of the domain has: the provider's own, or one with the provider's id. */
async function freeName(db: Reader, domainId: DomainId, name: string, providerId: string): Promise<string> {
  for (const candidate of [name, `${name}@${providerId}`]) {
    if (!(await findUserByName(db, domainId, candidate))) return candidate;
  }
  return `${name}@${providerId}-${newHexId().slice(0, 8)}`;
}

/** The groups here that a mapping names; those that are not here are left out, as Keystone does. */
async function groupIdsOf(db: Reader, { groups }: Mapped): Promise<Set<string>> {
  const found = new Set<string>();
  for (const group of groups) {
    const domain = 'id' in group ? null : await findDomainReference(db, reference(group.domain));
    const query = db.selectFrom('user_groups').select('id');
    const row = await (
      'id' in group
        ? query.where('id', '=', group.id)
        : query.where('name', '=', group.name).where('domain_id', '=', (domain?.id ?? '') as DomainId)
    ).executeTakeFirst();
    if (row) found.add(row.id);
  }
  return found;
}

/**
 * Makes a user member of these groups by the provider's word until then, and of no other group by its word. What was
 * said here stays. Answers whether a group was taken away.
 */
async function setMemberships(
  tx: Tx,
  context: Context,
  { user, provider, groupIds, until }: { user: { id: UserId }; provider: string; groupIds: Set<string>; until: number },
): Promise<boolean> {
  const rows = await tx.db
    .selectFrom('user_group_members')
    .select(['group_id', 'identity_provider_id'])
    .where('user_id', '=', user.id)
    .execute();
  const bySomebodyElse = rows.filter((row) => row.identity_provider_id !== provider).map((row) => row.group_id);
  const before = rows.filter((row) => row.identity_provider_id === provider).map((row) => row.group_id);
  const lost = before.filter((id) => !groupIds.has(id));
  const wanted = [...groupIds].filter((id) => !bySomebodyElse.includes(id));
  if (lost.length > 0) {
    await tx.db.deleteFrom('user_group_members').where('user_id', '=', user.id).where('group_id', 'in', lost).execute();
  }
  if (wanted.length > 0) {
    await tx.db
      .insertInto('user_group_members')
      .values(
        wanted.map((group_id) => ({ group_id, user_id: user.id, identity_provider_id: provider, expires_at: until })),
      )
      .onConflict((clash) => clash.columns(['group_id', 'user_id']).doUpdateSet({ expires_at: until }))
      .execute();
  }
  const gained = wanted.filter((id) => !before.includes(id));
  if (lost.length + gained.length > 0) {
    await writeAudit(tx, context, 'identity:group-members:sync', user.id, {
      identity_provider: provider,
      lost,
      gained,
    });
  }
  return lost.length > 0;
}
