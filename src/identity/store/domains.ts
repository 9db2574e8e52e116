import { forbidden } from '../../core/errors.ts';
import type { Tx } from '../../store/store.ts';
import type { Revocations } from '../tokens/revocations.ts';
import { deleteAssignmentsOn, deleteProjectRow, subtreeOf, type ProjectRow } from './projects.ts';
import { deleteAssignmentsOf, deleteUserRow } from './users.ts';

/** Deletes a domain with its projects, users, groups and roles, as Keystone does. */
async function deleteDomainContent(tx: Tx, revocations: Revocations, domain: ProjectRow): Promise<void> {
  const domainId: string = domain.id;
  const users = await tx.db.selectFrom('users').select('id').where('domain_id', '=', domainId).execute();
  for (const user of users) {
    await revocations.revoke(tx, 'user', user.id);
    await deleteUserRow(tx, user.id);
  }
  const groups = await tx.db.selectFrom('user_groups').select('id').where('domain_id', '=', domainId).execute();
  for (const group of groups) {
    await deleteAssignmentsOf(tx, 'group', group.id);
    await tx.db.deleteFrom('user_groups').where('id', '=', group.id).execute();
  }
  await tx.db.deleteFrom('roles').where('domain_id', '=', domainId).execute();
  for (const project of leavesFirst(await subtreeOf(tx.db, domain.id), domain.id)) {
    await revocations.revoke(tx, 'project', project.id);
    await deleteProjectRow(tx, project);
  }
  await deleteAssignmentsOn(tx, domain.id);
  await tx.db.deleteFrom('projects').where('id', '=', domain.id).execute();
}

/** The projects of a tree so that none comes before those below it. */
function leavesFirst(rows: readonly ProjectRow[], rootId: string): ProjectRow[] {
  const children = Map.groupBy(rows, (row) => row.parent_id ?? '');
  const below = (id: string): ProjectRow[] => (children.get(id) ?? []).flatMap((child) => [...below(child.id), child]);
  return below(rootId);
}

/** Deletes a domain, which has to be disabled first. Throws ApiError 403. */
export async function deleteDisabledDomain(tx: Tx, revocations: Revocations, row: ProjectRow): Promise<void> {
  if (row.enabled) {
    throw forbidden(
      'You are not authorized to perform the requested action: Cannot delete a domain that is enabled, please disable it first.',
    );
  }
  await deleteDomainContent(tx, revocations, row);
  await revocations.revoke(tx, 'domain', row.id);
}
