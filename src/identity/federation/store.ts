import type { Selectable } from 'kysely';
import { conflict } from '../../core/errors.ts';
import { fromJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type {
  FederationMappingsTable,
  FederationProtocolsTable,
  IdentityProvidersTable,
  OidcClientsTable,
} from '../tables/federation.ts';
import { missing } from '../wire/common.ts';
import type { Rule } from '../wire/mappings.ts';

export type IdentityProviderRow = Selectable<IdentityProvidersTable>;
export type MappingRow = Selectable<FederationMappingsTable>;
export type ProtocolRow = Selectable<FederationProtocolsTable>;
export type OidcClientRow = Selectable<OidcClientsTable>;

/** Throws ApiError 404. */
export async function getIdentityProvider(db: Reader, id: string): Promise<IdentityProviderRow> {
  const row = await db.selectFrom('identity_providers').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing('identity provider', id);
  return row;
}

/** What these providers call themselves. */
export async function remoteIdsOf(db: Reader, ids: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return found;
  const rows = await db
    .selectFrom('identity_provider_remote_ids')
    .selectAll()
    .where('identity_provider_id', 'in', [...ids])
    .orderBy('remote_id')
    .execute();
  for (const row of rows) found.get(row.identity_provider_id)?.push(row.remote_id);
  return found;
}

/** Replaces them. Throws ApiError 409 for one that is another provider's. */
export async function setRemoteIds(tx: Tx, id: string, remoteIds: readonly string[]): Promise<void> {
  await tx.db.deleteFrom('identity_provider_remote_ids').where('identity_provider_id', '=', id).execute();
  const unique = [...new Set(remoteIds)];
  if (unique.length === 0) return;
  const taken = await tx.db
    .selectFrom('identity_provider_remote_ids')
    .select('remote_id')
    .where('remote_id', 'in', unique)
    .executeTakeFirst();
  if (taken) throw conflict(`Duplicate remote ID: ${taken.remote_id}`);
  await tx.db
    .insertInto('identity_provider_remote_ids')
    .values(unique.map((remote_id) => ({ remote_id, identity_provider_id: id })))
    .execute();
}

/** Throws ApiError 404. */
export async function getMapping(db: Reader, id: string): Promise<MappingRow> {
  const row = await db.selectFrom('federation_mappings').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw missing('mapping', id);
  return row;
}

export const rulesOf = ({ rules }: MappingRow): Rule[] => fromJson<Rule[]>(rules);

/** Throws ApiError 404. */
export async function getProtocol(db: Reader, providerId: string, id: string): Promise<ProtocolRow> {
  const row = await db
    .selectFrom('federation_protocols')
    .selectAll()
    .where('identity_provider_id', '=', providerId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw missing('federated protocol', id);
  return row;
}

export async function findOidcClient(
  db: Reader,
  providerId: string,
  protocolId: string,
): Promise<OidcClientRow | undefined> {
  return db
    .selectFrom('oidc_clients')
    .selectAll()
    .where('identity_provider_id', '=', providerId)
    .where('protocol_id', '=', protocolId)
    .executeTakeFirst();
}

/** What people call these providers, by their ids. */
export async function displayNamesOf(db: Reader, providerIds: readonly string[]): Promise<Map<string, string>> {
  if (providerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('oidc_clients')
    .select(['identity_provider_id', 'display_name'])
    .where('identity_provider_id', 'in', [...new Set(providerIds)])
    .execute();
  return new Map(rows.map((row) => [row.identity_provider_id, row.display_name]));
}

/** How the enabled providers can be signed in with, by what people call them. */
export async function enabledOidcClients(db: Reader): Promise<OidcClientRow[]> {
  return db
    .selectFrom('oidc_clients')
    .innerJoin('identity_providers', 'identity_providers.id', 'oidc_clients.identity_provider_id')
    .selectAll('oidc_clients')
    .where('identity_providers.enabled', '=', 1)
    .orderBy('oidc_clients.display_name')
    .orderBy('oidc_clients.identity_provider_id')
    .execute();
}

/** Whether a user is of identity providers elsewhere, and none of them is enabled. */
export async function hasDisabledProvider(db: Reader, userId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('federated_users')
    .innerJoin('identity_providers', 'identity_providers.id', 'federated_users.identity_provider_id')
    .select('identity_providers.enabled')
    .where('federated_users.user_id', '=', userId)
    .execute();
  return rows.length > 0 && rows.every(({ enabled }) => enabled === 0);
}
