import type { Generated } from 'kysely';
import type { HostId, ImageId, ProjectId, ServerId, UserId, VolumeId } from '../core/ids.ts';
import type { Power, ServerState } from '../host/document.ts';
import type { Bit } from '../store/json.ts';
import type { QuotaClassTable, ServerActionColumns, ServerMigrationTable, UserQuotaTable } from './action-tables.ts';
import type { HostImageTable } from './host-images.ts';
import type { GuestPasswordTable } from './guest-passwords.ts';
import type { TaskState, VmState } from './states.ts';

/** One machine with an agent. Its row is made when the machine is enrolled, its capacity comes with the reports. */
export interface HostTable {
  /** Number that older microversions show as the id of a hypervisor and of a service. */
  number: Generated<number>;
  id: HostId;
  uuid: string;
  name: string;
  /** SHA-256 of the agent's bearer token, in hexadecimal. */
  token_hash: string | null;
  enabled: Bit;
  disabled_reason: string | null;
  forced_down: Bit;
  /** Grows with every change of the host's document. */
  generation: number;
  /** SHA-256 of the document's content at `generation`; null until it is rendered. */
  document_hash: string | null;
  /** The newest generation the agent has reported. */
  reported_generation: number;
  /** When the agent was last heard of; null before the first time. */
  last_seen: number | null;
  /** JSON of HostCapacity; null before the first report. */
  capacity: string | null;
  vcpus: number;
  memory_mib: number;
  disk_gib: number;
  /** What the volumes on this host were promised. */
  volume_gib: Generated<number>;
  created_at: number;
  updated_at: number;
}

export interface ServerTable extends ServerActionColumns {
  /** Number behind Nova's `instance-0000002a`. */
  number: Generated<number>;
  id: ServerId;
  project_id: ProjectId;
  user_id: UserId;
  name: string;
  hostname: string;
  description: string | null;
  vm_state: VmState;
  task_state: TaskState | null;
  /** As Nova numbers it: 0 unknown, 1 running, 3 paused, 4 shut down, 7 suspended. */
  power_state: number;
  /** JSON of ServerImage, as it was when the disk was made; null for an empty disk. */
  image: string | null;
  image_id: ImageId | null;
  /** JSON of ServerImageMetadata; null for servers of older releases and for those without an image. */
  image_metadata: string | null;
  /** JSON of ServerFlavor: a flavor that changes later does not change the servers made from it. */
  flavor: string;
  flavor_id: string;
  /** JSON of ServerFlavor while a resize waits for its confirmation. */
  old_flavor: string | null;
  /** What is claimed on the host, during a resize the larger of both flavors. */
  vcpus: number;
  memory_mib: number;
  disk_gib: number;
  key_name: string | null;
  /** JSON of `{name, type, data}`: the key as it was at creation. */
  key: string | null;
  user_data: string | null;
  config_drive: Bit;
  /** Sealed; blanked once the server is gone. */
  admin_password: string | null;
  disk_config: 'AUTO' | 'MANUAL';
  access_ipv4: string | null;
  access_ipv6: string | null;
  /** JSON: name to text. */
  metadata: string;
  /** JSON list of names or ids as the user gave them. */
  security_groups: string;
  /** JSON of os:scheduler_hints. */
  scheduler_hints: string;
  /** The zone the user asked for; null when any would do. */
  pinned_zone: string | null;
  launch_index: number;
  reservation_id: string;
  locked_by: 'owner' | 'admin' | null;
  locked_reason: string | null;
  host_id: HostId | null;
  /** What the host document says of this server. */
  power: Power;
  build: number;
  boot: number;
  /** The build whose disk went with its machine; a later one is another. */
  lost_build: Generated<number | null>;
  shutdown: 'soft' | 'hard';
  soft_seconds: number;
  /** JSON list of the sizes of the disk's layers. */
  layers: string;
  /** Generation of the host's document at this server's last change: older reports say nothing about it. */
  changed_generation: number;
  /** When what is under way must be done; null when nothing is. */
  deadline: number | null;
  /** The action that is under way. */
  action_id: number | null;
  reported_state: ServerState | null;
  reported_reason: string | null;
  reported_build: number;
  reported_boot: number;
  reported_at: number | null;
  /** JSON of ServerFault. */
  fault: string | null;
  /** JSON: why this host, or why none. */
  placement: string | null;
  created_at: number;
  updated_at: number;
  launched_at: number | null;
  terminated_at: number | null;
  /** Rows of servers that are gone stay for a while, for usage reports and `changes-since`. */
  deleted: Bit;
}

export interface ServerTagTable {
  server_id: ServerId;
  tag: string;
}

/** What users and operators did with a server: https://docs.openstack.org/api-ref/compute/#servers-actions */
export interface ServerActionTable {
  id: Generated<number>;
  server_id: ServerId;
  action: string;
  request_id: string;
  user_id: string | null;
  project_id: string | null;
  start_time: number;
  updated_at: number;
  message: string | null;
}

export interface ServerEventTable {
  id: Generated<number>;
  action_id: number;
  event: string;
  start_time: number;
  finish_time: number | null;
  result: 'Success' | 'Error' | null;
  /** Why, in words for a person. */
  details: string | null;
  host_id: HostId | null;
}

/**
 * An image that is being made of a server. Its row is there until the image is active, deleted or given up; the host
 * sees it in its document meanwhile, unless the image is made of snapshots alone.
 */
export interface ServerImageTable {
  image_id: ImageId;
  server_id: ServerId;
  /** `volumes` has no data of its own: it names the snapshots of a server that boots from a volume. */
  kind: 'snapshot' | 'backup' | 'volumes' | 'shelve';
  /** The action that ends with it. */
  action_id: number | null;
  backup_type: string | null;
  /** How many backups of this type are kept. */
  rotation: number | null;
  /** Why the host could not do it; the image is then given up. */
  reason: string | null;
  created_at: number;
  deadline: number;
}

/** An action that ends when the host has plugged a volume in or out. */
export interface ServerVolumeActionTable {
  action_id: number;
  server_id: ServerId;
  volume_id: VolumeId;
  kind: 'attach' | 'detach';
}

export interface ComputeTables {
  hosts: HostTable;
  server_images: ServerImageTable;
  server_volume_actions: ServerVolumeActionTable;
  servers: ServerTable;
  server_tags: ServerTagTable;
  server_migrations: ServerMigrationTable;
  quota_classes: QuotaClassTable;
  user_quotas: UserQuotaTable;
  guest_passwords: GuestPasswordTable;
  host_images: HostImageTable;
  server_actions: ServerActionTable;
  server_events: ServerEventTable;
}
