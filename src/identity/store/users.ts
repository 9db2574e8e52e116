import type { Selectable } from 'kysely';
import type { DomainId, UserId } from '../../core/ids.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { UserGroupsTable, UsersTable } from '../tables.ts';
import { duplicate, missing } from '../wire/common.ts';

export type UserRow = Selectable<UsersTable>;
export type GroupRow = Selectable<UserGroupsTable>;

export async function findUser(db: Reader, id: string): Promise<UserRow | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Throws ApiError 404. */
export async function getUser(db: Reader, id: string): Promise<UserRow> {
  const row = await findUser(db, id);
  if (!row) throw missing('user', id);
  return row;
}

export async function findUserByName(db: Reader, domainId: DomainId, name: string): Promise<UserRow | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('domain_id', '=', domainId)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** Throws ApiError 409 when another user of the domain has the name. */
export async function requireFreeUserName(db: Reader, domainId: DomainId, name: string, except?: string) {
  const taken = await findUserByName(db, domainId, name);
  if (taken && taken.id !== except) {
    throw duplicate('user', `Duplicate entry found with name ${name} at domain ID ${domainId}`);
  }
}

/** Deletes a user and what refers to one by a plain id. */
export async function deleteUserRow(tx: Tx, id: UserId): Promise<void> {
  await deleteAssignmentsOf(tx, 'user', id);
  // Rules hang on credentials without a cascade of their own, so that a rule in use cannot vanish.
  await tx.db.deleteFrom('application_credentials').where('user_id', '=', id).execute();
  await tx.db.deleteFrom('users').where('id', '=', id).execute();
}

export async function deleteAssignmentsOf(tx: Tx, type: 'user' | 'group', id: string): Promise<void> {
  await tx.db.deleteFrom('role_assignments').where('actor_type', '=', type).where('actor_id', '=', id).execute();
}

export async function findGroup(db: Reader, id: string): Promise<GroupRow | undefined> {
  return db.selectFrom('user_groups').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Throws ApiError 404. */
export async function getGroup(db: Reader, id: string): Promise<GroupRow> {
  const row = await findGroup(db, id);
  if (!row) throw missing('group', id);
  return row;
}

/** Throws ApiError 409 when another group of the domain has the name. */
export async function requireFreeGroupName(db: Reader, domainId: string, name: string, except?: string) {
  const taken = await db
    .selectFrom('user_groups')
    .select('id')
    .where('domain_id', '=', domainId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken && taken.id !== except) {
    throw duplicate('group', `Duplicate entry found with name ${name} at domain ID ${domainId}`);
  }
}

export async function groupIdsOf(db: Reader, userId: string): Promise<string[]> {
  const rows = await db.selectFrom('user_group_members').select('group_id').where('user_id', '=', userId).execute();
  return rows.map((row) => row.group_id);
}

export async function memberIdsOf(db: Reader, groupId: string): Promise<UserId[]> {
  const rows = await db.selectFrom('user_group_members').select('user_id').where('group_id', '=', groupId).execute();
  return rows.map((row) => row.user_id);
}
