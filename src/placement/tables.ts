import type { Generated } from 'kysely';
import type { HostId } from '../core/ids.ts';

/** Who has something to give: a host, or what an administrator registers, such as shared storage. */
export interface ResourceProviderTable {
  uuid: string;
  name: string;
  /** Grows with every change of what it has, is, or has given. */
  generation: number;
  parent: string | null;
  /** The top of its tree; itself for one without a parent. */
  root: string;
  /** The host that it is; its inventory follows what the host's agent reports. */
  host_id: HostId | null;
  /** Grows with everything that a scheduler must know of it, also where the API's generation stays. */
  revision: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface InventoryTable {
  provider: string;
  resource_class: string;
  total: number;
  reserved: number;
  min_unit: number;
  max_unit: number;
  step_size: number;
  allocation_ratio: number;
  /** Sum of the allocations of it: changed with them, by conditional updates. */
  used: number;
  /** What the host itself needs for those who use it: memory of each server's QEMU. */
  overhead: number;
  created_at: number;
  updated_at: number;
}

export interface ProviderTraitTable {
  provider: string;
  trait: string;
}

export interface ProviderAggregateTable {
  provider: string;
  aggregate: string;
}

export interface CustomNameTable {
  name: string;
  created_at: number;
}

/** Who was promised something: a server, by its own id. */
export interface ConsumerTable {
  uuid: string;
  project_id: string;
  user_id: string;
  /** `INSTANCE` for servers; null when nobody said. */
  type: string | null;
  generation: number;
  created_at: number;
  updated_at: number;
}

export interface AllocationTable {
  consumer: string;
  provider: string;
  resource_class: string;
  used: number;
  created_at: number;
}

export interface PlacementTables {
  resource_providers: ResourceProviderTable;
  inventories: InventoryTable;
  provider_traits: ProviderTraitTable;
  provider_aggregates: ProviderAggregateTable;
  custom_traits: CustomNameTable;
  custom_resource_classes: CustomNameTable;
  consumers: ConsumerTable;
  allocations: AllocationTable;
}
