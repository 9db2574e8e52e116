import { sql, type SqlBool } from 'kysely';
import { badRequest, forbidden } from '../../core/errors.ts';
import type { DomainId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Reader } from '../../store/store.ts';
import { makeProject } from '../make-project.ts';
import { listedDomain, managesDomain, notAllowed, requireManager, seesDomain } from '../policy.ts';
import { deleteDisabledDomain } from '../store/domains.ts';
import { projectIdsOfUser } from '../store/assignments.ts';
import {
  deleteProjectRow,
  getProject,
  requireFreeName,
  setTags,
  subtreeOf,
  ancestorsOf,
  tagsOf,
  type NewProject,
  type ProjectRow,
} from '../store/projects.ts';
import { identityState } from '../tokens/state.ts';
import {
  AnyQuery,
  extraOf,
  flag,
  IdParams,
  mergedExtra,
  mergedOptions,
  missing,
  requireMutable,
  requireSameId,
} from '../wire/common.ts';
import { tagFilters } from '../wire/tag-filters.ts';
import { hierarchy } from '../wire/hierarchy.ts';
import { PROJECT_MEMBERS, ProjectCreate, ProjectUpdate, renderProject } from '../wire/projects.ts';
import { answerProjects, namedRows } from './lists.ts';

const params = IdParams('project_id');
const FILTERS = { name: 'text', domain_id: 'text', parent_id: 'text', enabled: 'bool', id: 'text' } as const;

const list = route({
  operation: 'projects:list',
  method: 'GET',
  path: '/projects',
  query: AnyQuery,
  async handler(call) {
    const domainId = listedDomain(call.context, 'list_projects');
    const within = [
      sql<SqlBool>`is_domain = ${bit(flag(call.query, 'is_domain') ?? false)}`,
      ...(domainId === null ? [] : [sql<SqlBool>`domain_id = ${domainId}`]),
      ...tagFilters(call.query),
    ];
    const { rows, page } = await namedRows(call, 'projects', { filters: FILTERS, within });
    return answerProjects(call, rows, page);
  },
});

/** The project if the caller may look at it: their own, one they have a role on, one of their domain. */
export async function visibleProject(db: Reader, context: Context, id: string): Promise<ProjectRow> {
  const row = await getProject(db, id);
  if (seesDomain(context, row.domain_id ?? row.id) || row.id === context.projectId) return row;
  if (context.userId !== null && (await projectIdsOfUser(db, context.userId)).includes(row.id)) return row;
  throw missing('project', id);
}

const show = route({
  operation: 'projects:show',
  method: 'GET',
  path: '/projects/:project_id',
  params,
  query: AnyQuery,
  async handler(call) {
    const { app, context, params: path, query } = call;
    const db = app.store.read;
    const row = await visibleProject(db, context, path.project_id);
    const tags = await tagsOf(db, [row.id]);
    const relatives = await hierarchy(call, row, {
      query,
      above: await ancestorsOf(db, row),
      below: await subtreeOf(db, row.id),
    });
    return ok({ project: { ...renderProject(call, row, tags.get(row.id) ?? []), ...relatives } });
  },
});

const create = route({
  operation: 'projects:create',
  method: 'POST',
  path: '/projects',
  body: ProjectCreate,
  async handler(call) {
    const { app, context, body } = call;
    requireManager(context, 'create_project');
    const given = body.project;
    const row = await app.store.transaction(async (tx) => {
      const place = given.is_domain ? null : await placeOf(tx.db, context, given);
      if (!managesDomain(context, place?.domainId ?? null)) throw notAllowed('create_project');
      if (given.is_domain && given.parent_id) throw badRequest('A project that acts as a domain has no parent.');
      const project: NewProject = {
        name: given.name,
        description: given.description ?? '',
        enabled: given.enabled ?? true,
        options: mergedOptions('{}', given.options),
        extra: extraOf(given, PROJECT_MEMBERS),
        tags: given.tags ?? [],
        place,
      };
      const inserted = await makeProject(app, tx, context, project);
      await writeAudit(tx, context, 'identity:projects:create', inserted.id, { name: inserted.name });
      return inserted;
    });
    return created({ project: renderProject(call, row, [...(given.tags ?? [])].sort()) });
  },
});

/** Where a new project goes: below its parent, else at the top of the domain named or of the caller's own. */
async function placeOf(
  db: Reader,
  context: Context,
  given: { domain_id?: string | null; parent_id?: string | null },
): Promise<{ domainId: DomainId; parentId: string }> {
  const parent = given.parent_id ? await getProject(db, given.parent_id) : null;
  const ofParent = parent && (parent.domain_id ?? parent.id);
  const domainId = given.domain_id ?? ofParent ?? ownDomain(context);
  return { domainId, parentId: parent?.id ?? domainId };
}

/** The domain that is meant when none is named: the one the caller's token is for. */
export function ownDomain(context: Context): DomainId {
  return context.domainId ?? context.projectDomainId ?? context.userDomainId ?? 'default';
}

const update = route({
  operation: 'projects:update',
  method: 'PATCH',
  path: '/projects/:project_id',
  params,
  body: ProjectUpdate,
  async handler(call) {
    const { app, context, params: path, body } = call;
    requireManager(context, 'update_project');
    const given = body.project;
    const { revocations } = await identityState(app);
    const row = await app.store.transaction(async (tx) => {
      const old = await managedProject(tx.db, context, path.project_id);
      requireSameId(given, old.id);
      requireMutable('project', old, given.options);
      requireSamePlace(old, given);
      if (given.name !== undefined) await requireFreeName(tx.db, old.domain_id, given.name, old.id);
      if (given.enabled !== undefined) await checkEnabled(tx.db, old, given.enabled);
      const changes = {
        name: given.name ?? old.name,
        description: given.description === undefined ? old.description : (given.description ?? ''),
        enabled: given.enabled === undefined ? old.enabled : bit(given.enabled),
        options: toJson(mergedOptions(old.options, given.options)),
        extra: toJson(mergedExtra(old.extra, extraOf(given, PROJECT_MEMBERS))),
      };
      await tx.db.updateTable('projects').set(changes).where('id', '=', old.id).execute();
      if (given.tags) await setTags(tx, old.id, given.tags);
      if (old.enabled && !changes.enabled) await revocations.revoke(tx, old.is_domain ? 'domain' : 'project', old.id);
      await writeAudit(tx, context, 'identity:projects:update', old.id, { members: Object.keys(given) });
      return { ...old, ...changes };
    });
    const tags = await tagsOf(app.store.read, [row.id]);
    return ok({ project: renderProject(call, row, tags.get(row.id) ?? []) });
  },
});

/** A project that the caller may change. Throws ApiError 404 for one of another domain. */
export async function managedProject(db: Reader, context: Context, id: string): Promise<ProjectRow> {
  const row = await getProject(db, id);
  if (!managesDomain(context, row.domain_id)) throw missing('project', id);
  return row;
}

function requireSamePlace(
  old: ProjectRow,
  given: { domain_id?: string | null; parent_id?: string | null; is_domain?: boolean },
): void {
  if (given.domain_id !== undefined && given.domain_id !== old.domain_id) {
    throw badRequest('Update of `domain_id` is not allowed: a project stays in its domain.');
  }
  if (given.parent_id !== undefined && given.parent_id !== old.parent_id) {
    throw forbidden('Update of `parent_id` is not allowed: a project stays where it is in the tree.');
  }
  if (given.is_domain !== undefined && given.is_domain !== (old.is_domain === 1)) {
    throw badRequest('Update of `is_domain` is not allowed.');
  }
}

async function checkEnabled(db: Reader, row: ProjectRow, enabled: boolean): Promise<void> {
  if (row.is_domain) return;
  if (enabled && (await ancestorsOf(db, row)).some((above) => !above.enabled)) {
    throw forbidden(`Cannot enable project ${row.id} since it has disabled parents.`);
  }
  if (!enabled && (await subtreeOf(db, row.id)).some((below) => below.enabled)) {
    throw forbidden(`Cannot disable project ${row.id} since its subtree contains enabled projects.`);
  }
}

const remove = route({
  operation: 'projects:delete',
  method: 'DELETE',
  path: '/projects/:project_id',
  params,
  async handler({ app, context, params: path }) {
    requireManager(context, 'delete_project');
    const { revocations } = await identityState(app);
    await app.store.transaction(async (tx) => {
      const row = await managedProject(tx.db, context, path.project_id);
      requireMutable('project', row);
      // A project that acts as a domain takes along what is in it, and has to be disabled first, like any domain.
      if (row.is_domain) await deleteDisabledDomain(tx, revocations, row);
      else {
        await deleteProjectRow(tx, row);
        await revocations.revoke(tx, 'project', row.id);
      }
      await writeAudit(tx, context, 'identity:projects:delete', row.id, { name: row.name });
    });
    return noContent();
  },
});

export const projectRoutes = [list, show, create, update, remove];
