import type { DomainId, UserId } from '../../core/ids.ts';
import type { Bit } from '../../store/json.ts';

export interface IdentityProvidersTable {
  id: string;
  /** Where the accounts of its users are. */
  domain_id: DomainId;
  enabled: Bit;
  description: string | null;
  /** Minutes for which memberships of groups outlast a log-in; null for as long as a session may last. */
  authorization_ttl: number | null;
}

/** What a provider calls itself: for OpenID Connect its issuer. */
export interface IdentityProviderRemoteIdsTable {
  remote_id: string;
  identity_provider_id: string;
}

export interface FederationMappingsTable {
  id: string;
  /** JSON, see federation/mapping.ts. */
  rules: string;
  schema_version: string;
}

export interface FederationProtocolsTable {
  identity_provider_id: string;
  id: string;
  mapping_id: string;
  remote_id_attribute: string | null;
}

/** How a provider is asked by OpenID Connect: what mod_auth_openidc in front of Keystone is configured with. */
export interface OidcClientsTable {
  identity_provider_id: string;
  protocol_id: string;
  /** What people call it. */
  display_name: string;
  issuer: string;
  client_id: string;
  /** Sealed by the cloud's secret key; null for a public client. */
  sealed_client_secret: string | null;
  /** By spaces. */
  scopes: string;
  /** Whether a first log-in makes a project. */
  own_project: Bit;
  /** JSON: other audiences whose access tokens are taken. */
  audiences: string;
}

/** Whose account it is that was made for somebody of a provider. */
export interface FederatedUsersTable {
  identity_provider_id: string;
  protocol_id: string;
  /** What the provider knows them by. */
  unique_id: string;
  user_id: UserId;
}

export interface FederationTables {
  identity_providers: IdentityProvidersTable;
  identity_provider_remote_ids: IdentityProviderRemoteIdsTable;
  federation_mappings: FederationMappingsTable;
  federation_protocols: FederationProtocolsTable;
  oidc_clients: OidcClientsTable;
  federated_users: FederatedUsersTable;
}
