import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openSqliteStore } from './store.ts';
import { WATCHED } from './watched.ts';

/**
 * Tables whose rows nobody is told of: what only goes with a row that is told of, what clients cannot see, and what
 * hardly ever changes. A new table stands here, or in WATCHED.
 */
const UNTOLD = [
  ...['schema_migrations', 'leases', 'controllers', 'tunnels', 'cloud_facts', 'sqlite_sequence'],
  ...['login_attempts', 'used_passcodes', 'sessions', 'touched_ports'],
  // With their server, volume, image, port, network, group.
  ...[
    'server_tags',
    'server_actions',
    'server_events',
    'server_images',
    'server_volume_actions',
    'server_group_members',
  ],
  ...['volume_properties', 'volume_extensions', 'image_properties', 'image_tags', 'network_tags', 'project_tags'],
  ...['port_addresses', 'port_security_groups', 'subnet_allocation_pools', 'network_segments', 'auto_topologies'],
  ...['qos_rules', 'qos_defaults', 'volume_group_volume_types'],
  // Read when they are needed.
  ...['guest_passwords', 'host_images', 'quota_classes', 'volume_quota_classes', 'volume_default_types'],
  ...['volume_qos_specs', 'volume_services', 'volume_group_types', 'network_agent_notes'],
  ...['metadef_namespaces', 'metadef_items', 'metadef_resource_types', 'metadef_associations'],
  ...['resource_providers', 'inventories', 'allocations', 'consumers', 'provider_traits', 'provider_aggregates'],
  ...['custom_traits', 'custom_resource_classes', 'host_invites', 'host_certificates', 'authorities'],
  // Of one user, and made by that user alone; or of the way tokens are made.
  ...['application_credentials', 'application_credential_roles', 'application_credential_access_rules'],
  ...['access_rules', 'credentials', 'trusts', 'trust_roles', 'user_passwords'],
  ...['oauth_consumers', 'oauth_request_tokens', 'oauth_access_tokens', 'oauth_nonces'],
  ...['implied_roles', 'regions', 'catalog_services', 'catalog_endpoints', 'policies', 'policy_associations'],
  ...['federated_users', 'federation_mappings', 'federation_protocols', 'identity_provider_remote_ids'],
  ...['identity_providers', 'oidc_clients'],
  ...['project_endpoints', 'endpoint_groups', 'endpoint_group_projects', 'domain_configs'],
];

test('of every table it is said whether clients hear of its rows, by columns that it has', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-watched-'));
  const store = await openSqliteStore(join(directory, 'controller.db'));
  t.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(store.read);
  const names = tables.rows.map(({ name }) => name).toSorted();
  assert.deepEqual([...Object.keys(WATCHED), ...UNTOLD].toSorted(), names);
  for (const [table, { columns, unseen = [] }] of Object.entries(WATCHED)) {
    const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(store.read);
    const known = new Set(rows.map(({ name }) => name));
    assert.deepEqual(
      [...columns, ...unseen].filter((column) => !known.has(column)),
      [],
      table,
    );
  }
});

test('what is not open any more is said to all, without telling what it is', () => {
  const tell = (row: Record<string, string | number>, set: string[] | null) =>
    WATCHED['images']?.tell({ id: 'i', owner: 'p', ...row }, set && new Set(set));
  const everybody = { kind: 'images', to: 'all', id: 'i' };
  const owner = { kind: 'images', to: 'project:p', id: 'i' };
  assert.deepEqual(tell({ visibility: 'public' }, null), [everybody]);
  assert.deepEqual(tell({ visibility: 'private' }, ['name']), [owner]);
  assert.deepEqual(tell({ visibility: 'private' }, ['visibility']), [owner, { ...everybody, id: null }]);
});
