import { sql, type Selectable } from 'kysely';
import { badRequest, forbidden } from '../../core/errors.ts';
import { newHexId, type DomainId, type ProjectId } from '../../core/ids.ts';
import { bit, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { ProjectsTable } from '../tables.ts';
import { duplicate, missing } from '../wire/common.ts';

export type ProjectRow = Selectable<ProjectsTable>;

/** Keystone's default for the depth of a project tree, its domain counted. */
const DEEPEST = 5;

/** A project or domain by id. */
export async function findProject(db: Reader, id: string): Promise<ProjectRow | undefined> {
  return db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A project or domain by id. Throws ApiError 404. */
export async function getProject(db: Reader, id: string): Promise<ProjectRow> {
  const row = await findProject(db, id);
  if (!row) throw missing('project', id);
  return row;
}

export async function findDomain(db: Reader, id: string): Promise<ProjectRow | undefined> {
  return db.selectFrom('projects').selectAll().where('id', '=', id).where('is_domain', '=', 1).executeTakeFirst();
}

/** A domain by id. Throws ApiError 404. */
export async function getDomain(db: Reader, id: string): Promise<ProjectRow> {
  const row = await findDomain(db, id);
  if (!row) throw missing('domain', id);
  return row;
}

/** The tags of these projects, sorted. */
export async function tagsOf(db: Reader, ids: readonly string[]): Promise<Map<string, string[]>> {
  const tags = new Map<string, string[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return tags;
  const rows = await db
    .selectFrom('project_tags')
    .selectAll()
    .where('project_id', 'in', [...ids])
    .orderBy('name')
    .execute();
  for (const row of rows) tags.get(row.project_id)?.push(row.name);
  return tags;
}

/** The projects above, nearest first, without the domain. */
export async function ancestorsOf(db: Reader, project: ProjectRow): Promise<ProjectRow[]> {
  const above: ProjectRow[] = [];
  let parentId = project.parent_id;
  while (parentId !== null && parentId !== project.domain_id) {
    const parent = await findProject(db, parentId);
    if (!parent || parent.is_domain) break;
    above.push(parent);
    parentId = parent.parent_id;
  }
  return above;
}

/** The projects below, at any depth. */
export async function subtreeOf(db: Reader, id: string): Promise<ProjectRow[]> {
  return db
    .withRecursive('below', (with_) =>
      with_
        .selectFrom('projects')
        .select('id')
        .where('parent_id', '=', id)
        .unionAll(
          with_.selectFrom('projects').innerJoin('below', 'projects.parent_id', 'below.id').select('projects.id'),
        ),
    )
    .selectFrom('projects')
    .selectAll()
    .where('id', 'in', (select) => select.selectFrom('below').select('below.id'))
    .orderBy('name')
    .orderBy('id')
    .execute();
}

export interface NewProject {
  id?: ProjectId;
  name: string;
  description: string;
  enabled: boolean;
  options: Record<string, unknown>;
  extra: Record<string, unknown>;
  tags: readonly string[];
  /** Where it hangs; null for a domain. */
  place: { domainId: DomainId; parentId: string } | null;
}

/** Inserts a project or a domain. Throws ApiError 409 for a taken name, 400, 403 or 404 for a place that cannot be. */
export async function insertProject(tx: Tx, now: number, project: NewProject): Promise<ProjectRow> {
  const { place } = project;
  await requireFreeName(tx.db, place?.domainId ?? null, project.name);
  if (place !== null) await checkPlace(tx.db, place, project.enabled);
  const row: ProjectRow = {
    id: project.id ?? newHexId(),
    domain_id: place?.domainId ?? null,
    parent_id: place?.parentId ?? null,
    is_domain: bit(place === null),
    name: project.name,
    description: project.description,
    enabled: bit(project.enabled),
    options: toJson(project.options),
    extra: toJson(project.extra),
    created_at: now,
  };
  if (await findProject(tx.db, row.id)) throw duplicate('project', `Duplicate entry found with ID ${row.id}`);
  await tx.db.insertInto('projects').values(row).execute();
  await setTags(tx, row.id, project.tags);
  return row;
}

async function checkPlace(db: Reader, place: { domainId: DomainId; parentId: string }, enabled: boolean) {
  const domain = await getDomain(db, place.domainId);
  if (enabled && !domain.enabled)
    throw badRequest(`Cannot create an enabled project in the disabled domain ${domain.id}.`);
  if (place.parentId === place.domainId) return;
  const parent = await getProject(db, place.parentId);
  if (parent.domain_id !== place.domainId) {
    throw badRequest(`The parent project ${parent.id} is not in the domain ${place.domainId}.`);
  }
  const above = [parent, ...(await ancestorsOf(db, parent))];
  if (enabled && above.some((project) => !project.enabled)) {
    throw badRequest('Cannot create an enabled project below a disabled one.');
  }
  if (above.length + 2 > DEEPEST) throw forbidden(`Max hierarchy depth reached for the branch of ${parent.id}.`);
}

/** Throws ApiError 409 when the name is taken by another one than `except`. */
export async function requireFreeName(
  db: Reader,
  domainId: string | null,
  name: string,
  except?: string,
): Promise<void> {
  const taken = await db
    .selectFrom('projects')
    .select('id')
    .where('name', '=', name)
    .where(sql<boolean>`coalesce(domain_id, '') = ${domainId ?? ''}`)
    .executeTakeFirst();
  if (!taken || taken.id === except) return;
  throw domainId === null
    ? duplicate('domain', `it is not permitted to have two domains with the same name: ${name}`)
    : duplicate(
        'project',
        `it is not permitted to have two projects with either the same name or same id in the same domain: name is ${name}, domain is ${domainId}`,
      );
}

/** Replaces all tags. */
export async function setTags(tx: Tx, id: ProjectId, tags: readonly string[]): Promise<void> {
  await tx.db.deleteFrom('project_tags').where('project_id', '=', id).execute();
  const unique = [...new Set(tags)];
  if (unique.length === 0) return;
  await tx.db
    .insertInto('project_tags')
    .values(unique.map((name) => ({ project_id: id, name })))
    .execute();
}

/** Deletes a project's row and what refers to it by plain ids. Throws ApiError 403 while projects are below it. */
export async function deleteProjectRow(tx: Tx, row: ProjectRow): Promise<void> {
  // Its network goes too.
  tx.raise('project-gone');
  const child = await tx.db.selectFrom('projects').select('id').where('parent_id', '=', row.id).executeTakeFirst();
  if (child) {
    throw forbidden(
      `Cannot delete the project ${row.id} since it is not a leaf in the hierarchy: delete those below it first.`,
    );
  }
  await deleteAssignmentsOn(tx, row.id);
  await tx.db.updateTable('users').set({ default_project_id: null }).where('default_project_id', '=', row.id).execute();
  await tx.db.deleteFrom('projects').where('id', '=', row.id).execute();
}

/** Deletes all assignments on a project or domain. */
export async function deleteAssignmentsOn(tx: Tx, targetId: string): Promise<void> {
  await tx.db
    .deleteFrom('role_assignments')
    .where('target_type', 'in', ['project', 'domain'])
    .where('target_id', '=', targetId)
    .execute();
}
