import type { Selectable } from 'kysely';
import type { Reader } from '../../store/store.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { OauthAccessTokensTable, OauthConsumersTable, OauthRequestTokensTable } from '../tables/delegation.ts';

export type ConsumerRow = Selectable<OauthConsumersTable>;
export type RequestTokenRow = Selectable<OauthRequestTokensTable>;
export type AccessTokenRow = Selectable<OauthAccessTokensTable>;

const PURPOSE = 'oauth';
export const sealSecret = (secrets: Secrets, secret: string) => secrets.seal(PURPOSE, secret);
export const openSecret = (secrets: Secrets, row: { sealed_secret: string }) =>
  secrets.open(PURPOSE, row.sealed_secret);

export async function findConsumer(db: Reader, id: string): Promise<ConsumerRow | undefined> {
  return db.selectFrom('oauth_consumers').selectAll().where('id', '=', id).executeTakeFirst();
}

/** A request token that can still be used. */
export async function findRequestToken(db: Reader, now: number, id: string): Promise<RequestTokenRow | undefined> {
  return db
    .selectFrom('oauth_request_tokens')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** An access token that can still be used. */
export async function findAccessToken(db: Reader, now: number, id: string): Promise<AccessTokenRow | undefined> {
  const row = await db.selectFrom('oauth_access_tokens').selectAll().where('id', '=', id).executeTakeFirst();
  return row && (row.expires_at === null || row.expires_at > now) ? row : undefined;
}
