import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Migration } from '../migrate.ts';

/** What one user hands to another (trusts), or to a program (OAuth consumers and their tokens). */
export const delegation: Migration = {
  name: '0022-delegation',
  async up(db) {
    await trusts(db);
    await oauth(db);
  },
};

async function trusts(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('trusts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('trustor_user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('trustee_user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('project_id', 'text', (column) => column.references('projects.id').onDelete('cascade'))
    .addColumn('impersonation', 'integer', (column) => column.notNull())
    .addColumn('remaining_uses', 'integer')
    .addColumn('expires_at', 'bigint')
    .addColumn('expires_at_text', 'text')
    .addColumn('redelegated_trust_id', 'text', (column) => column.references('trusts.id').onDelete('cascade'))
    .addColumn('redelegation_count', 'integer', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  for (const column of ['trustor_user_id', 'trustee_user_id', 'redelegated_trust_id']) {
    await db.schema.createIndex(`trusts_${column}`).on('trusts').column(column).execute();
  }
  await db.schema
    .createTable('trust_roles')
    .addColumn('trust_id', 'text', (column) => column.notNull().references('trusts.id').onDelete('cascade'))
    .addColumn('role_id', 'text', (column) => column.notNull().references('roles.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('trust_roles_key', ['trust_id', 'role_id'])
    .execute();
}

async function oauth(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('oauth_consumers')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('description', 'text')
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('oauth_request_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('consumer_id', 'text', (column) => column.notNull().references('oauth_consumers.id').onDelete('cascade'))
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('verifier', 'text')
    .addColumn('user_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('role_ids', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('oauth_access_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('consumer_id', 'text', (column) => column.notNull().references('oauth_consumers.id').onDelete('cascade'))
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('expires_at', 'bigint')
    .addColumn('role_ids', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('oauth_nonces')
    .addColumn('consumer_id', 'text', (column) => column.notNull().references('oauth_consumers.id').onDelete('cascade'))
    .addColumn('nonce', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('oauth_nonces_key', ['consumer_id', 'nonce'])
    .execute();
}
