import { sql, type Selectable } from 'kysely';
import type { Reader } from '../../store/store.ts';
import type { RoleAssignmentsTable, RolesTable } from '../tables.ts';
import { duplicate, missing } from '../wire/common.ts';

export type RoleRow = Selectable<RolesTable>;
export type AssignmentRow = Selectable<RoleAssignmentsTable>;

export async function findRole(db: Reader, id: string): Promise<RoleRow | undefined> {
  return db.selectFrom('roles').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Throws ApiError 404. */
export async function getRole(db: Reader, id: string): Promise<RoleRow> {
  const row = await findRole(db, id);
  if (!row) throw missing('role', id);
  return row;
}

/** Throws ApiError 409 when another role of the domain (or of none) has the name. */
export async function requireFreeRoleName(db: Reader, domainId: string | null, name: string, except?: string) {
  const taken = await db
    .selectFrom('roles')
    .select('id')
    .where('name', '=', name)
    .where(sql<boolean>`coalesce(domain_id, '') = ${domainId ?? ''}`)
    .executeTakeFirst();
  if (taken && taken.id !== except) throw duplicate('role', `Duplicate entry found with name ${name}`);
}

/** All roles by id, and which role implies which. */
export interface RoleBook {
  roles: ReadonlyMap<string, RoleRow>;
  implied: ReadonlyMap<string, readonly string[]>;
}

/** Roles are few: read together, closures are then plain functions. */
export async function readRoleBook(db: Reader): Promise<RoleBook> {
  const roles = await db.selectFrom('roles').selectAll().orderBy('name').execute();
  const rules = await db.selectFrom('implied_roles').selectAll().execute();
  const implied = new Map<string, string[]>();
  for (const rule of rules) {
    const list = implied.get(rule.prior_role_id) ?? [];
    list.push(rule.implied_role_id);
    implied.set(rule.prior_role_id, list);
  }
  return { roles: new Map(roles.map((role) => [role.id, role])), implied };
}

/** A role and everything it implies, at any remove. */
export function closureOf(book: RoleBook, ids: Iterable<string>): Set<string> {
  const closure = new Set<string>(ids);
  // A set's iterator also visits what is added meanwhile.
  for (const id of closure) for (const next of book.implied.get(id) ?? []) closure.add(next);
  return closure;
}

/** What a token carries: the closure without roles of a domain, sorted by name. */
export function effectiveRoles(book: RoleBook, ids: Iterable<string>): RoleRow[] {
  return [...closureOf(book, ids)]
    .map((id) => book.roles.get(id))
    .filter((role): role is RoleRow => role !== undefined && role.domain_id === null)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A role and everything that implies it, at any remove. */
export function priorsOf(book: RoleBook, id: string): Set<string> {
  const priors = new Set([id]);
  for (const role of priors) {
    for (const [prior, implied] of book.implied) if (implied.includes(role)) priors.add(prior);
  }
  return priors;
}
