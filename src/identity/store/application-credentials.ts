import type { Selectable } from 'kysely';
import type { Reader } from '../../store/store.ts';
import type { AccessRule } from '../tokens/format.ts';
import type { ApplicationCredentialsTable } from '../tables.ts';

export type ApplicationCredentialRow = Selectable<ApplicationCredentialsTable>;

export async function findApplicationCredential(db: Reader, id: string): Promise<ApplicationCredentialRow | undefined> {
  return db.selectFrom('application_credentials').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findApplicationCredentialByName(
  db: Reader,
  userId: string,
  name: string,
): Promise<ApplicationCredentialRow | undefined> {
  return db
    .selectFrom('application_credentials')
    .selectAll()
    .where('user_id', '=', userId)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** What a user's credentials hand on and are limited to, for a list: two queries, however many there are. */
export async function partsOfCredentials(
  db: Reader,
  userId: string,
): Promise<{ roleIds: Map<string, string[]>; rules: Map<string, AccessRule[]> }> {
  const roles = await db
    .selectFrom('application_credential_roles as link')
    .innerJoin('application_credentials as credential', 'credential.id', 'link.application_credential_id')
    .select(['credential.id', 'link.role_id'])
    .where('credential.user_id', '=', userId)
    .execute();
  const rules = await db
    .selectFrom('access_rules as rule')
    .innerJoin('application_credential_access_rules as link', 'link.access_rule_id', 'rule.id')
    .select(['link.application_credential_id', 'rule.id', 'rule.service', 'rule.method', 'rule.path'])
    .where('rule.user_id', '=', userId)
    .orderBy('rule.id')
    .execute();
  const roleIds = new Map<string, string[]>();
  for (const row of roles) roleIds.set(row.id, [...(roleIds.get(row.id) ?? []), row.role_id]);
  const byCredential = new Map<string, AccessRule[]>();
  for (const { application_credential_id: id, ...rule } of rules) {
    byCredential.set(id, [...(byCredential.get(id) ?? []), rule]);
  }
  return { roleIds, rules: byCredential };
}

/** The ids of the roles that a credential hands on. */
export async function roleIdsOfCredential(db: Reader, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('application_credential_roles')
    .select('role_id')
    .where('application_credential_id', '=', id)
    .execute();
  return rows.map((row) => row.role_id);
}

/** The calls a credential is limited to; null when it is not. */
export async function accessRulesOfCredential(db: Reader, id: string): Promise<AccessRule[] | null> {
  const rows = await db
    .selectFrom('access_rules as rule')
    .innerJoin('application_credential_access_rules as link', 'link.access_rule_id', 'rule.id')
    .select(['rule.id', 'rule.service', 'rule.method', 'rule.path'])
    .where('link.application_credential_id', '=', id)
    .orderBy('rule.id')
    .execute();
  return rows.length > 0 ? rows : null;
}
