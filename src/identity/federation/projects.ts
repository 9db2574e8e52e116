import { newHexId, type DomainId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { makeProject } from '../make-project.ts';
import type { UserRow } from '../store/users.ts';
import { findDomainReference } from '../tokens/lookup.ts';
import type { MappedProject } from './mapping.ts';
import { misconfigured } from './misconfigured.ts';

/** The role of who has a project of their own in it. */
const OWN_ROLE = 'member';

/** Makes the projects that a mapping names, where they are not there, and gives the user the roles on them. */
export async function giveProjects(
  app: Pick<App, 'config'>,
  tx: Tx,
  context: Context,
  { user, domainId, projects }: { user: UserRow; domainId: DomainId; projects: readonly MappedProject[] },
): Promise<void> {
  for (const { name, roles, domain } of projects) {
    const { id, name: domainName } = domain ?? {};
    const named = domain
      ? await findDomainReference(tx.db, {
          ...(id !== undefined && { id }),
          ...(domainName !== undefined && { name: domainName }),
        })
      : undefined;
    if (domain && !named) throw misconfigured(`the mapping names a domain for the project ${name} that is not there`);
    const where = (named?.id ?? domainId) as DomainId;
    const projectId = (await projectByName(tx.db, where, name)) ?? (await newProject(app, tx, context, where, name));
    for (const role of roles) await giveRole(tx, context, { user, projectId, role });
  }
}

/** A project for a user who came for the first time, where they work unless they say otherwise. */
export async function makeOwnProject(
  app: Pick<App, 'config'>,
  tx: Tx,
  context: Context,
  user: UserRow,
): Promise<UserRow> {
  const taken = await projectByName(tx.db, user.domain_id, user.name);
  const name = taken === undefined ? user.name : `${user.name}-${newHexId().slice(0, 8)}`;
  const projectId = await newProject(app, tx, context, user.domain_id, name);
  await giveRole(tx, context, { user, projectId, role: OWN_ROLE });
  await tx.db.updateTable('users').set({ default_project_id: projectId }).where('id', '=', user.id).execute();
  return { ...user, default_project_id: projectId };
}

async function newProject(app: Pick<App, 'config'>, tx: Tx, context: Context, domainId: DomainId, name: string) {
  const row = await makeProject(app, tx, context, {
    ...{ name: name.slice(0, 64), description: '', enabled: true, options: {}, extra: {}, tags: [] },
    place: { domainId, parentId: domainId },
  });
  await writeAudit(tx, context, 'identity:projects:create', row.id, { name: row.name });
  return row.id;
}

async function projectByName(db: Reader, domainId: DomainId, name: string) {
  const row = await db
    .selectFrom('projects')
    .select('id')
    .where('is_domain', '=', 0)
    .where('domain_id', '=', domainId)
    .where('name', '=', name.slice(0, 64))
    .executeTakeFirst();
  return row?.id;
}

async function giveRole(
  tx: Tx,
  context: Context,
  { user, projectId, role }: { user: UserRow; projectId: string; role: string },
): Promise<void> {
  const row = await tx.db
    .selectFrom('roles')
    .select('id')
    .where('name', '=', role)
    .where('domain_id', 'is', null)
    .executeTakeFirst();
  if (!row) throw misconfigured(`there is no role ${role}`);
  const result = await tx.db
    .insertInto('role_assignments')
    .values({
      ...{ actor_type: 'user', actor_id: user.id, target_type: 'project', target_id: projectId },
      ...{ role_id: row.id, inherited: 0 },
    })
    .onConflict((clash) => clash.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) return;
  await writeAudit(tx, context, 'identity:grants:add-project-user', projectId, { user_id: user.id, role });
}
