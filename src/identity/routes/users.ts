import { sql, type SqlBool } from 'kysely';
import { badRequest, forbidden, unauthorized } from '../../core/errors.ts';
import { newHexId, type ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { lockedOut, passwordEnd, requireGoodPassword, requireOldEnough } from '../password-rules.ts';
import { hashPassword, verifyPassword } from '../passwords.ts';
import { listedDomain, managesDomain, notAllowed, requireManager, seesDomain } from '../policy.ts';
import { countFailure, requireUnusedPassword, setPassword } from '../store/passwords.ts';
import { findDomain, findProject, getDomain } from '../store/projects.ts';
import { deleteUserRow, findUser, getUser, requireFreeUserName, type UserRow } from '../store/users.ts';
import { requireUnlocked } from '../throttle.ts';
import { identityState } from '../tokens/state.ts';
import {
  AnyQuery,
  collection,
  extraOf,
  IdParams,
  mergedExtra,
  mergedOptions,
  missing,
  requireSameId,
} from '../wire/common.ts';
import { expiryFilter, PasswordChange, renderUser, USER_MEMBERS, UserCreate, UserUpdate } from '../wire/users.ts';
import { ownDomain } from './projects.ts';
import { namedRows } from './lists.ts';

const params = IdParams('user_id');

const list = route({
  operation: 'users:list',
  method: 'GET',
  path: '/users',
  query: AnyQuery,
  async handler(call) {
    const domainId = listedDomain(call.context, 'list_users');
    const within = [...(domainId === null ? [] : [sql<SqlBool>`domain_id = ${domainId}`]), ...expiryFilter(call.query)];
    const filters = { name: 'text', domain_id: 'text', enabled: 'bool', id: 'text' } as const;
    const { rows, page } = await namedRows(call, 'users', { filters, within });
    return ok(collection(call, 'users', rows, (row) => renderUser(call, row), page));
  },
});

/** A user whom the caller may look at: oneself, or one of the caller's domain. */
export async function visibleUser(db: Reader, context: Context, id: string): Promise<UserRow> {
  const row = await getUser(db, id);
  if (row.id !== context.userId && !seesDomain(context, row.domain_id)) throw missing('user', id);
  return row;
}

async function managedUser(db: Reader, context: Context, id: string): Promise<UserRow> {
  const row = await getUser(db, id);
  if (!managesDomain(context, row.domain_id)) throw missing('user', id);
  return row;
}

const show = route({
  operation: 'users:show',
  method: 'GET',
  path: '/users/:user_id',
  params,
  handler: async (call) =>
    ok({ user: renderUser(call, await visibleUser(call.app.store.read, call.context, call.params.user_id)) }),
});

const create = route({
  operation: 'users:create',
  method: 'POST',
  path: '/users',
  body: UserCreate,
  async handler(call) {
    const { app, context, body } = call;
    requireManager(context, 'create_user');
    const given = body.user;
    const domainId = given.domain_id ?? ownDomain(context);
    if (!managesDomain(context, domainId)) throw notAllowed('create_user');
    const rules = app.config.passwordRules;
    if (given.password) requireGoodPassword(rules, given.password);
    const passwordHash = given.password ? await hashPassword(given.password) : null;
    const options = toJson(mergedOptions('{}', given.options));
    const row: UserRow = {
      id: newHexId(),
      domain_id: domainId,
      name: given.name,
      enabled: bit(given.enabled ?? true),
      default_project_id: given.default_project_id ?? null,
      password_hash: passwordHash,
      password_changed_at: passwordHash === null ? null : context.now,
      password_expires_at:
        passwordHash === null ? null : passwordEnd(rules, { options }, { now: context.now, ownChoice: false }),
      password_self_service: 0,
      failed_logins: 0,
      last_failed_login_at: null,
      last_active_at: null,
      options,
      extra: toJson(extraOf(given, USER_MEMBERS)),
      created_at: context.now,
    };
    await app.store.transaction(async (tx) => {
      await getDomain(tx.db, domainId);
      await requireNoDomain(tx.db, given.default_project_id);
      await requireFreeUserName(tx.db, domainId, row.name);
      await tx.db.insertInto('users').values(row).execute();
      await writeAudit(tx, context, 'identity:users:create', row.id, { name: row.name });
    });
    return created({ user: renderUser(call, row) });
  },
});

/** A default project need not exist, but it may not be a domain. */
async function requireNoDomain(db: Reader, projectId: ProjectId | null | undefined): Promise<void> {
  if (projectId && (await findDomain(db, projectId))) {
    throw badRequest("User's default project ID cannot be a domain ID.");
  }
}

const update = route({
  operation: 'users:update',
  method: 'PATCH',
  path: '/users/:user_id',
  params,
  body: UserUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    requireManager(context, 'update_user');
    const given = body.user;
    const { revocations } = await identityState(app);
    const rules = app.config.passwordRules;
    if (given.password) requireGoodPassword(rules, given.password);
    const passwordHash = given.password ? await hashPassword(given.password) : null;
    const row = await app.store.transaction(async (tx) => {
      const old = await managedUser(tx.db, context, path.user_id);
      requireSameId(given, old.id);
      if (given.domain_id !== undefined && given.domain_id !== old.domain_id) {
        throw badRequest('Update of `domain_id` is not allowed: a user stays in its domain.');
      }
      if (given.name !== undefined) await requireFreeUserName(tx.db, old.domain_id, given.name, old.id);
      await requireNoDomain(tx.db, given.default_project_id);
      const changes = {
        name: given.name ?? old.name,
        enabled: given.enabled === undefined ? old.enabled : bit(given.enabled),
        default_project_id: given.default_project_id === undefined ? old.default_project_id : given.default_project_id,
        // Enabling an account also unlocks it.
        ...(given.enabled && { failed_logins: 0, last_failed_login_at: null, last_active_at: context.now }),
        options: toJson(mergedOptions(old.options, given.options)),
        extra: toJson(mergedExtra(old.extra, extraOf(given, USER_MEMBERS))),
      };
      await tx.db.updateTable('users').set(changes).where('id', '=', old.id).execute();
      const changed = { ...old, ...changes };
      const password = { hash: passwordHash, now: context.now, ownChoice: false };
      const ofPassword = given.password === undefined ? {} : await setPassword(tx, rules, changed, password);
      if (given.password !== undefined || (old.enabled && !changes.enabled)) {
        await revocations.revoke(tx, 'user', old.id);
      }
      await writeAudit(tx, context, 'identity:users:update', old.id, { members: Object.keys(given) });
      return { ...changed, ...ofPassword };
    });
    return ok({ user: renderUser(call, row) });
  },
});

const remove = route({
  operation: 'users:delete',
  method: 'DELETE',
  path: '/users/:user_id',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    requireManager(context, 'delete_user');
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await managedUser(tx.db, context, path.user_id);
      await deleteUserRow(tx, row.id);
      await revocations.revoke(tx, 'user', row.id);
      await writeAudit(tx, context, 'identity:users:delete', row.id, { name: row.name });
    });
    return noContent();
  },
});

/** Needs no token: the old password is the proof, also for whom a token would no longer be given. */
const changePassword = route({
  operation: 'users:change-password',
  method: 'POST',
  path: '/users/:user_id/password',
  params,
  body: PasswordChange,
  async handler({ app, context, params: path, body }): Promise<Reply> {
    const { revocations, throttle } = await identityState(app);
    const rules = app.config.passwordRules;
    const user = await findUser(app.store.read, path.user_id);
    if (user && context.trail) context.trail.account = { userId: user.id, domainId: user.domain_id };
    await requireUnlocked(throttle, context, path.user_id);
    if (user && lockedOut(rules, user, context.now)) throw unauthorized();
    const right = await verifyPassword(body.user.original_password, user?.password_hash ?? null);
    if (!right || !user?.enabled || !(await findProject(app.store.read, user.domain_id))?.enabled) {
      await throttle.failed(path.user_id, context.remoteAddress);
      if (user && !right) await countFailure(app.store, rules, user.id, context.now);
      throw unauthorized();
    }
    await throttle.succeeded(path.user_id, context.remoteAddress);
    if (fromJson<Record<string, unknown>>(user.options)['lock_password'] === true) {
      throw forbidden('The password of this user is locked: only an administrator can change it.');
    }
    requireGoodPassword(rules, body.user.password);
    requireOldEnough(rules, user, context.now);
    await requireUnusedPassword(app.store.read, rules, user, body.user.password);
    const hash = await hashPassword(body.user.password);
    await app.store.transaction(async (tx) => {
      const current = await getUser(tx.db, user.id);
      if (current.password_hash !== user.password_hash) throw unauthorized();
      await setPassword(tx, rules, current, { hash, now: context.now, ownChoice: true });
      await revocations.revoke(tx, 'user', user.id);
      await writeAudit(tx, { ...context, userId: user.id }, 'identity:users:change-password', user.id);
    });
    return noContent();
  },
});

export const userRoutes = [list, show, create, update, remove, changePassword];
