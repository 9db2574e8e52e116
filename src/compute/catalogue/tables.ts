import type { Generated } from 'kysely';
import type { Bit } from '../../store/json.ts';

export interface FlavorTable {
  id: string;
  name: string;
  vcpus: number;
  memory_mib: number;
  disk_gib: number;
  ephemeral_gib: number;
  swap_mib: number;
  rxtx_factor: number;
  is_public: Bit;
  disabled: Bit;
  description: string | null;
  /** JSON: name to text. */
  extra_specs: string;
  created_at: number;
}

/** The projects that may use a flavor that is not public. */
export interface FlavorAccessTable {
  flavor_id: string;
  project_id: string;
}

export interface KeypairTable {
  id: Generated<number>;
  user_id: string;
  name: string;
  type: 'ssh' | 'x509';
  public_key: string;
  fingerprint: string;
  created_at: number;
}

export type GroupPolicy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';

export interface ServerGroupTable {
  id: string;
  name: string;
  project_id: string;
  user_id: string;
  policy: GroupPolicy;
  /** For anti-affinity only; null stands for one. */
  max_server_per_host: number | null;
  created_at: number;
}

export interface ServerGroupMemberTable {
  group_id: string;
  server_id: string;
}

/** A project's own limit; -1 is none. What has no row here has the default. */
export interface ComputeQuotaTable {
  project_id: string;
  resource: string;
  hard_limit: number;
}

export interface AggregateTable {
  id: Generated<number>;
  uuid: string;
  name: string;
  /** JSON: name to text; `availability_zone` names the zone of its hosts. */
  metadata: string;
  created_at: number;
  updated_at: number | null;
}

export interface AggregateHostTable {
  aggregate_id: number;
  host: string;
}

export interface CatalogueTables {
  flavors: FlavorTable;
  flavor_access: FlavorAccessTable;
  keypairs: KeypairTable;
  server_groups: ServerGroupTable;
  server_group_members: ServerGroupMemberTable;
  compute_quotas: ComputeQuotaTable;
  aggregates: AggregateTable;
  aggregate_hosts: AggregateHostTable;
}
