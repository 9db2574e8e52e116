import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { noContent, ok, route, type Reply } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { requireManager } from '../policy.ts';
import { setTags, tagsOf } from '../store/projects.ts';
import { IdParams, requireMutable, urlOf } from '../wire/common.ts';
import { Tag, Tags } from '../wire/projects.ts';
import { managedProject, visibleProject } from './projects.ts';

const MOST_TAGS = 80;
const ofProject = IdParams('project_id');
const ofTag = Type.Object({ project_id: Type.String(), tag: Tag });

const list = route({
  operation: 'project-tags:list',
  method: 'GET',
  path: '/projects/:project_id/tags',
  params: ofProject,
  async handler(call) {
    const row = await visibleProject(call.app.store.read, call.context, call.params.project_id);
    const tags = (await tagsOf(call.app.store.read, [row.id])).get(row.id) ?? [];
    return ok({ tags, links: { self: urlOf(call, `/projects/${row.id}/tags`), previous: null, next: null } });
  },
});

const replace = route({
  operation: 'project-tags:replace',
  method: 'PUT',
  path: '/projects/:project_id/tags',
  params: ofProject,
  body: Strict({ tags: Tags }),
  async handler(call) {
    const { app, context, params, body } = call;
    requireManager(context, 'update_project_tags');
    const tags = [...body.tags].sort();
    await app.store.transaction(async (tx) => {
      const row = await managedProject(tx.db, context, params.project_id);
      requireMutable('project', row);
      await setTags(tx, row.id, tags);
      await writeAudit(tx, context, 'identity:project-tags:replace', row.id, { tags });
    });
    const self = urlOf(call, `/projects/${params.project_id}/tags`);
    return ok({ tags, links: { self, previous: null, next: null } });
  },
});

const removeAll = route({
  operation: 'project-tags:delete-all',
  method: 'DELETE',
  path: '/projects/:project_id/tags',
  params: ofProject,
  async handler({ app, context, params }): Promise<Reply> {
    requireManager(context, 'delete_project_tags');
    await app.store.transaction(async (tx) => {
      const row = await managedProject(tx.db, context, params.project_id);
      requireMutable('project', row);
      await setTags(tx, row.id, []);
      await writeAudit(tx, context, 'identity:project-tags:delete-all', row.id);
    });
    return noContent();
  },
});

const show = route({
  operation: 'project-tags:show',
  method: 'GET',
  path: '/projects/:project_id/tags/:tag',
  params: ofTag,
  async handler({ app, context, params }): Promise<Reply> {
    const row = await visibleProject(app.store.read, context, params.project_id);
    const tags = (await tagsOf(app.store.read, [row.id])).get(row.id) ?? [];
    if (!tags.includes(params.tag)) throw notFound(`Could not find project tag: ${params.tag}.`);
    return noContent();
  },
});

const add = route({
  operation: 'project-tags:add',
  method: 'PUT',
  path: '/projects/:project_id/tags/:tag',
  params: ofTag,
  async handler(call) {
    const { app, context, params } = call;
    requireManager(context, 'create_project_tag');
    await app.store.transaction(async (tx) => {
      const row = await managedProject(tx.db, context, params.project_id);
      requireMutable('project', row);
      const tags = (await tagsOf(tx.db, [row.id])).get(row.id) ?? [];
      if (tags.includes(params.tag)) return;
      if (tags.length >= MOST_TAGS) throw badRequest(`A project has at most ${MOST_TAGS} tags.`);
      await setTags(tx, row.id, [...tags, params.tag]);
      await writeAudit(tx, context, 'identity:project-tags:add', row.id, { tag: params.tag });
    });
    const location = urlOf(call, `/projects/${params.project_id}/tags/${encodeURIComponent(params.tag)}`);
    return { status: 201, body: null, headers: { location } };
  },
});

const remove = route({
  operation: 'project-tags:delete',
  method: 'DELETE',
  path: '/projects/:project_id/tags/:tag',
  params: ofTag,
  async handler({ app, context, params }): Promise<Reply> {
    requireManager(context, 'delete_project_tag');
    await app.store.transaction(async (tx) => {
      const row = await managedProject(tx.db, context, params.project_id);
      requireMutable('project', row);
      const tags = (await tagsOf(tx.db, [row.id])).get(row.id) ?? [];
      if (!tags.includes(params.tag)) throw notFound(`Could not find project tag: ${params.tag}.`);
      await setTags(
        tx,
        row.id,
        tags.filter((tag) => tag !== params.tag),
      );
      await writeAudit(tx, context, 'identity:project-tags:delete', row.id, { tag: params.tag });
    });
    return noContent();
  },
});

export const projectTagRoutes = [list, replace, removeAll, show, add, remove];
