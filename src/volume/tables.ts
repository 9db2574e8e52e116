import type { Generated } from 'kysely';
import type {
  AttachmentId,
  BackupId,
  HostId,
  ImageId,
  ProjectId,
  ServerId,
  SnapshotId,
  UserId,
  VolumeId,
} from '../core/ids.ts';
import type { Bit } from '../store/json.ts';
import type { VolumeStatus } from './contract.ts';

interface Owned<Id> {
  number: Generated<number>;
  id: Id;
  project_id: ProjectId;
  user_id: UserId | null;
  name: string | null;
  description: string | null;
  created_at: number;
  updated_at: number | null;
}

export interface VolumeTable extends Owned<VolumeId> {
  status: VolumeStatus;
  /** What the volume is called on its host: its own id, unless it was taken over from somebody else's care. */
  backend_id: VolumeId;
  /** 0 once an administrator has taken it out of our care: its bytes stay, no API shows it. */
  managed: Bit;
  /** What clients see; `target_gib` is what the host should make of it. */
  size_gib: number;
  target_gib: number;
  host_id: HostId | null;
  availability_zone: string;
  volume_type_id: string | null;
  bootable: Bit;
  multiattach: Bit;
  /** null until somebody sets it. */
  read_only: Bit | null;
  /** What it was made of, as clients see it. */
  source_kind: 'empty' | 'image' | 'volume' | 'snapshot';
  source_id: string | null;
  /** The volume whose bytes are read while this one is being made, by its name on the host. */
  source_backend: VolumeId | null;
  /** Counts how often it is made anew. */
  build: number;
  /** The build whose bytes went with their machine; a later one is another. */
  lost_build: Generated<number | null>;
  /** JSON of HostVolume['source']: what this build is made of. */
  build_source: string;
  /** The server that it was made for, while that one builds. */
  server_id: ServerId | null;
  group_id: string | null;
  /** What it goes back to after an upload, a backup or an extension. */
  status_before: VolumeStatus | null;
  /** The image that it is being uploaded to. */
  image_id: ImageId | null;
  image_format: 'raw' | 'qcow2' | null;
  /** What the host said last of why it is in error. */
  reason: string | null;
  /** Generation of the host's document at the last change that concerns the host. */
  changed_generation: number;
  launched_at: number | null;
}

export type SnapshotStatus =
  'creating' | 'available' | 'deleting' | 'error' | 'error_deleting' | 'backing-up' | 'restoring' | 'unmanaging';

export interface SnapshotTable extends Owned<SnapshotId> {
  status: SnapshotStatus;
  backend_id: SnapshotId;
  managed: Bit;
  volume_id: VolumeId;
  size_gib: number;
  /** `100%` once it is there. */
  progress: string;
  group_snapshot_id: string | null;
  reason: string | null;
  changed_generation: number;
}

/** Metadata of a volume, what the image said of it, metadata of a snapshot. */
export interface VolumePropertyTable {
  owner_id: string;
  kind: 'volume' | 'image' | 'snapshot';
  name: string;
  value: string;
}

export type AttachmentState = 'reserved' | 'attaching' | 'attached' | 'detaching' | 'error';

export interface VolumeAttachmentTable {
  number: Generated<number>;
  id: AttachmentId;
  volume_id: VolumeId;
  project_id: ProjectId;
  server_id: ServerId | null;
  /** Where the server runs; null for what is not plugged in by a host of ours. */
  host_id: HostId | null;
  /** What a connector called itself. */
  host_name: string | null;
  /** 1: compute's, plugged in by a host. 0: a note that somebody else uses the volume. */
  plugged: Bit;
  state: AttachmentState;
  mode: 'rw' | 'ro';
  /** Without `/dev/` for compute's own, else as it was given. */
  device: string | null;
  bus: string;
  boot_index: number | null;
  tag: string | null;
  delete_on_termination: Bit;
  bdm_uuid: string;
  /** JSON, as the client gave it. */
  connector: string | null;
  reason: string | null;
  /** JSON of HostAttachment['limits']: what the volume's QoS specs said when it was attached. */
  limits: string | null;
  changed_generation: number;
  created_at: number;
  attached_at: number | null;
}

export interface VolumeTypeTable {
  id: string;
  name: string;
  description: string | null;
  is_public: Bit;
  /** JSON: name to text. */
  extra_specs: string;
  qos_specs_id: string | null;
  /** JSON of an encryption type. */
  encryption: string | null;
  created_at: number;
  updated_at: number | null;
}

export interface VolumeQosSpecsTable {
  id: string;
  name: string;
  consumer: 'front-end' | 'back-end' | 'both';
  /** JSON: name to text. */
  specs: string;
  created_at: number;
}

export interface VolumeServiceTable {
  host: string;
  binary: string;
  disabled: Bit;
  disabled_reason: string | null;
  frozen: Bit;
  updated_at: number;
}

export interface VolumeGroupTypeTable {
  id: string;
  name: string;
  description: string | null;
  is_public: Bit;
  /** JSON: name to text. */
  group_specs: string;
  created_at: number;
  updated_at: number | null;
}

export interface VolumeGroupTable extends Owned<string> {
  status: 'creating' | 'available' | 'updating' | 'deleting' | 'error' | 'error_deleting' | 'in-use';
  group_type_id: string;
  availability_zone: string;
  group_snapshot_id: string | null;
  source_group_id: string | null;
  /** 1: the status is an administrator's word, which stays until something is really asked. */
  by_hand: Bit;
}

export interface VolumeGroupSnapshotTable extends Owned<string> {
  status: 'creating' | 'available' | 'deleting' | 'error' | 'error_deleting';
  by_hand: Bit;
  group_id: string;
  group_type_id: string;
}

export interface VolumeTransferTable {
  number: Generated<number>;
  id: string;
  volume_id: VolumeId;
  name: string | null;
  /** SHA-256 of the authorization key. */
  key_hash: string;
  source_project_id: ProjectId;
  destination_project_id: ProjectId | null;
  accepted: Bit;
  no_snapshots: Bit;
  created_at: number;
}

export interface VolumeMessageTable {
  number: Generated<number>;
  id: string;
  project_id: ProjectId;
  request_id: string | null;
  resource_type: string;
  resource_uuid: string | null;
  event_id: string;
  user_message: string;
  message_level: string;
  created_at: number;
  guaranteed_until: number;
}

export interface VolumeBackupTable extends Owned<BackupId> {
  status: 'creating' | 'available' | 'deleting' | 'error' | 'restoring' | 'error_deleting';
  volume_id: VolumeId;
  snapshot_id: SnapshotId | null;
  container: string | null;
  availability_zone: string | null;
  size_gib: number;
  /** The image service's object that holds the bytes. */
  image_id: ImageId | null;
  /** A passing copy of a snapshot, while its bytes are being sent. */
  copy_volume_id: VolumeId | null;
  restore_volume_id: VolumeId | null;
  /** JSON of what a restored volume gets back besides its bytes. */
  volume_record: string;
  /** JSON: name to text. */
  metadata: string;
  fail_reason: string | null;
  data_timestamp: number;
}

export interface VolumeTables {
  volumes: VolumeTable;
  volume_snapshots: SnapshotTable;
  volume_properties: VolumePropertyTable;
  volume_attachments: VolumeAttachmentTable;
  volume_types: VolumeTypeTable;
  volume_type_access: { volume_type_id: string; project_id: string };
  volume_default_types: { project_id: string; volume_type_id: string };
  volume_qos_specs: VolumeQosSpecsTable;
  volume_quotas: { project_id: string; resource: string; hard_limit: number };
  volume_quota_classes: { class_name: string; resource: string; hard_limit: number };
  volume_services: VolumeServiceTable;
  volume_group_types: VolumeGroupTypeTable;
  volume_groups: VolumeGroupTable;
  volume_group_volume_types: { group_id: string; volume_type_id: string };
  volume_group_snapshots: VolumeGroupSnapshotTable;
  volume_transfers: VolumeTransferTable;
  volume_messages: VolumeMessageTable;
  volume_backups: VolumeBackupTable;
  /** What compute is still to be told: a volume has grown under a server. */
  volume_extensions: { request_id: string; server_id: ServerId; volume_id: VolumeId; at: number };
}
