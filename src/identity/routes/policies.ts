import { Type } from 'typebox';
import type { Selectable } from 'kysely';
import { newHexId } from '../../core/ids.ts';
import { created, noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson, toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { requireSeesAll } from '../policy.ts';
import type { PoliciesTable } from '../tables.ts';
import {
  all,
  AnyQuery,
  collection,
  extraOf,
  filtersOf,
  IdParams,
  mergedExtra,
  missing,
  Open,
  OpenPatch,
  requireSameId,
  urlOf,
} from '../wire/common.ts';

/* Texts that Keystone keeps for other services. Nothing here reads them; clients find what they put. */

type PolicyRow = Selectable<PoliciesTable>;

const PolicyType = Type.String({ minLength: 1, maxLength: 255 });
const Blob = Type.String({ maxLength: 500_000 });
const Create = Strict({ policy: Open({ type: PolicyType, blob: Blob }) });
const Update = Strict({ policy: OpenPatch({ type: Type.Optional(PolicyType), blob: Type.Optional(Blob) }) });
const MEMBERS = ['type', 'blob'];
const params = IdParams('policy_id');

const render = (call: Pick<Call, 'app'>, row: PolicyRow) => ({
  ...fromJson<object>(row.extra),
  id: row.id,
  type: row.type,
  blob: row.blob,
  links: { self: urlOf(call, `/policies/${row.id}`) },
});

async function getPolicy(db: Reader, id: string): Promise<PolicyRow> {
  const row = await db.selectFrom('policies').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing('policy', id);
  return row;
}

const list = route({
  operation: 'policies:list',
  method: 'GET',
  path: '/policies',
  access: 'authenticated',
  query: AnyQuery,
  async handler(call) {
    requireSeesAll(call.context, 'list_policies');
    const rows = await call.app.store.read
      .selectFrom('policies')
      .selectAll()
      .where(all(filtersOf(call.query, 'policies', { type: 'text' })))
      .orderBy('id')
      .execute();
    return ok(collection(call, 'policies', rows, (row) => render(call, row)));
  },
});

const show = route({
  operation: 'policies:show',
  method: 'GET',
  path: '/policies/:policy_id',
  access: 'authenticated',
  params,
  async handler(call) {
    requireSeesAll(call.context, 'get_policy');
    return ok({ policy: render(call, await getPolicy(call.app.store.read, call.params.policy_id)) });
  },
});

const create = route({
  operation: 'policies:create',
  method: 'POST',
  path: '/policies',
  access: 'admin',
  body: Create,
  async handler(call) {
    const given = call.body.policy;
    const row: PolicyRow = {
      id: newHexId(),
      type: given.type,
      blob: given.blob,
      extra: toJson(extraOf(given, MEMBERS)),
    };
    await call.app.store.transaction(async (tx) => {
      await tx.db.insertInto('policies').values(row).execute();
      await writeAudit(tx, call.context, 'identity:policies:create', row.id);
    });
    return created({ policy: render(call, row) });
  },
});

const update = route({
  operation: 'policies:update',
  method: 'PATCH',
  path: '/policies/:policy_id',
  access: 'admin',
  params,
  body: Update,
  async handler(call) {
    const { app, context, params: path, body } = call;
    const given = body.policy;
    const row = await app.store.transaction(async (tx) => {
      const old = await getPolicy(tx.db, path.policy_id);
      requireSameId(given, old.id);
      const changes = {
        type: given.type ?? old.type,
        blob: given.blob ?? old.blob,
        extra: toJson(mergedExtra(old.extra, extraOf(given, MEMBERS))),
      };
      await tx.db.updateTable('policies').set(changes).where('id', '=', old.id).execute();
      await writeAudit(tx, context, 'identity:policies:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    return ok({ policy: render(call, row) });
  },
});

const remove = route({
  operation: 'policies:delete',
  method: 'DELETE',
  path: '/policies/:policy_id',
  access: 'admin',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    await app.store.transaction(async (tx) => {
      const row = await getPolicy(tx.db, path.policy_id);
      await tx.db.deleteFrom('policies').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:policies:delete', row.id);
    });
    return noContent();
  },
});

export const policyRoutes = [list, show, create, update, remove];
