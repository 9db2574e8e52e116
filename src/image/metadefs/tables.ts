import type { ProjectId } from '../../core/ids.ts';
import type { Bit } from '../../store/json.ts';

export interface MetadefNamespaceTable {
  namespace: string;
  display_name: string | null;
  description: string | null;
  visibility: 'public' | 'private';
  protected: Bit;
  owner: ProjectId | null;
  created_at: number;
  updated_at: number;
}

export type MetadefKind = 'object' | 'property' | 'tag';

/** What a namespace holds; `body` is the definition as JSON, without its name. */
export interface MetadefItemTable {
  namespace: string;
  kind: MetadefKind;
  name: string;
  body: string;
  created_at: number;
  updated_at: number;
}

export interface MetadefResourceTypeTable {
  name: string;
  protected: Bit;
  created_at: number;
  updated_at: number;
}

export interface MetadefAssociationTable {
  namespace: string;
  resource_type: string;
  /** What stands before the names of properties on resources of this type. */
  prefix: string | null;
  /** Which part of the resource carries them, such as `metadata` or `scheduler_hints`. */
  properties_target: string | null;
  created_at: number;
  updated_at: number;
}

export interface MetadefTables {
  metadef_namespaces: MetadefNamespaceTable;
  metadef_items: MetadefItemTable;
  metadef_resource_types: MetadefResourceTypeTable;
  metadef_associations: MetadefAssociationTable;
}
