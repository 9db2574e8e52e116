import type { Generated } from 'kysely';
import type { ImageId, ServerId } from '../core/ids.ts';

/** Columns of servers that rescue, shelving and further disks need. */
export interface ServerActionColumns {
  /** JSON of ServerImage that the server boots while it is rescued; null otherwise. */
  rescue: string | null;
  /** The image that holds the root disk of a shelved server. */
  shelved_image_id: ImageId | null;
  shelved_at: number | null;
  /** JSON list of HostLocalDisk: ephemeral and swap disks. */
  local_disks: Generated<string>;
  /** The same from before a resize that waits for its confirmation. */
  old_local_disks: string | null;
  /** When it was deleted, of one that may still be restored. */
  soft_deleted_at: number | null;
}

/** What has moved a server or changed its flavor: https://docs.openstack.org/api-ref/compute/#migrations-os-migrations */
export interface ServerMigrationTable {
  id: Generated<number>;
  uuid: string;
  server_id: ServerId;
  project_id: string;
  user_id: string | null;
  kind: 'resize';
  status: 'migrating' | 'finished' | 'confirmed' | 'reverting' | 'reverted' | 'error';
  source_host: string | null;
  dest_host: string | null;
  old_flavor: string | null;
  new_flavor: string | null;
  created_at: number;
  updated_at: number | null;
}

/** A limit of one user within a project. */
export interface UserQuotaTable {
  project_id: string;
  user_id: string;
  resource: string;
  hard_limit: number;
}

/** A limit of every project that has none of its own; the one class is `default`. */
export interface QuotaClassTable {
  class_name: string;
  resource: string;
  hard_limit: number;
}
