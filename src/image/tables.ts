import type { ImageId, ProjectId, UserId } from '../core/ids.ts';
import type { Bit } from '../store/json.ts';
import type { MetadefTables } from './metadefs/tables.ts';

export type ImageStatus = 'queued' | 'saving' | 'active' | 'deactivated' | 'uploading' | 'importing' | 'pending_delete';
export type Visibility = 'public' | 'private' | 'shared' | 'community';
export type MemberStatus = 'pending' | 'accepted' | 'rejected';

export interface ImageTable {
  id: ImageId;
  name: string | null;
  status: ImageStatus;
  visibility: Visibility;
  owner: ProjectId | null;
  container_format: string | null;
  disk_format: string | null;
  min_disk: number;
  min_ram: number;
  protected: Bit;
  os_hidden: Bit;
  /** Bytes of the data file; null as long as there is none. */
  size: number | null;
  virtual_size: number | null;
  /** MD5, as old clients want it. */
  checksum: string | null;
  /** SHA-512: the API's `os_hash_value`. */
  sha512: string | null;
  /** What agents check their copy against. */
  sha256: string | null;
  created_at: number;
  updated_at: number;
  /** The request that writes data now; another one, or a stale one, may not finish. */
  upload_id: string | null;
  /** When that request last said that it is alive. */
  upload_seen_at: number | null;
}

export interface ImagePropertyTable {
  image_id: ImageId;
  name: string;
  value: string;
}

export interface ImageTagTable {
  image_id: ImageId;
  tag: string;
}

export interface ImageMemberTable {
  image_id: ImageId;
  member_id: ProjectId;
  status: MemberStatus;
  created_at: number;
  updated_at: number;
}

/** An import that was asked for; it is carried out by the reconciler. */
export interface ImageTaskTable {
  id: string;
  image_id: ImageId;
  type: string;
  status: 'pending' | 'processing' | 'success' | 'failure';
  owner: ProjectId | null;
  user_id: UserId | null;
  request_id: string;
  /** The import request as JSON. */
  input: string;
  message: string;
  created_at: number;
  updated_at: number;
}

export interface ImageTables extends MetadefTables {
  images: ImageTable;
  image_properties: ImagePropertyTable;
  image_tags: ImageTagTable;
  image_members: ImageMemberTable;
  image_tasks: ImageTaskTable;
}
