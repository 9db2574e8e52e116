import type { AttachmentId, HostId, ImageId, ServerId, SnapshotId, VolumeId } from '../core/ids.ts';

/** The statuses of Cinder that a volume of ours can have (https://docs.openstack.org/api-ref/block-storage/v3/). */
export type VolumeStatus =
  | 'creating'
  | 'available'
  | 'reserved'
  | 'attaching'
  | 'detaching'
  | 'in-use'
  | 'maintenance'
  | 'deleting'
  | 'awaiting-transfer'
  | 'error'
  | 'error_deleting'
  | 'error_managing'
  | 'managing'
  | 'backing-up'
  | 'restoring-backup'
  | 'error_backing-up'
  | 'error_restoring'
  | 'error_extending'
  | 'downloading'
  | 'uploading'
  | 'retyping'
  | 'reverting'
  | 'extending';

/** A volume as compute looks at it before it attaches it or boots from it. */
export interface ServerVolume {
  id: VolumeId;
  name: string;
  status: VolumeStatus;
  sizeGib: number;
  /** Where its bytes lie; null while no host has been found. */
  hostId: HostId | null;
  availabilityZone: string;
  bootable: boolean;
  multiattach: boolean;
  readOnly: boolean;
  /** `volume_image_metadata`: what the image said that it was made of, `min_ram` and `min_disk` among it. */
  imageMetadata: Record<string, string>;
  /** The servers it is attached to, or reserved for. */
  serverIds: ServerId[];
}

/** What a volume that compute makes for a server is made of. */
export type ServerVolumeSource =
  | { kind: 'image'; imageId: ImageId }
  | { kind: 'volume'; volumeId: VolumeId }
  | { kind: 'snapshot'; snapshotId: SnapshotId }
  | { kind: 'blank' };

/** A volume made for a server, on the server's own host. */
export interface NewServerVolume {
  /** Chosen by the caller when it has to know it beforehand. */
  id?: VolumeId;
  serverId: ServerId;
  hostId: HostId;
  name?: string;
  /** null takes what the source needs. */
  sizeGib: number | null;
  source: ServerVolumeSource;
  /** Name or id of a volume type; null for the default. */
  volumeType: string | null;
  availabilityZone?: string | null;
}

export interface NewAttachment {
  serverId: ServerId;
  hostId: HostId;
  volumeId: VolumeId;
  /** Without `/dev/`: `vdb`. */
  device: string;
  bus?: string;
  bootIndex: number | null;
  readOnly: boolean;
  tag: string | null;
  deleteOnTermination: boolean;
  /** The server is shelved, on no host: the volume is its own at once, and plugged in when it comes back. */
  shelved?: boolean;
}

/** One attachment as the server's owner sees it: `volumes_attached` and `os-volume_attachments`. */
export interface ServerAttachment {
  id: AttachmentId;
  /** `bdm_uuid` of compute 2.89. */
  bdmUuid: string;
  serverId: ServerId;
  volumeId: VolumeId;
  /** Without `/dev/`. */
  device: string;
  bus: string;
  bootIndex: number | null;
  readOnly: boolean;
  tag: string | null;
  deleteOnTermination: boolean;
  state: 'attaching' | 'attached' | 'detaching' | 'error';
  /** What the host said when it could not attach. */
  reason: string | null;
  volumeStatus: VolumeStatus;
  sizeGib: number;
}

/** One snapshot that `snapshotServerVolumes` has begun, for `block_device_mapping` of the image. */
export interface ServerSnapshot {
  snapshotId: SnapshotId;
  volumeId: VolumeId;
  sizeGib: number;
  attachment: ServerAttachment;
}
