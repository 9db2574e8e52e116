import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { badRequest, conflict } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { Secrets } from '../../store/secrets.ts';
import { seesAll } from '../policy.ts';
import type { TokenClaims } from '../tokens/format.ts';
import type { CredentialsTable } from '../tables.ts';
import { missing } from '../wire/common.ts';
import { findProject } from './projects.ts';
import { findUser } from './users.ts';

export type CredentialRow = Selectable<CredentialsTable>;

const PURPOSE = 'credentials';

export const sealBlob = (secrets: Secrets, blob: string) => secrets.seal(PURPOSE, blob);
export const openBlob = (secrets: Secrets, row: CredentialRow) => secrets.open(PURPOSE, row.sealed_blob);

/** Credentials belong to users, whom also a domain's administrator looks after. */
export const seesAllCredentials = (context: Context) => seesAll(context) || context.isAdmin;

/**
 * Whether a credential may be seen: by its user and by admins, through an application credential only its project's.
 * Never through a delegation: what a user delegates is not the keys to everything else.
 */
export function seesCredential(context: Context, claims: TokenClaims, row: CredentialRow): boolean {
  if (claims.delegation) return false;
  if (claims.applicationCredential && row.project_id !== context.projectId) return false;
  return row.user_id === context.userId || seesAllCredentials(context);
}

/** Throws ApiError 404 for what is not there or not seen. */
export async function getCredential(
  db: Reader,
  context: Context,
  claims: TokenClaims,
  id: string,
): Promise<CredentialRow> {
  const row = await db.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || !seesCredential(context, claims, row)) throw missing('credential', id);
  return row;
}

/** The id of a credential for EC2's API: clients know only the access key, so it is made from that. */
export const ec2Id = (access: string) => createHash('sha256').update(access).digest('hex');

/** The members of an EC2 credential's blob. Throws ApiError 400. */
export function parseEc2Blob(blob: string): Record<string, unknown> & { access: string } {
  let value: unknown;
  try {
    value = JSON.parse(blob);
  } catch {
    throw badRequest('Invalid blob in credential: it must be JSON for the type ec2.');
  }
  if (typeof value !== 'object' || value === null || !('access' in value) || typeof value.access !== 'string') {
    throw badRequest('Invalid blob in credential: an ec2 credential needs an access key.');
  }
  return { ...value, access: value.access };
}

/** Inserts a credential. Throws ApiError 400 for a user or project that does not exist, 409 for a taken access key. */
export async function insertCredential(tx: Tx, row: CredentialRow): Promise<void> {
  if (!(await findUser(tx.db, row.user_id))) throw badRequest(`Could not find user: ${row.user_id}.`);
  await requireProject(tx.db, row.project_id);
  const taken = await tx.db.selectFrom('credentials').select('id').where('id', '=', row.id).executeTakeFirst();
  if (taken) throw conflict('Conflict occurred attempting to store credential - its access key is taken.');
  await tx.db.insertInto('credentials').values(row).execute();
}

/** Throws ApiError 400 for a project that does not exist. */
export async function requireProject(db: Reader, id: string | null): Promise<void> {
  if (id !== null && !(await findProject(db, id))) throw badRequest(`Could not find project: ${id}.`);
}

/** The seeds of a user's one-time passwords, in base32. */
export async function totpSeedsOf(db: Reader, secrets: Secrets, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('credentials')
    .selectAll()
    .where('user_id', '=', userId)
    .where('type', '=', 'totp')
    .execute();
  return rows.map((row) => openBlob(secrets, row));
}
