import type { Migration } from '../migrate.ts';

/** Identity providers elsewhere: which, how they are asked, what their word is worth here, and whose it was. */
export const federation: Migration = {
  name: '0066-federation',
  async up(db) {
    await db.schema
      .createTable('identity_providers')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('domain_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
      .addColumn('enabled', 'integer', (column) => column.notNull())
      .addColumn('description', 'text')
      .addColumn('authorization_ttl', 'integer')
      .execute();
    await db.schema
      .createTable('identity_provider_remote_ids')
      .addColumn('remote_id', 'text', (column) => column.primaryKey())
      .addColumn('identity_provider_id', 'text', (column) =>
        column.notNull().references('identity_providers.id').onDelete('cascade'),
      )
      .execute();
    await db.schema
      .createTable('federation_mappings')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('rules', 'text', (column) => column.notNull())
      .addColumn('schema_version', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('federation_protocols')
      .addColumn('identity_provider_id', 'text', (column) =>
        column.notNull().references('identity_providers.id').onDelete('cascade'),
      )
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('mapping_id', 'text', (column) => column.notNull().references('federation_mappings.id'))
      .addColumn('remote_id_attribute', 'text')
      .addPrimaryKeyConstraint('federation_protocols_key', ['identity_provider_id', 'id'])
      .execute();
    await db.schema
      .createTable('oidc_clients')
      .addColumn('identity_provider_id', 'text', (column) => column.notNull())
      .addColumn('protocol_id', 'text', (column) => column.notNull())
      .addColumn('display_name', 'text', (column) => column.notNull())
      .addColumn('issuer', 'text', (column) => column.notNull())
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('sealed_client_secret', 'text')
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('own_project', 'integer', (column) => column.notNull())
      .addColumn('audiences', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('oidc_clients_key', ['identity_provider_id', 'protocol_id'])
      .addForeignKeyConstraint(
        'oidc_clients_protocol',
        ['identity_provider_id', 'protocol_id'],
        'federation_protocols',
        ['identity_provider_id', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      )
      .execute();
    await db.schema
      .createTable('federated_users')
      .addColumn('identity_provider_id', 'text', (column) =>
        column.notNull().references('identity_providers.id').onDelete('cascade'),
      )
      .addColumn('protocol_id', 'text', (column) => column.notNull())
      .addColumn('unique_id', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('federated_users_key', ['identity_provider_id', 'protocol_id', 'unique_id'])
      .execute();
    await db.schema.createIndex('federated_users_user').on('federated_users').column('user_id').execute();
    await db.schema.alterTable('user_group_members').addColumn('identity_provider_id', 'text').execute();
    await db.schema.alterTable('user_group_members').addColumn('expires_at', 'bigint').execute();
    await db.schema.createIndex('user_group_members_end').on('user_group_members').column('expires_at').execute();
  },
};
