import { badRequest, forbidden, notFound } from '../../core/errors.ts';
import { created, noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { requireSeesAll } from '../policy.ts';
import { revokeRole } from '../store/assignments.ts';
import { closureOf, getRole, readRoleBook, type RoleBook, type RoleRow } from '../store/roles.ts';
import { identityState } from '../tokens/state.ts';
import { IdParams, urlOf } from '../wire/common.ts';
import { renderRoleReference } from '../wire/roles.ts';

const params = IdParams('prior_role_id', 'implied_role_id');
/** No token may become an administrator's by a detour. */
const NEVER_IMPLIED = ['admin'];

const inference = (call: Pick<Call, 'app'>, prior: RoleRow, implied: RoleRow) => ({
  role_inference: { prior_role: renderRoleReference(call, prior), implies: renderRoleReference(call, implied) },
  links: { self: urlOf(call, `/roles/${prior.id}/implies/${implied.id}`) },
});

function impliesOf(call: Pick<Call, 'app'>, book: RoleBook, prior: RoleRow) {
  const implied = (book.implied.get(prior.id) ?? []).map((id) => book.roles.get(id));
  return {
    prior_role: renderRoleReference(call, prior),
    implies: implied.filter((role) => role !== undefined).map((role) => renderRoleReference(call, role)),
  };
}

const list = route({
  operation: 'implied-roles:list',
  method: 'GET',
  path: '/roles/:prior_role_id/implies',
  params: IdParams('prior_role_id'),
  async handler(call) {
    requireSeesAll(call.context, 'list_implied_roles');
    const prior = await getRole(call.app.store.read, call.params.prior_role_id);
    const book = await readRoleBook(call.app.store.read);
    return ok({
      role_inference: impliesOf(call, book, prior),
      links: { self: urlOf(call, `/roles/${prior.id}/implies`) },
    });
  },
});

const listAll = route({
  operation: 'role-inferences:list',
  method: 'GET',
  path: '/role_inferences',
  async handler(call) {
    requireSeesAll(call.context, 'list_role_inference_rules');
    const book = await readRoleBook(call.app.store.read);
    const rules = [...book.roles.values()]
      .filter((role) => book.implied.has(role.id))
      .map((role) => impliesOf(call, book, role));
    return ok({ role_inferences: rules, links: { self: urlOf(call, '/role_inferences') } });
  },
});

const show = route({
  operation: 'implied-roles:show',
  method: 'GET',
  path: '/roles/:prior_role_id/implies/:implied_role_id',
  params,
  async handler(call) {
    requireSeesAll(call.context, 'get_implied_role');
    const book = await readRoleBook(call.app.store.read);
    const { prior, implied } = pairOf(book, call.params);
    return ok(inference(call, prior, implied));
  },
});

/** To be asked about without an answer in words, which Keystone gives with another status. */
const check = route({
  operation: 'implied-roles:check',
  method: 'HEAD',
  path: '/roles/:prior_role_id/implies/:implied_role_id',
  params,
  async handler(call) {
    requireSeesAll(call.context, 'check_implied_role');
    pairOf(await readRoleBook(call.app.store.read), call.params);
    return noContent();
  },
});

function pairOf(book: RoleBook, given: { prior_role_id: string; implied_role_id: string }) {
  const prior = book.roles.get(given.prior_role_id);
  const implied = book.roles.get(given.implied_role_id);
  if (!prior || !implied || !book.implied.get(prior.id)?.includes(implied.id)) {
    throw notFound(`Could not find implied role: ${given.prior_role_id} implies ${given.implied_role_id}.`);
  }
  return { prior, implied };
}

const create = route({
  operation: 'implied-roles:create',
  method: 'PUT',
  path: '/roles/:prior_role_id/implies/:implied_role_id',
  params,
  async handler(call) {
    const { app, context, params: path } = call;
    const answer = await app.store.transaction(async (tx) => {
      const prior = await getRole(tx.db, path.prior_role_id);
      const implied = await getRole(tx.db, path.implied_role_id);
      if (NEVER_IMPLIED.includes(implied.name)) throw forbidden(`The role ${implied.name} cannot be an implied role.`);
      if (prior.domain_id === null && implied.domain_id !== null) {
        throw forbidden('A role that is valid everywhere cannot imply a role of a domain.');
      }
      const book = await readRoleBook(tx.db);
      if (closureOf(book, [implied.id]).has(prior.id)) {
        throw badRequest(`The role ${implied.id} already implies ${prior.id}: the rule would go round in a circle.`);
      }
      await tx.db
        .insertInto('implied_roles')
        .values({ prior_role_id: prior.id, implied_role_id: implied.id })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await writeAudit(tx, context, 'identity:implied-roles:create', prior.id, { implies: implied.id });
      return inference(call, prior, implied);
    });
    return created(answer);
  },
});

const remove = route({
  operation: 'implied-roles:delete',
  method: 'DELETE',
  path: '/roles/:prior_role_id/implies/:implied_role_id',
  params,
  async handler({ app, context, params: path }): Promise<Reply> {
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const book = await readRoleBook(tx.db);
      const { prior, implied } = pairOf(book, path);
      // Who has the prior role must ask again.
      await revokeRole(tx, revocations, prior);
      await tx.db
        .deleteFrom('implied_roles')
        .where('prior_role_id', '=', prior.id)
        .where('implied_role_id', '=', implied.id)
        .execute();
      await writeAudit(tx, context, 'identity:implied-roles:delete', prior.id, { implies: implied.id });
    });
    return noContent();
  },
});

export const impliedRoleRoutes = [list, listAll, show, check, create, remove];
