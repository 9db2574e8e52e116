import { isoMicroseconds } from '../../core/clock.ts';
import { noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import type { AccessTokenRow } from '../store/oauth.ts';
import type { RoleRow } from '../store/roles.ts';
import { identityState } from '../tokens/state.ts';
import { collection, IdParams, missing, oneOf, urlOf } from '../wire/common.ts';
import { renderRole } from '../wire/roles.ts';

/* What users let programs do; administrators look after it, as Keystone's default policies say. */

const BASE = '/users/:user_id/OS-OAUTH1/access_tokens';
const one = IdParams('user_id', 'access_token_id');

const pathOf = (row: AccessTokenRow) => `/users/${row.user_id}/OS-OAUTH1/access_tokens/${row.id}`;

const render = (call: Pick<Call, 'app'>, row: AccessTokenRow) => ({
  id: row.id,
  consumer_id: row.consumer_id,
  project_id: row.project_id,
  authorizing_user_id: row.user_id,
  expires_at: row.expires_at === null ? null : isoMicroseconds(row.expires_at),
  links: { self: urlOf(call, pathOf(row)), roles: urlOf(call, `${pathOf(row)}/roles`) },
});

async function getAccessToken(
  db: Reader,
  given: { user_id: string; access_token_id: string },
): Promise<AccessTokenRow> {
  const row = await db
    .selectFrom('oauth_access_tokens')
    .selectAll()
    .where('id', '=', given.access_token_id)
    .where('user_id', '=', given.user_id)
    .executeTakeFirst();
  if (!row) throw missing('access token', given.access_token_id);
  return row;
}

async function rolesOf(db: Reader, row: AccessTokenRow): Promise<RoleRow[]> {
  const ids = fromJson<string[]>(row.role_ids);
  return db.selectFrom('roles').selectAll().where(oneOf('roles.id', ids)).orderBy('name').execute();
}

const list = route({
  operation: 'access-tokens:list',
  method: 'GET',
  path: BASE,
  params: IdParams('user_id'),
  async handler(call) {
    const rows = await call.app.store.read
      .selectFrom('oauth_access_tokens')
      .selectAll()
      .where('user_id', '=', call.params.user_id)
      .orderBy('id')
      .execute();
    return ok(collection(call, 'access_tokens', rows, (row) => render(call, row)));
  },
});

const show = route({
  operation: 'access-tokens:show',
  method: 'GET',
  path: `${BASE}/:access_token_id`,
  params: one,
  handler: async (call) => ok({ access_token: render(call, await getAccessToken(call.app.store.read, call.params)) }),
});

const listRoles = route({
  operation: 'access-tokens:list-roles',
  method: 'GET',
  path: `${BASE}/:access_token_id/roles`,
  params: one,
  async handler(call) {
    const db = call.app.store.read;
    const roles = await rolesOf(db, await getAccessToken(db, call.params));
    return ok(collection(call, 'roles', roles, (role) => renderRole(call, role)));
  },
});

const showRole = route({
  operation: 'access-tokens:show-role',
  method: 'GET',
  path: `${BASE}/:access_token_id/roles/:role_id`,
  params: IdParams('user_id', 'access_token_id', 'role_id'),
  async handler(call) {
    const db = call.app.store.read;
    const roles = await rolesOf(db, await getAccessToken(db, call.params));
    const role = roles.find((candidate) => candidate.id === call.params.role_id);
    if (!role) throw missing('role', call.params.role_id);
    return ok({ role: renderRole(call, role) });
  },
});

const remove = route({
  operation: 'access-tokens:delete',
  method: 'DELETE',
  path: `${BASE}/:access_token_id`,
  params: one,
  async handler({ app, context, params }): Promise<Reply> {
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await getAccessToken(tx.db, params);
      await tx.db.deleteFrom('oauth_access_tokens').where('id', '=', row.id).execute();
      await revocations.revoke(tx, 'oauth_access_token', row.id);
      await writeAudit(tx, context, 'identity:access-tokens:delete', row.id, { user_id: row.user_id });
    });
    return noContent();
  },
});

export const oauthAccessTokenRoutes = [list, show, listRoles, showRole, remove];
