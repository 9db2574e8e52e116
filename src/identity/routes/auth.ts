import { forbidden } from '../../core/errors.ts';
import { ok, route } from '../../http/route.ts';
import { assignmentsOfUser, domainIdsOfUser, projectIdsOfUser } from '../store/assignments.ts';
import { readCatalog } from '../store/catalog.ts';
import { all, AnyQuery, filtersOf, oneOf, urlOf } from '../wire/common.ts';

import { answerProjects, answerDomains } from './lists.ts';

const catalog = route({
  operation: 'auth:catalog',
  method: 'GET',
  path: '/auth/catalog',
  async handler({ app, context }) {
    if (context.projectId === null && context.domainId === null && !context.system) {
      throw forbidden(
        'The request you have made requires a scoped token: ask for one with a project, domain or system.',
      );
    }
    const entries = await readCatalog(app.store.read, context.projectId, context.userId);
    return ok({ catalog: entries, links: { self: urlOf({ app }, '/auth/catalog'), previous: null, next: null } });
  },
});

const projects = route({
  operation: 'auth:projects',
  method: 'GET',
  path: '/auth/projects',
  query: AnyQuery,
  async handler(call) {
    const db = call.app.store.read;
    const ids = call.context.userId === null ? [] : await projectIdsOfUser(db, call.context.userId);
    const rows = await db
      .selectFrom('projects')
      .selectAll()
      .where('is_domain', '=', 0)
      .where('enabled', '=', 1)
      .where(oneOf('projects.id', ids))
      .where(all(filtersOf(call.query, 'projects', { name: 'text', domain_id: 'text' })))
      .orderBy('name')
      .orderBy('id')
      .execute();
    return answerProjects(call, rows);
  },
});

const domains = route({
  operation: 'auth:domains',
  method: 'GET',
  path: '/auth/domains',
  query: AnyQuery,
  async handler(call) {
    const db = call.app.store.read;
    const ids = call.context.userId === null ? [] : await domainIdsOfUser(db, call.context.userId);
    const rows = await db
      .selectFrom('projects')
      .selectAll()
      .where('is_domain', '=', 1)
      .where('enabled', '=', 1)
      .where(oneOf('projects.id', ids))
      .orderBy('name')
      .execute();
    return answerDomains(call, rows);
  },
});

const system = route({
  operation: 'auth:system',
  method: 'GET',
  path: '/auth/system',
  async handler({ app, context }) {
    const assignments = context.userId === null ? [] : await assignmentsOfUser(app.store.read, context.userId);
    const held = assignments.some((row) => row.target_type === 'system');
    return ok({
      system: held ? [{ all: true }] : [],
      links: { self: urlOf({ app }, '/auth/system'), previous: null, next: null },
    });
  },
});

export const authRoutes = [catalog, projects, domains, system];
