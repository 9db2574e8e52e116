import { forbidden, notFound } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { notAllowed } from '../policy.ts';
import type { AccessRule } from '../tokens/format.ts';
import { all, AnyQuery, collection, filtersOf, IdParams, urlOf } from '../wire/common.ts';

const one = IdParams('user_id', 'access_rule_id');

/** These belong to their user alone: even an administrator has to come with a token for the system. */
function requireOwnOrSystem(context: Context, userId: string, role: string, operation: string): void {
  if (context.userId === userId || (context.system && context.roles.includes(role))) return;
  throw notAllowed(operation);
}

const render = (call: Pick<Call, 'app'>, userId: string, { id, service, method, path }: AccessRule) => ({
  id,
  service,
  method,
  path,
  links: { self: urlOf(call, `/users/${userId}/access_rules/${id}`) },
});

async function getRule(db: Reader, userId: string, id: string): Promise<AccessRule> {
  const row = await db
    .selectFrom('access_rules')
    .select(['id', 'service', 'method', 'path'])
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound(`Could not find Access Rule: ${id}.`);
  return row;
}

const list = route({
  operation: 'access-rules:list',
  method: 'GET',
  path: '/users/:user_id/access_rules',
  params: IdParams('user_id'),
  query: AnyQuery,
  async handler(call) {
    const { app, context, params, query } = call;
    requireOwnOrSystem(context, params.user_id, 'reader', 'list_access_rules');
    const rows = await app.store.read
      .selectFrom('access_rules')
      .select(['id', 'service', 'method', 'path'])
      .where('user_id', '=', params.user_id)
      .where(all(filtersOf(query, 'access_rules', { service: 'text', method: 'text', path: 'text' })))
      .orderBy('id')
      .execute();
    return ok(collection(call, 'access_rules', rows, (row) => render(call, params.user_id, row)));
  },
});

const show = route({
  operation: 'access-rules:show',
  method: 'GET',
  path: '/users/:user_id/access_rules/:access_rule_id',
  params: one,
  async handler(call) {
    const { app, context, params } = call;
    requireOwnOrSystem(context, params.user_id, 'reader', 'get_access_rule');
    const rule = await getRule(app.store.read, params.user_id, params.access_rule_id);
    return ok({ access_rule: render(call, params.user_id, rule) });
  },
});

const remove = route({
  operation: 'access-rules:delete',
  method: 'DELETE',
  path: '/users/:user_id/access_rules/:access_rule_id',
  params: one,
  async handler({ app, context, params }): Promise<Reply> {
    requireOwnOrSystem(context, params.user_id, 'admin', 'delete_access_rule');
    await app.store.transaction(async (tx) => {
      const rule = await getRule(tx.db, params.user_id, params.access_rule_id);
      const user = await tx.db
        .selectFrom('application_credential_access_rules')
        .select('application_credential_id')
        .where('access_rule_id', '=', rule.id)
        .executeTakeFirst();
      if (user) {
        throw forbidden(
          `The access rule ${rule.id} is in use by the application credential ${user.application_credential_id}: delete that one first.`,
        );
      }
      await tx.db.deleteFrom('access_rules').where('id', '=', rule.id).execute();
      await writeAudit(tx, context, 'identity:access-rules:delete', rule.id);
    });
    return noContent();
  },
});

export const accessRuleRoutes = [list, show, remove];
