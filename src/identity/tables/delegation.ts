import type { ProjectId, UserId } from '../../core/ids.ts';
import type { Bit } from '../../store/json.ts';

export interface TrustsTable {
  id: string;
  trustor_user_id: UserId;
  trustee_user_id: UserId;
  /** Null for a trust that only lets the trustee speak in the trustor's name. */
  project_id: ProjectId | null;
  impersonation: Bit;
  /** How many tokens may still be had; null for no limit. */
  remaining_uses: number | null;
  expires_at: number | null;
  /** The same with the microseconds the client gave. */
  expires_at_text: string | null;
  redelegated_trust_id: string | null;
  /** How often it may be handed on. */
  redelegation_count: number;
  extra: string;
  created_at: number;
}

export interface TrustRolesTable {
  trust_id: string;
  role_id: string;
}

export interface OauthConsumersTable {
  id: string;
  description: string | null;
  sealed_secret: string;
  extra: string;
}

export interface OauthRequestTokensTable {
  id: string;
  sealed_secret: string;
  consumer_id: string;
  project_id: ProjectId;
  expires_at: number;
  /** Set together with user and roles, once a user has agreed. */
  verifier: string | null;
  user_id: UserId | null;
  role_ids: string;
}

export interface OauthAccessTokensTable {
  id: string;
  sealed_secret: string;
  consumer_id: string;
  project_id: ProjectId;
  user_id: UserId;
  expires_at: number | null;
  role_ids: string;
}

/** Nonces of signed requests, until their time stamp is too old anyway. */
export interface OauthNoncesTable {
  consumer_id: string;
  nonce: string;
  expires_at: number;
}

export interface DelegationTables {
  trusts: TrustsTable;
  trust_roles: TrustRolesTable;
  oauth_consumers: OauthConsumersTable;
  oauth_request_tokens: OauthRequestTokensTable;
  oauth_access_tokens: OauthAccessTokensTable;
  oauth_nonces: OauthNoncesTable;
}
