import { badRequest, forbidden, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Reader } from '../../store/store.ts';
import { roleIdsOn } from '../store/assignments.ts';
import { closureOf, effectiveRoles, readRoleBook } from '../store/roles.ts';
import { chainOf, findTrust, rolesOfTrust, type TrustRow } from '../store/trusts.ts';
import { findUser, type UserRow } from '../store/users.ts';
import type { Delegation, Scope } from './format.ts';
import { enabledDomain, enabledProject } from './lookup.ts';

/** What a log-in through a trust amounts to. */
export interface Trusted {
  trust: TrustRow;
  /** In whose name: the trustor's with impersonation, else the trustee's. */
  user: UserRow;
  scope: Scope;
  roles: string[];
  delegation: Delegation;
}

/**
 * Checks that the trustee may use the trust now. Throws ApiError 401 for a trust that is not there (any more), 403
 * when it is another one's or no longer stands on anything
 * (https://docs.openstack.org/api-ref/identity/v3-ext/#os-trust-api).
 */
export async function throughTrust(
  app: App,
  now: number,
  trustee: UserRow,
  asked: { id?: string | undefined },
): Promise<Trusted> {
  const db = app.store.read;
  if (asked.id === undefined) throw badRequest('Expecting to find id in OS-TRUST:trust.');
  const trust = await findTrust(db, now, asked.id);
  if (!trust) throw unauthorized();
  if (trust.trustee_user_id !== trustee.id) throw forbidden('User is not a trustee.');
  const chain = await chainOf(db, trust);
  for (const link of chain) await requireEnabled(db, link.trustor_user_id, 'Trustor is disabled.');
  for (const link of chain.slice(1)) {
    await requireEnabled(db, link.trustee_user_id, 'One of the trust agents is disabled or deleted.');
  }
  const scope = await scopeOf(db, trust);
  const user = trust.impersonation ? await findUser(db, trust.trustor_user_id) : trustee;
  if (!user) throw unauthorized();
  return {
    trust,
    user,
    scope,
    roles: await delegatedRoles(db, trust, chain.at(-1) ?? trust, scope),
    delegation: {
      kind: 'trust',
      id: trust.id,
      trustorId: trust.trustor_user_id,
      trusteeId: trust.trustee_user_id,
      impersonation: trust.impersonation === 1,
    },
  };
}

async function requireEnabled(db: Reader, userId: string, message: string): Promise<void> {
  const user = await findUser(db, userId);
  if (!user?.enabled) throw forbidden(message);
  await enabledDomain(db, { id: user.domain_id });
}

async function scopeOf(db: Reader, trust: TrustRow): Promise<Scope> {
  if (trust.project_id === null) return { kind: 'none' };
  const project = await enabledProject(db, { id: trust.project_id });
  return { kind: 'project', id: project.id, domainId: project.domain_id };
}

/** The trust's roles, all of which the first trustor must still have. Throws ApiError 403. */
async function delegatedRoles(db: Reader, trust: TrustRow, first: TrustRow, scope: Scope): Promise<string[]> {
  if (scope.kind === 'none') return [];
  const book = await readRoleBook(db);
  const held = closureOf(book, await roleIdsOn(db, first.trustor_user_id, scope));
  const handed = (await rolesOfTrust(db, trust.id)).map((role) => role.id);
  if (handed.length === 0 || handed.some((id) => !held.has(id))) throw forbidden('Trustee has no delegated roles.');
  return effectiveRoles(book, handed).map((role) => role.name);
}

/** Takes one use off a trust that has a number of them. Throws ApiError 401 when another log-in took the last one. */
export async function consumeUse(app: App, trust: TrustRow): Promise<void> {
  if (trust.remaining_uses === null) return;
  await app.store.transaction(async (tx) => {
    const result = await tx.db
      .updateTable('trusts')
      .set((update) => ({ remaining_uses: update('remaining_uses', '-', 1) }))
      .where('id', '=', trust.id)
      .where('remaining_uses', '>', 0)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) throw unauthorized();
  });
}
