import { forbidden, notFound } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { notAllowed, requireSeesAll, rulesAll, seesAll } from '../policy.ts';
import { redelegationCount, type Source } from '../redelegation.ts';
import { roleIdsOn } from '../store/assignments.ts';
import { getProject } from '../store/projects.ts';
import { closureOf, readRoleBook, type RoleBook, type RoleRow } from '../store/roles.ts';
import { chainOf, findTrust, idsBelow, rolesOfTrust, type TrustRow } from '../store/trusts.ts';
import { getUser } from '../store/users.ts';
import type { TokenClaims } from '../tokens/format.ts';
import { identityState } from '../tokens/state.ts';
import { parseExpiry, type Expiry } from '../wire/application-credentials.ts';
import { AnyQuery, collection, extraOf, IdParams, missing, parameter } from '../wire/common.ts';
import {
  renderTrust,
  renderTrustRoles,
  renderWholeTrust,
  TRUST_MEMBERS,
  TrustCreate,
  type GivenTrust,
  type RoleReference,
} from '../wire/trusts.ts';
import { ownClaims } from './tokens.ts';

/* OS-TRUST: one user (trustor) lets another one (trustee) act on a project in part, for a time, in either's name. */

const one = IdParams('trust_id');
const withRole = IdParams('trust_id', 'role_id');

/** Whoever is handed an application credential may not hand on more with it. Throws ApiError 403. */
async function trustClaims(call: Pick<Call, 'app' | 'context'>): Promise<TokenClaims> {
  const claims = await ownClaims(call);
  if (!claims.applicationCredential) return claims;
  throw forbidden(
    "You are not authorized to perform the requested action: Using method 'application_credential' is not allowed for managing trusts.",
  );
}

/** A trust the caller is part of, or may look at. Throws ApiError 404. */
async function visibleTrust(db: Reader, context: Context, id: string): Promise<TrustRow> {
  const row = await findTrust(db, context.now, id);
  const part = row?.trustor_user_id === context.userId || row?.trustee_user_id === context.userId;
  if (!row || !(part || seesAll(context))) throw missing('trust', id);
  return row;
}

const list = route({
  operation: 'trusts:list',
  method: 'GET',
  path: '/OS-TRUST/trusts',
  query: AnyQuery,
  async handler(call) {
    const { app, context, query } = call;
    const trustor = parameter(query, 'trustor_user_id');
    const trustee = parameter(query, 'trustee_user_id');
    const own = (trustor ?? trustee) !== undefined && (trustor ?? trustee) === context.userId;
    if (!own) requireSeesAll(context, 'list_trusts');
    await trustClaims(call);
    let select = app.store.read.selectFrom('trusts').selectAll();
    if (trustor !== undefined) select = select.where('trustor_user_id', '=', trustor);
    if (trustee !== undefined) select = select.where('trustee_user_id', '=', trustee);
    const rows = await select.orderBy('created_at').orderBy('id').execute();
    return ok(collection(call, 'trusts', rows, (row) => renderTrust(call, row)));
  },
});

const show = route({
  operation: 'trusts:show',
  method: 'GET',
  path: '/OS-TRUST/trusts/:trust_id',
  params: one,
  async handler(call) {
    await trustClaims(call);
    const db = call.app.store.read;
    const row = await visibleTrust(db, call.context, call.params.trust_id);
    return ok({ trust: renderWholeTrust(call, row, await rolesOfTrust(db, row.id)) });
  },
});

const create = route({
  operation: 'trusts:create',
  method: 'POST',
  path: '/OS-TRUST/trusts',
  body: TrustCreate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.trust;
    if (context.userId === null || context.userId !== given.trustor_user_id) {
      throw forbidden('The authenticated user should match the trustor.');
    }
    if (context.system || context.domainId !== null) throw notAllowed('create_trust');
    const claims = await trustClaims(call);
    if (given.project_id && !given.roles?.length) throw forbidden('At least one role should be specified.');
    const expiry = given.expires_at ? parseExpiry(given.expires_at, context.now) : null;
    const made = await app.store.transaction(async (tx) => {
      const trust = await insertTrust(tx, context, given, { claims, expiry });
      await writeAudit(tx, context, 'identity:trusts:create', trust.row.id, { trustee: trust.row.trustee_user_id });
      return trust;
    });
    return created({ trust: renderWholeTrust(call, made.row, made.roles) });
  },
});

async function insertTrust(
  tx: Tx,
  context: Context,
  given: GivenTrust,
  { claims, expiry }: { claims: TokenClaims; expiry: Expiry | null },
): Promise<{ row: TrustRow; roles: RoleRow[] }> {
  await getUser(tx.db, given.trustee_user_id);
  const source = await sourceOf(tx.db, context, claims);
  const book = await readRoleBook(tx.db);
  const roles = (given.roles ?? []).map((reference) => findReference(book, reference));
  await requireHeld(tx.db, book, roles, { given, source });
  const inherited = source?.trust.expires_at_text ?? null;
  const row: TrustRow = {
    id: newHexId(),
    trustor_user_id: given.trustor_user_id,
    trustee_user_id: given.trustee_user_id,
    project_id: given.project_id ?? null,
    impersonation: bit(given.impersonation),
    remaining_uses: given.remaining_uses ?? null,
    expires_at: expiry?.at ?? source?.trust.expires_at ?? null,
    expires_at_text: expiry?.text ?? inherited,
    redelegated_trust_id: source?.trust.id ?? null,
    redelegation_count: redelegationCount(
      {
        impersonation: given.impersonation,
        remainingUses: given.remaining_uses ?? null,
        expiresAt: expiry?.at ?? null,
        allowRedelegation: given.allow_redelegation ?? false,
        redelegationCount: given.redelegation_count ?? null,
        roleIds: roles.map((role) => role.id),
      },
      source,
    ),
    extra: toJson(extraOf(given, TRUST_MEMBERS)),
    created_at: context.now,
  };
  await tx.db.insertInto('trusts').values(row).execute();
  if (roles.length > 0) {
    await tx.db
      .insertInto('trust_roles')
      .values(roles.map((role) => ({ trust_id: row.id, role_id: role.id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return { row, roles };
}

/** The trust that the caller's own token rests on. Throws ApiError 403 for other delegated tokens. */
async function sourceOf(db: Reader, context: Context, { delegation }: TokenClaims): Promise<Source | null> {
  if (!delegation) return null;
  if (delegation.kind !== 'trust') throw forbidden('Redelegation allowed for delegated by trust only.');
  const trust = await findTrust(db, context.now, delegation.id);
  if (!trust) throw missing('trust', delegation.id);
  return { trust, roleIds: (await rolesOfTrust(db, trust.id)).map((role) => role.id) };
}

function findReference(book: RoleBook, { id, name }: RoleReference): RoleRow {
  const candidates = [...book.roles.values()].filter((role) =>
    id === undefined ? role.name === name : role.id === id,
  );
  // A name may also be taken in domains: the role that is valid everywhere comes first.
  const role = candidates.find((candidate) => candidate.domain_id === null) ?? candidates[0];
  if (!role) throw missing('role', id ?? name ?? '');
  return role;
}

/** The first trustor of the chain must have every role now. Throws ApiError 404, as Keystone does. */
async function requireHeld(
  db: Reader,
  book: RoleBook,
  roles: readonly RoleRow[],
  { given, source }: { given: GivenTrust; source: Source | null },
): Promise<void> {
  if (!given.project_id) return;
  const project = await getProject(db, given.project_id);
  if (source && source.trust.project_id !== project.id) {
    throw forbidden(`The redelegated trust is for another project than ${project.id}.`);
  }
  const first = source ? (await chainOf(db, source.trust)).at(-1) : undefined;
  const trustorId = first?.trustor_user_id ?? given.trustor_user_id;
  const held = closureOf(book, await roleIdsOn(db, trustorId, { kind: 'project', id: project.id, domainId: '' }));
  for (const role of roles) if (!held.has(role.id)) throw missing('role', role.id);
}

const remove = route({
  operation: 'trusts:delete',
  method: 'DELETE',
  path: '/OS-TRUST/trusts/:trust_id',
  params: one,
  async handler(call): Promise<Reply> {
    const { app, context, params } = call;
    await trustClaims(call);
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      // Also one that has ended may be cleared away.
      const row = await tx.db.selectFrom('trusts').selectAll().where('id', '=', params.trust_id).executeTakeFirst();
      const part = row?.trustor_user_id === context.userId || row?.trustee_user_id === context.userId;
      if (!row || !(part || seesAll(context))) throw missing('trust', params.trust_id);
      if (row.trustor_user_id !== context.userId && !rulesAll(context)) throw notAllowed('delete_trust');
      for (const id of await idsBelow(tx.db, row.id)) await revocations.revoke(tx, 'trust', id);
      await tx.db.deleteFrom('trusts').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:trusts:delete', row.id);
    });
    return noContent();
  },
});

const listRoles = route({
  operation: 'trust-roles:list',
  method: 'GET',
  path: '/OS-TRUST/trusts/:trust_id/roles',
  params: one,
  async handler(call) {
    await trustClaims(call);
    const db = call.app.store.read;
    const row = await visibleTrust(db, call.context, call.params.trust_id);
    return ok(renderTrustRoles(call, row, await rolesOfTrust(db, row.id)));
  },
});

const showRole = route({
  operation: 'trust-roles:show',
  method: 'GET',
  path: '/OS-TRUST/trusts/:trust_id/roles/:role_id',
  params: withRole,
  async handler(call) {
    await trustClaims(call);
    const { trust_id: trustId, role_id: roleId } = call.params;
    const db = call.app.store.read;
    const row = await visibleTrust(db, call.context, trustId);
    const role = (await rolesOfTrust(db, row.id)).find((candidate) => candidate.id === roleId);
    if (!role) throw notFound(`Could not find role: ${roleId}.`);
    return ok({ role: renderTrustRoles(call, row, [role]).roles[0] });
  },
});

export const trustRoutes = [list, show, create, remove, listRoles, showRole];
