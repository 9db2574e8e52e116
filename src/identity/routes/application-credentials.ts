import { badRequest, conflict, forbidden, notFound } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { hashPassword, hashRandomSecret, randomSecret } from '../passwords.ts';
import { notAllowed, rulesAll, seesAll } from '../policy.ts';
import {
  accessRulesOfCredential,
  findApplicationCredential,
  findApplicationCredentialByName,
  partsOfCredentials,
  roleIdsOfCredential,
  type ApplicationCredentialRow,
} from '../store/application-credentials.ts';
import { roleIdsOn } from '../store/assignments.ts';
import { closureOf, effectiveRoles, readRoleBook, type RoleBook, type RoleRow } from '../store/roles.ts';
import { getUser } from '../store/users.ts';
import type { AccessRule } from '../tokens/format.ts';
import { identityState } from '../tokens/state.ts';
import {
  ApplicationCredentialCreate,
  parseExpiry,
  renderApplicationCredential,
  type CredentialParts,
} from '../wire/application-credentials.ts';
import { all, AnyQuery, collection, filtersOf, IdParams } from '../wire/common.ts';
import { ownClaims } from './tokens.ts';

const MOST_PER_USER = 1_000;

/** Who may look: the user and the admins. Throws ApiError 403. */
export function requireOwnOrAdmin(context: Context, userId: string, operation: string): void {
  if (context.userId !== userId && !seesAll(context)) throw notAllowed(operation);
}

/**
 * Credentials made from a credential would survive its deletion: only an unrestricted one may make or delete others,
 * and nobody with what another user delegated.
 * Throws ApiError 403.
 */
export async function requireUnrestricted(call: Pick<Call, 'app' | 'context'>): Promise<void> {
  if (call.context.token === null) return;
  const { applicationCredential, delegation } = await ownClaims(call);
  if (delegation) {
    throw forbidden('You are not authorized to perform the requested action: not with a token issued via delegation.');
  }
  if (applicationCredential && !applicationCredential.unrestricted) {
    throw forbidden(
      "You are not authorized to perform the requested action: Using method 'application_credential' is not allowed for managing additional application credentials.",
    );
  }
}

async function partsOf(db: Reader, book: RoleBook, row: ApplicationCredentialRow): Promise<CredentialParts> {
  const ids = await roleIdsOfCredential(db, row.id);
  const roles = [...book.roles.values()].filter((role) => ids.includes(role.id));
  return { row, roles, accessRules: await accessRulesOfCredential(db, row.id) };
}

const list = route({
  operation: 'application-credentials:list',
  method: 'GET',
  path: '/users/:user_id/application_credentials',
  params: IdParams('user_id'),
  query: AnyQuery,
  async handler(call) {
    const { app, context, params, query } = call;
    requireOwnOrAdmin(context, params.user_id, 'list_application_credentials');
    const db = app.store.read;
    const rows = await db
      .selectFrom('application_credentials')
      .selectAll()
      .where('user_id', '=', params.user_id)
      .where(all(filtersOf(query, 'application_credentials', { name: 'text', project_id: 'text' })))
      .orderBy('name')
      .execute();
    const book = await readRoleBook(db);
    const { roleIds, rules } = await partsOfCredentials(db, params.user_id);
    return ok(
      collection(call, 'application_credentials', rows, (row) => {
        const handed = roleIds.get(row.id) ?? [];
        const roles = [...book.roles.values()].filter((role) => handed.includes(role.id));
        return renderApplicationCredential(call, { row, roles, accessRules: rules.get(row.id) ?? null });
      }),
    );
  },
});

const one = IdParams('user_id', 'application_credential_id');

async function ownCredential(db: Reader, userId: string, id: string): Promise<ApplicationCredentialRow> {
  const row = await findApplicationCredential(db, id);
  if (row?.user_id !== userId) throw notFound(`Could not find Application Credential: ${id}.`);
  return row;
}

const show = route({
  operation: 'application-credentials:show',
  method: 'GET',
  path: '/users/:user_id/application_credentials/:application_credential_id',
  params: one,
  async handler(call) {
    const { app, context, params } = call;
    requireOwnOrAdmin(context, params.user_id, 'get_application_credential');
    const db = app.store.read;
    const row = await ownCredential(db, params.user_id, params.application_credential_id);
    const parts = await partsOf(db, await readRoleBook(db), row);
    return ok({ application_credential: renderApplicationCredential(call, parts) });
  },
});

const create = route({
  operation: 'application-credentials:create',
  method: 'POST',
  path: '/users/:user_id/application_credentials',
  params: IdParams('user_id'),
  body: ApplicationCredentialCreate,
  async handler(call) {
    const { app, context, params, body } = call;
    const given = body.application_credential;
    await requireUnrestricted(call);
    const claims = await ownClaims(call);
    const { userId, projectId } = context;
    if (userId === null || userId !== params.user_id) {
      throw forbidden(
        'You are not authorized to perform the requested action: Cannot create an application credential for another user.',
      );
    }
    if (projectId === null || (given.project_id !== undefined && given.project_id !== projectId)) {
      throw badRequest(
        'An application credential is for the project of the token that makes it: use a token scoped to that project.',
      );
    }
    const expiry = given.expires_at ? parseExpiry(given.expires_at, context.now) : null;
    const secret = given.secret ?? randomSecret();
    const row: ApplicationCredentialRow = {
      id: newHexId(),
      name: given.name,
      user_id: userId,
      project_id: projectId,
      secret_hash: given.secret ? await hashPassword(given.secret) : hashRandomSecret(secret),
      description: given.description ?? null,
      unrestricted: bit(given.unrestricted ?? false),
      expires_at: expiry?.at ?? null,
      expires_at_text: expiry?.text ?? null,
      created_at: context.now,
    };
    const parts = await app.store.transaction(async (tx) => {
      await requireRoom(tx.db, row);
      const book = await readRoleBook(tx.db);
      const held = await heldRoles(tx.db, book, claims.applicationCredential ? context.roles : null, row);
      const roles = given.roles?.length ? chosenRoles(book, held, given.roles) : shown(held, context);
      await tx.db.insertInto('application_credentials').values(row).execute();
      await tx.db
        .insertInto('application_credential_roles')
        .values(roles.map((role) => ({ application_credential_id: row.id, role_id: role.id })))
        .execute();
      const accessRules = given.access_rules?.length ? await linkRules(tx, row, given.access_rules) : null;
      await writeAudit(tx, context, 'identity:application-credentials:create', row.id, { name: row.name });
      return { row, roles, accessRules };
    });
    return created({ application_credential: { ...renderApplicationCredential(call, parts), secret } });
  },
});

async function requireRoom(db: Reader, row: ApplicationCredentialRow): Promise<void> {
  await getUser(db, row.user_id);
  if (await findApplicationCredentialByName(db, row.user_id, row.name)) {
    throw conflict(
      `Conflict occurred attempting to store application_credential - Duplicate entry found with name ${row.name}.`,
    );
  }
  const { count } = await db
    .selectFrom('application_credentials')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('user_id', '=', row.user_id)
    .executeTakeFirstOrThrow();
  if (count >= MOST_PER_USER) {
    throw forbidden(`Unable to create additional application credentials: a user has at most ${MOST_PER_USER}.`);
  }
}

/** Without a choice, what is handed on is what the caller's token has. Throws ApiError 400 when that is nothing. */
function shown(held: readonly RoleRow[], context: Context): readonly RoleRow[] {
  const roles = held.filter((role) => context.roles.includes(role.name));
  if (roles.length === 0) throw unassigned('any role');
  return roles;
}

/**
 * The roles that the caller has on the project now, also those assigned since the token was made; of `only` when the
 * token itself is a credential's. Throws ApiError 400 without any.
 */
async function heldRoles(
  db: Reader,
  book: RoleBook,
  only: readonly string[] | null,
  { user_id: userId, project_id: id }: ApplicationCredentialRow,
): Promise<RoleRow[]> {
  const ids = await roleIdsOn(db, userId, { kind: 'project', id, domainId: '' });
  const held = effectiveRoles(book, ids).filter((role) => only === null || only.includes(role.name));
  if (held.length === 0) throw unassigned('any role');
  return held;
}

const unassigned = (role: string) =>
  badRequest(
    `Invalid application credential: Cannot create an application credential with unassigned role: you do not have ${role} on the project.`,
  );

/** The asked roles with those they imply; only what the caller has can be handed on. */
function chosenRoles(
  book: RoleBook,
  held: readonly RoleRow[],
  asked: readonly { id?: string; name?: string }[],
): RoleRow[] {
  const ids = asked.map(({ id, name }) => {
    const role = held.find((candidate) => candidate.id === id || candidate.name === name);
    if (!role) throw unassigned(name ?? id ?? '');
    return role.id;
  });
  const wanted = closureOf(book, ids);
  return held.filter((role) => wanted.has(role.id));
}

type GivenRule = { id?: string; service?: string; method?: string; path?: string };

/** Links the rules, making those the user does not have yet. */
async function linkRules(
  tx: Tx,
  { id, user_id: userId }: ApplicationCredentialRow,
  given: readonly GivenRule[],
): Promise<AccessRule[]> {
  const rules = new Map<string, AccessRule>();
  for (const asked of given) {
    const rule = await ruleFor(tx, userId, asked);
    rules.set(rule.id, rule);
  }
  await tx.db
    .insertInto('application_credential_access_rules')
    .values([...rules.keys()].map((ruleId) => ({ application_credential_id: id, access_rule_id: ruleId })))
    .execute();
  return [...rules.values()];
}

async function ruleFor(tx: Tx, userId: string, asked: GivenRule): Promise<AccessRule> {
  const { service, method, path } = asked;
  const own = tx.db
    .selectFrom('access_rules')
    .select(['id', 'service', 'method', 'path'])
    .where('user_id', '=', userId);
  if (service === undefined || method === undefined || path === undefined) {
    const known = await own.where('id', '=', asked.id ?? '').executeTakeFirst();
    if (known) return known;
    throw badRequest('An access rule needs a service, a method and a path, or the id of one of your rules.');
  }
  const known = await own
    .where('service', '=', service)
    .where('method', '=', method)
    .where('path', '=', path)
    .executeTakeFirst();
  if (known) return known;
  const rule: AccessRule = { id: newHexId(), service, method, path };
  await tx.db
    .insertInto('access_rules')
    .values({ ...rule, user_id: userId })
    .execute();
  return rule;
}

const remove = route({
  operation: 'application-credentials:delete',
  method: 'DELETE',
  path: '/users/:user_id/application_credentials/:application_credential_id',
  params: one,
  async handler(call): Promise<Reply> {
    const { app, context, params } = call;
    await requireUnrestricted(call);
    if (context.userId !== params.user_id && !rulesAll(context)) throw notAllowed('delete_application_credential');
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await ownCredential(tx.db, params.user_id, params.application_credential_id);
      await tx.db.deleteFrom('application_credentials').where('id', '=', row.id).execute();
      await revocations.revoke(tx, 'application_credential', row.id);
      await writeAudit(tx, context, 'identity:application-credentials:delete', row.id, { name: row.name });
    });
    return noContent();
  },
});

export const applicationCredentialRoutes = [list, show, create, remove];
