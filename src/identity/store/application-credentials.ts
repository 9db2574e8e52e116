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
