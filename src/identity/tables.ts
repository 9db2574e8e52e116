import type { Generated } from 'kysely';
import type { DomainId, ProjectId, UserId } from '../core/ids.ts';
import type { Bit } from '../store/json.ts';
import type { CatalogFilterTables } from './tables/catalog-filters.ts';
import type { DelegationTables } from './tables/delegation.ts';
import type { FederationTables } from './tables/federation.ts';
import type { LimitTables } from './tables/limits.ts';
import type { SessionTables } from './tables/sessions.ts';

/** Projects and domains: a domain is a project at a tree's root, as Keystone keeps them. */
export interface ProjectsTable {
  id: ProjectId;
  /** Null for a domain itself. */
  domain_id: DomainId | null;
  /** Null for a domain; the domain's id for a project at the top. */
  parent_id: string | null;
  is_domain: Bit;
  name: string;
  description: string;
  enabled: Bit;
  /** JSON: resource options, such as `immutable`. */
  options: string;
  /** JSON: attributes that Keystone keeps without knowing them. */
  extra: string;
  created_at: number;
}

export interface ProjectTagsTable {
  project_id: ProjectId;
  name: string;
}

export interface UsersTable {
  id: UserId;
  domain_id: DomainId;
  name: string;
  enabled: Bit;
  default_project_id: ProjectId | null;
  /** A PHC string; null when the user has no password. */
  password_hash: string | null;
  password_changed_at: number | null;
  /** When the password has to be changed; null when never. */
  password_expires_at: number | null;
  /** Whether its owner chose it. */
  password_self_service: Generated<Bit>;
  /** Wrong passwords in a row, and when the last one was given. */
  failed_logins: Generated<number>;
  last_failed_login_at: number | null;
  last_active_at: number | null;
  options: string;
  extra: string;
  created_at: number;
}

export interface UserGroupsTable {
  id: string;
  domain_id: DomainId;
  name: string;
  description: string;
  extra: string;
}

export interface UserGroupMembersTable {
  group_id: string;
  user_id: UserId;
  /** Who says so, and until when, if it was not said here. */
  identity_provider_id: Generated<string | null>;
  expires_at: Generated<number | null>;
}

export interface RolesTable {
  id: string;
  name: string;
  /** Null for a role that is valid everywhere. */
  domain_id: DomainId | null;
  description: string | null;
  options: string;
  extra: string;
}

export interface ImpliedRolesTable {
  prior_role_id: string;
  implied_role_id: string;
}

export type ActorType = 'user' | 'group';
export type TargetType = 'project' | 'domain' | 'system';

export interface RoleAssignmentsTable {
  actor_type: ActorType;
  actor_id: string;
  target_type: TargetType;
  /** `all` for the system. */
  target_id: string;
  role_id: string;
  /** Whether it counts for the projects below the target instead of the target. */
  inherited: Bit;
}

export interface RegionsTable {
  id: string;
  parent_region_id: string | null;
  description: string;
  extra: string;
}

export interface CatalogServicesTable {
  id: string;
  type: string;
  name: string | null;
  description: string | null;
  enabled: Bit;
  extra: string;
  /** Whether the start-up made it and keeps it up to date. */
  managed: Bit;
}

export type Interface = 'public' | 'internal' | 'admin';

export interface CatalogEndpointsTable {
  id: string;
  service_id: string;
  interface: Interface;
  region_id: string | null;
  url: string;
  enabled: Bit;
  extra: string;
  managed: Bit;
}

export interface ApplicationCredentialsTable {
  id: string;
  name: string;
  user_id: UserId;
  project_id: ProjectId;
  secret_hash: string;
  description: string | null;
  unrestricted: Bit;
  expires_at: number | null;
  /** The same with the microseconds the client gave, as it gets them back. */
  expires_at_text: string | null;
  created_at: number;
}

export interface ApplicationCredentialRolesTable {
  application_credential_id: string;
  role_id: string;
}

export interface AccessRulesTable {
  id: string;
  user_id: UserId;
  service: string;
  method: string;
  path: string;
}

export interface ApplicationCredentialAccessRulesTable {
  application_credential_id: string;
  access_rule_id: string;
}

export interface CredentialsTable {
  id: string;
  user_id: UserId;
  project_id: ProjectId | null;
  type: string;
  /** Sealed by the cloud's secret key. */
  sealed_blob: string;
  extra: string;
}

export interface PoliciesTable {
  id: string;
  type: string;
  blob: string;
  extra: string;
}

/** Hashes of passwords that are no longer valid, so that they are not chosen again. */
export interface UserPasswordsTable {
  user_id: UserId;
  hash: string;
  created_at: number;
}

/** What a revocation is about; see tokens/revocations.ts. */
export type RevocationKind =
  | 'audit'
  | 'user'
  | 'project'
  | 'domain'
  | 'role'
  | 'grant'
  | 'application_credential'
  | 'trust'
  | 'oauth_consumer'
  | 'oauth_access_token'
  | 'identity_provider';

export interface TokenRevocationsTable {
  kind: RevocationKind;
  value: string;
  /** Tokens issued at or before this time are void. */
  issued_before: number;
  /** When no such token can be alive any more. */
  expires_at: number;
}

/** Under a hash of account, address, or both: failures, or (`known`) that the account was used from there. */
export interface LoginAttemptsTable {
  key: string;
  known: Bit;
  failures: number;
  last_at: number;
}

/** The last time step whose passcode (TOTP) a user has used. */
export interface UsedPasscodesTable {
  user_id: string;
  step: number;
}

export interface IdentityTables
  extends DelegationTables, CatalogFilterTables, LimitTables, SessionTables, FederationTables {
  projects: ProjectsTable;
  project_tags: ProjectTagsTable;
  users: UsersTable;
  user_groups: UserGroupsTable;
  user_group_members: UserGroupMembersTable;
  roles: RolesTable;
  implied_roles: ImpliedRolesTable;
  role_assignments: RoleAssignmentsTable;
  regions: RegionsTable;
  catalog_services: CatalogServicesTable;
  catalog_endpoints: CatalogEndpointsTable;
  application_credentials: ApplicationCredentialsTable;
  application_credential_roles: ApplicationCredentialRolesTable;
  access_rules: AccessRulesTable;
  application_credential_access_rules: ApplicationCredentialAccessRulesTable;
  credentials: CredentialsTable;
  policies: PoliciesTable;
  token_revocations: TokenRevocationsTable;
  user_passwords: UserPasswordsTable;
  login_attempts: LoginAttemptsTable;
  used_passcodes: UsedPasscodesTable;
}
