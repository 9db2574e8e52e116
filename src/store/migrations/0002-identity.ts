import { sql, type Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Migration } from '../migrate.ts';

/** Domains, projects, users, groups, roles, the catalogue, credentials and revoked tokens. */
export const identity: Migration = {
  name: '0002-identity',
  async up(db) {
    await projects(db);
    await people(db);
    await roles(db);
    await catalogue(db);
    await applicationCredentials(db);
    await others(db);
  },
};

async function projects(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('projects')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('domain_id', 'text', (column) => column.references('projects.id'))
    .addColumn('parent_id', 'text', (column) => column.references('projects.id'))
    .addColumn('is_domain', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('options', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  // Two rows without a domain (two domains) must collide too, and SQL's null equals nothing.
  await sql`create unique index projects_name on projects (coalesce(domain_id, ''), name)`.execute(db);
  await db.schema.createIndex('projects_parent').on('projects').column('parent_id').execute();
  await db.schema
    .createTable('project_tags')
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('project_tags_key', ['project_id', 'name'])
    .execute();
}

async function people(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('domain_id', 'text', (column) => column.notNull().references('projects.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('default_project_id', 'text')
    .addColumn('password_hash', 'text')
    .addColumn('password_changed_at', 'bigint')
    .addColumn('options', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('users_name', ['domain_id', 'name'])
    .execute();
  await db.schema
    .createTable('user_groups')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('domain_id', 'text', (column) => column.notNull().references('projects.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .addUniqueConstraint('user_groups_name', ['domain_id', 'name'])
    .execute();
  await db.schema
    .createTable('user_group_members')
    .addColumn('group_id', 'text', (column) => column.notNull().references('user_groups.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('user_group_members_key', ['group_id', 'user_id'])
    .execute();
  await db.schema.createIndex('user_group_members_user').on('user_group_members').column('user_id').execute();
}

async function roles(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('roles')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('domain_id', 'text', (column) => column.references('projects.id'))
    .addColumn('description', 'text')
    .addColumn('options', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .execute();
  await sql`create unique index roles_name on roles (coalesce(domain_id, ''), name)`.execute(db);
  await db.schema
    .createTable('implied_roles')
    .addColumn('prior_role_id', 'text', (column) => column.notNull().references('roles.id').onDelete('cascade'))
    .addColumn('implied_role_id', 'text', (column) => column.notNull().references('roles.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('implied_roles_key', ['prior_role_id', 'implied_role_id'])
    .execute();
  await db.schema
    .createTable('role_assignments')
    .addColumn('actor_type', 'text', (column) => column.notNull())
    .addColumn('actor_id', 'text', (column) => column.notNull())
    .addColumn('target_type', 'text', (column) => column.notNull())
    .addColumn('target_id', 'text', (column) => column.notNull())
    .addColumn('role_id', 'text', (column) => column.notNull().references('roles.id').onDelete('cascade'))
    .addColumn('inherited', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('role_assignments_key', [
      'actor_type',
      'actor_id',
      'target_type',
      'target_id',
      'role_id',
      'inherited',
    ])
    .execute();
  await db.schema
    .createIndex('role_assignments_target')
    .on('role_assignments')
    .columns(['target_type', 'target_id'])
    .execute();
}

async function catalogue(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('regions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('parent_region_id', 'text', (column) => column.references('regions.id'))
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('catalog_services')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('name', 'text')
    .addColumn('description', 'text')
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .addColumn('managed', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('catalog_endpoints')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('service_id', 'text', (column) => column.notNull().references('catalog_services.id').onDelete('cascade'))
    .addColumn('interface', 'text', (column) => column.notNull())
    .addColumn('region_id', 'text', (column) => column.references('regions.id'))
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .addColumn('managed', 'integer', (column) => column.notNull())
    .execute();
}

async function applicationCredentials(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('application_credentials')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('unrestricted', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('expires_at_text', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('application_credentials_name', ['user_id', 'name'])
    .execute();
  await db.schema
    .createTable('application_credential_roles')
    .addColumn('application_credential_id', 'text', (column) =>
      column.notNull().references('application_credentials.id').onDelete('cascade'),
    )
    .addColumn('role_id', 'text', (column) => column.notNull().references('roles.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('application_credential_roles_key', ['application_credential_id', 'role_id'])
    .execute();
  await db.schema
    .createTable('access_rules')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('service', 'text', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addUniqueConstraint('access_rules_rule', ['user_id', 'service', 'method', 'path'])
    .execute();
  await db.schema
    .createTable('application_credential_access_rules')
    .addColumn('application_credential_id', 'text', (column) =>
      column.notNull().references('application_credentials.id').onDelete('cascade'),
    )
    .addColumn('access_rule_id', 'text', (column) => column.notNull().references('access_rules.id'))
    .addPrimaryKeyConstraint('application_credential_access_rules_key', ['application_credential_id', 'access_rule_id'])
    .execute();
}

async function others(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('credentials')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('project_id', 'text', (column) => column.references('projects.id').onDelete('cascade'))
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('sealed_blob', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('policies')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('blob', 'text', (column) => column.notNull())
    .addColumn('extra', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('token_revocations')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('issued_before', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('token_revocations_key', ['kind', 'value'])
    .execute();
}
