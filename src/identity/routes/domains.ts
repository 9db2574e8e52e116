import { sql, type SqlBool } from 'kysely';
import { badRequest } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import { created, noContent, ok, route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import { listedDomain, requireAdmin, seesDomain } from '../policy.ts';
import { deleteDisabledDomain } from '../store/domains.ts';
import { getDomain, insertProject, requireFreeName, setTags, tagsOf } from '../store/projects.ts';
import { identityState } from '../tokens/state.ts';
import {
  AnyQuery,
  extraOf,
  IdParams,
  mergedExtra,
  mergedOptions,
  missing,
  requireMutable,
  requireSameId,
} from '../wire/common.ts';
import { DOMAIN_MEMBERS, DomainCreate, DomainUpdate, renderDomain } from '../wire/projects.ts';
import { answerDomains, namedRows } from './lists.ts';

const params = IdParams('domain_id');

const list = route({
  operation: 'domains:list',
  method: 'GET',
  path: '/domains',
  query: AnyQuery,
  async handler(call) {
    const domainId = listedDomain(call.context, 'list_domains');
    const within = [sql<SqlBool>`is_domain = 1`, ...(domainId === null ? [] : [sql<SqlBool>`id = ${domainId}`])];
    const filters = { name: 'text', enabled: 'bool', id: 'text' } as const;
    const { rows, page } = await namedRows(call, 'projects', { filters, within });
    return answerDomains(call, rows, page);
  },
});

const show = route({
  operation: 'domains:show',
  method: 'GET',
  path: '/domains/:domain_id',
  params,
  async handler(call) {
    const { app, context, params: path } = call;
    const row = await getDomain(app.store.read, path.domain_id);
    // Everybody may look at the domain of their own account, or of the project they work in.
    const own = row.id === context.userDomainId || row.id === context.projectDomainId || row.id === context.domainId;
    if (!own && !seesDomain(context, row.id)) throw missing('domain', path.domain_id);
    const tags = await tagsOf(app.store.read, [row.id]);
    return ok({ domain: renderDomain(call, row, tags.get(row.id) ?? []) });
  },
});

const create = route({
  operation: 'domains:create',
  method: 'POST',
  path: '/domains',
  body: DomainCreate,
  async handler(call) {
    const { app, context, body } = call;
    const given = body.domain;
    const row = await app.store.transaction(async (tx) => {
      const domain = await insertProject(tx, context.now, {
        id: given.explicit_domain_id ?? newHexId(),
        name: given.name,
        description: given.description ?? '',
        enabled: given.enabled ?? true,
        options: mergedOptions('{}', given.options),
        extra: extraOf(given, DOMAIN_MEMBERS),
        tags: given.tags ?? [],
        place: null,
      });
      await writeAudit(tx, context, 'identity:domains:create', domain.id, { name: domain.name });
      return domain;
    });
    return created({ domain: renderDomain(call, row, given.tags ?? []) });
  },
});

const update = route({
  operation: 'domains:update',
  method: 'PATCH',
  path: '/domains/:domain_id',
  params,
  body: DomainUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    requireAdmin(context, 'update_domain');
    const given = body.domain;
    const { revocations } = await identityState(app);
    requireSameId(given, path.domain_id);
    if (given.enabled === false && path.domain_id === context.userDomainId) {
      throw badRequest('You cannot disable the domain of your own account.');
    }
    const row = await app.store.transaction(async (tx) => {
      const old = await getDomain(tx.db, path.domain_id);
      requireMutable('domain', old, given.options);
      if (given.name !== undefined) await requireFreeName(tx.db, null, given.name, old.id);
      const changes = {
        name: given.name ?? old.name,
        description: given.description === undefined ? old.description : (given.description ?? ''),
        enabled: given.enabled === undefined ? old.enabled : bit(given.enabled),
        options: toJson(mergedOptions(old.options, given.options)),
        extra: toJson(mergedExtra(old.extra, extraOf(given, DOMAIN_MEMBERS))),
      };
      await tx.db.updateTable('projects').set(changes).where('id', '=', old.id).execute();
      if (given.tags) await setTags(tx, old.id, given.tags);
      if (old.enabled && !changes.enabled) await revocations.revoke(tx, 'domain', old.id);
      await writeAudit(tx, context, 'identity:domains:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    const tags = await tagsOf(app.store.read, [row.id]);
    return ok({ domain: renderDomain(call, row, tags.get(row.id) ?? []) });
  },
});

const remove = route({
  operation: 'domains:delete',
  method: 'DELETE',
  path: '/domains/:domain_id',
  params,
  async handler({ app, context, params: path }) {
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await getDomain(tx.db, path.domain_id);
      requireMutable('domain', row);
      await deleteDisabledDomain(tx, revocations, row);
      await writeAudit(tx, context, 'identity:domains:delete', row.id, { name: row.name });
    });
    return noContent();
  },
});

export const domainRoutes = [list, show, create, update, remove];
