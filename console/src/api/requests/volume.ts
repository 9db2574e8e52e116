// Made of docs/openapi/volume.json by: ./potluck openapi --write

export interface VolumeRequests {
  'GET /volume': object;
  'GET /volume/v3': object;
  'GET /volume/v3/attachments': object;
  'POST /volume/v3/attachments': {
    body: {
      attachment: {
        volume_uuid: string;
        instance_uuid?: string | null;
        connector?: Record<string, unknown> | null;
        mode?: 'rw' | 'ro';
      };
    };
  };
  'GET /volume/v3/attachments/detail': object;
  'GET /volume/v3/attachments/{attachment_id}': { path: { attachment_id: string } };
  'PUT /volume/v3/attachments/{attachment_id}': {
    path: { attachment_id: string };
    body: { attachment: { connector: Record<string, unknown> } };
  };
  'DELETE /volume/v3/attachments/{attachment_id}': { path: { attachment_id: string } };
  'POST /volume/v3/attachments/{id}/action': { path: { id: string }; body: { 'os-complete'?: unknown } };
  'GET /volume/v3/backups': object;
  'POST /volume/v3/backups': {
    body: {
      backup: {
        volume_id: string;
        snapshot_id?: string | null;
        name?: string | null;
        description?: string | null;
        container?: string | null;
        availability_zone?: string | null;
        incremental?: boolean | string | number | null;
        force?: boolean | string | number | null;
        metadata?: Record<string, unknown> | null;
      };
    };
  };
  'GET /volume/v3/backups/detail': object;
  'POST /volume/v3/backups/import_record': {
    body: { 'backup-record': { backup_service: string; backup_url: string } };
  };
  'GET /volume/v3/backups/{backup_id}': { path: { backup_id: string } };
  'PUT /volume/v3/backups/{backup_id}': {
    path: { backup_id: string };
    body: { backup: { name?: string | null; description?: string | null; metadata?: Record<string, unknown> | null } };
  };
  'DELETE /volume/v3/backups/{backup_id}': { path: { backup_id: string } };
  'GET /volume/v3/backups/{backup_id}/export_record': { path: { backup_id: string } };
  'POST /volume/v3/backups/{backup_id}/restore': {
    path: { backup_id: string };
    body: { restore: { volume_id?: string | null; name?: string | null } };
  };
  'POST /volume/v3/backups/{id}/action': {
    path: { id: string };
    body: { 'os-reset_status'?: { status: string }; 'os-force_delete'?: unknown };
  };
  'GET /volume/v3/capabilities/{host}': { path: { host: string } };
  'GET /volume/v3/clusters': object;
  'GET /volume/v3/default-types': object;
  'GET /volume/v3/default-types/{project_id}': { path: { project_id: string } };
  'PUT /volume/v3/default-types/{project_id}': {
    path: { project_id: string };
    body: { default_type: { volume_type: string } };
  };
  'DELETE /volume/v3/default-types/{project_id}': { path: { project_id: string } };
  'GET /volume/v3/extensions': object;
  'GET /volume/v3/group_snapshots': object;
  'POST /volume/v3/group_snapshots': {
    body: { group_snapshot: { group_id: string; name?: string | null; description?: string | null } };
  };
  'GET /volume/v3/group_snapshots/detail': object;
  'GET /volume/v3/group_snapshots/{group_snapshot_id}': { path: { group_snapshot_id: string } };
  'DELETE /volume/v3/group_snapshots/{group_snapshot_id}': { path: { group_snapshot_id: string } };
  'POST /volume/v3/group_snapshots/{id}/action': { path: { id: string }; body: { reset_status?: { status: string } } };
  'GET /volume/v3/group_types': object;
  'POST /volume/v3/group_types': {
    body: {
      group_type: {
        name: string;
        description?: string | null;
        is_public?: boolean | string | number;
        group_specs?: Record<string, unknown> | null;
      };
    };
  };
  'GET /volume/v3/group_types/{group_type_id}': { path: { group_type_id: string } };
  'PUT /volume/v3/group_types/{group_type_id}': {
    path: { group_type_id: string };
    body: {
      group_type: { name?: string | null; description?: string | null; is_public?: boolean | string | number | null };
    };
  };
  'DELETE /volume/v3/group_types/{group_type_id}': { path: { group_type_id: string } };
  'GET /volume/v3/group_types/{group_type_id}/group_specs': { path: { group_type_id: string } };
  'POST /volume/v3/group_types/{group_type_id}/group_specs': {
    path: { group_type_id: string };
    body: { group_specs: Record<string, unknown> };
  };
  'GET /volume/v3/group_types/{group_type_id}/group_specs/{key}': { path: { group_type_id: string; key: string } };
  'PUT /volume/v3/group_types/{group_type_id}/group_specs/{key}': {
    path: { group_type_id: string; key: string };
    body: Record<string, unknown>;
  };
  'DELETE /volume/v3/group_types/{group_type_id}/group_specs/{key}': { path: { group_type_id: string; key: string } };
  'GET /volume/v3/groups': object;
  'POST /volume/v3/groups': {
    body: {
      group: {
        name?: string | null;
        description?: string | null;
        group_type: string;
        volume_types: string[];
        availability_zone?: string | null;
      };
    };
  };
  'POST /volume/v3/groups/action': {
    body: {
      'create-from-src': {
        name?: string | null;
        description?: string | null;
        group_snapshot_id?: string | null;
        source_group_id?: string | null;
      };
    };
  };
  'GET /volume/v3/groups/detail': object;
  'GET /volume/v3/groups/{group_id}': { path: { group_id: string } };
  'PUT /volume/v3/groups/{group_id}': {
    path: { group_id: string };
    body: {
      group: {
        name?: string | null;
        description?: string | null;
        add_volumes?: string | null;
        remove_volumes?: string | null;
      };
    };
  };
  'POST /volume/v3/groups/{id}/action': {
    path: { id: string };
    body: { delete?: { 'delete-volumes'?: boolean | string | number }; reset_status?: { status: string } };
  };
  'GET /volume/v3/limits': object;
  'GET /volume/v3/manageable_snapshots': object;
  'POST /volume/v3/manageable_snapshots': {
    body: {
      snapshot: {
        volume_id: string;
        ref: Record<string, unknown>;
        name?: string | null;
        description?: string | null;
        metadata?: Record<string, unknown> | null;
      };
    };
  };
  'GET /volume/v3/manageable_snapshots/detail': object;
  'GET /volume/v3/manageable_volumes': object;
  'POST /volume/v3/manageable_volumes': {
    body: {
      volume: {
        host?: string | null;
        cluster?: string | null;
        ref: Record<string, unknown>;
        name?: string | null;
        description?: string | null;
        volume_type?: string | null;
        availability_zone?: string | null;
        bootable?: boolean | string | number | null;
        metadata?: Record<string, unknown> | null;
      };
    };
  };
  'GET /volume/v3/manageable_volumes/detail': object;
  'GET /volume/v3/messages': object;
  'GET /volume/v3/messages/{message_id}': { path: { message_id: string } };
  'DELETE /volume/v3/messages/{message_id}': { path: { message_id: string } };
  'GET /volume/v3/os-availability-zone': object;
  'GET /volume/v3/os-hosts': object;
  'GET /volume/v3/os-hosts/{host}': { path: { host: string } };
  'GET /volume/v3/os-quota-class-sets/{class_name}': { path: { class_name: string } };
  'PUT /volume/v3/os-quota-class-sets/{class_name}': {
    path: { class_name: string };
    body: { quota_class_set: Record<string, unknown> };
  };
  'GET /volume/v3/os-quota-sets/{project_id}': { path: { project_id: string } };
  'PUT /volume/v3/os-quota-sets/{project_id}': {
    path: { project_id: string };
    body: { quota_set: Record<string, unknown> };
  };
  'DELETE /volume/v3/os-quota-sets/{project_id}': { path: { project_id: string } };
  'GET /volume/v3/os-quota-sets/{project_id}/defaults': { path: { project_id: string } };
  'GET /volume/v3/os-services': object;
  'PUT /volume/v3/os-services/{change}': {
    path: { change: string };
    body: {
      host?: string;
      cluster?: string | null;
      binary?: string;
      service?: string;
      disabled_reason?: string | null;
    };
  };
  'GET /volume/v3/os-snapshot-manage': object;
  'POST /volume/v3/os-snapshot-manage': {
    body: {
      snapshot: {
        volume_id: string;
        ref: Record<string, unknown>;
        name?: string | null;
        description?: string | null;
        metadata?: Record<string, unknown> | null;
      };
    };
  };
  'GET /volume/v3/os-snapshot-manage/detail': object;
  'GET /volume/v3/os-volume-manage': object;
  'POST /volume/v3/os-volume-manage': {
    body: {
      volume: {
        host?: string | null;
        cluster?: string | null;
        ref: Record<string, unknown>;
        name?: string | null;
        description?: string | null;
        volume_type?: string | null;
        availability_zone?: string | null;
        bootable?: boolean | string | number | null;
        metadata?: Record<string, unknown> | null;
      };
    };
  };
  'GET /volume/v3/os-volume-manage/detail': object;
  'GET /volume/v3/os-volume-transfer': object;
  'POST /volume/v3/os-volume-transfer': {
    body: { transfer: { volume_id: string; name?: string | null; no_snapshots?: boolean | string | number | null } };
  };
  'GET /volume/v3/os-volume-transfer/detail': object;
  'GET /volume/v3/os-volume-transfer/{transfer_id}': { path: { transfer_id: string } };
  'DELETE /volume/v3/os-volume-transfer/{transfer_id}': { path: { transfer_id: string } };
  'POST /volume/v3/os-volume-transfer/{transfer_id}/accept': {
    path: { transfer_id: string };
    body: { accept: { auth_key: string } };
  };
  'GET /volume/v3/qos-specs': object;
  'POST /volume/v3/qos-specs': { body: { qos_specs: Record<string, unknown> } };
  'GET /volume/v3/qos-specs/{qos_id}': { path: { qos_id: string } };
  'PUT /volume/v3/qos-specs/{qos_id}': { path: { qos_id: string }; body: { qos_specs: Record<string, unknown> } };
  'DELETE /volume/v3/qos-specs/{qos_id}': { path: { qos_id: string } };
  'GET /volume/v3/qos-specs/{qos_id}/associate': { path: { qos_id: string } };
  'GET /volume/v3/qos-specs/{qos_id}/associations': { path: { qos_id: string } };
  'PUT /volume/v3/qos-specs/{qos_id}/delete_keys': { path: { qos_id: string }; body: { keys: string[] } };
  'GET /volume/v3/qos-specs/{qos_id}/disassociate': { path: { qos_id: string } };
  'GET /volume/v3/qos-specs/{qos_id}/disassociate_all': { path: { qos_id: string } };
  'GET /volume/v3/resource_filters': object;
  'GET /volume/v3/scheduler-stats/get_pools': object;
  'GET /volume/v3/snapshots': object;
  'POST /volume/v3/snapshots': {
    body: {
      snapshot: {
        volume_id: string | null;
        name?: string | null;
        description?: string | null;
        display_name?: string | null;
        display_description?: string | null;
        force?: boolean | string | number | null;
        metadata?: Record<string, unknown> | null;
      };
    };
  };
  'GET /volume/v3/snapshots/detail': object;
  'POST /volume/v3/snapshots/{id}/action': {
    path: { id: string };
    body: {
      'os-reset_status'?: { status: string };
      'os-update_snapshot_status'?: { status: string; progress?: string | null };
      'os-force_delete'?: unknown;
      'os-unmanage'?: unknown;
    };
  };
  'GET /volume/v3/snapshots/{owner_id}/metadata': { path: { owner_id: string } };
  'POST /volume/v3/snapshots/{owner_id}/metadata': {
    path: { owner_id: string };
    body: { metadata: Record<string, unknown> };
  };
  'PUT /volume/v3/snapshots/{owner_id}/metadata': {
    path: { owner_id: string };
    body: { metadata: Record<string, unknown> };
  };
  'GET /volume/v3/snapshots/{owner_id}/metadata/{key}': { path: { owner_id: string; key: string } };
  'PUT /volume/v3/snapshots/{owner_id}/metadata/{key}': {
    path: { owner_id: string; key: string };
    body: { meta: Record<string, unknown> };
  };
  'DELETE /volume/v3/snapshots/{owner_id}/metadata/{key}': { path: { owner_id: string; key: string } };
  'GET /volume/v3/snapshots/{snapshot_id}': { path: { snapshot_id: string } };
  'PUT /volume/v3/snapshots/{snapshot_id}': {
    path: { snapshot_id: string };
    body: {
      snapshot: {
        name?: string | null;
        description?: string | null;
        display_name?: string | null;
        display_description?: string | null;
      };
    };
  };
  'DELETE /volume/v3/snapshots/{snapshot_id}': { path: { snapshot_id: string } };
  'GET /volume/v3/types': object;
  'POST /volume/v3/types': {
    body: {
      volume_type: {
        name: string;
        description?: string | null;
        extra_specs?: Record<string, unknown> | null;
        'os-volume-type-access:is_public'?: boolean | string | number;
      };
    };
  };
  'POST /volume/v3/types/{id}/action': {
    path: { id: string };
    body: { addProjectAccess?: { project: string }; removeProjectAccess?: { project: string } };
  };
  'GET /volume/v3/types/{type_id}': { path: { type_id: string } };
  'PUT /volume/v3/types/{type_id}': {
    path: { type_id: string };
    body: {
      volume_type: { name?: string | null; description?: string | null; is_public?: boolean | string | number | null };
    };
  };
  'DELETE /volume/v3/types/{type_id}': { path: { type_id: string } };
  'GET /volume/v3/types/{type_id}/encryption': { path: { type_id: string } };
  'POST /volume/v3/types/{type_id}/encryption': {
    path: { type_id: string };
    body: {
      encryption: {
        provider: string;
        control_location: 'front-end' | 'back-end';
        cipher?: string | null;
        key_size?: number | string | null;
      };
    };
  };
  'PUT /volume/v3/types/{type_id}/encryption/{encryption_id}': {
    path: { type_id: string; encryption_id: string };
    body: {
      encryption: {
        provider?: string;
        control_location?: 'front-end' | 'back-end';
        cipher?: string | null;
        key_size?: number | string | null;
      };
    };
  };
  'DELETE /volume/v3/types/{type_id}/encryption/{encryption_id}': { path: { type_id: string; encryption_id: string } };
  'GET /volume/v3/types/{type_id}/encryption/{key}': { path: { type_id: string; key: string } };
  'GET /volume/v3/types/{type_id}/extra_specs': { path: { type_id: string } };
  'POST /volume/v3/types/{type_id}/extra_specs': {
    path: { type_id: string };
    body: { extra_specs: Record<string, unknown> };
  };
  'GET /volume/v3/types/{type_id}/extra_specs/{key}': { path: { type_id: string; key: string } };
  'PUT /volume/v3/types/{type_id}/extra_specs/{key}': {
    path: { type_id: string; key: string };
    body: Record<string, unknown>;
  };
  'DELETE /volume/v3/types/{type_id}/extra_specs/{key}': { path: { type_id: string; key: string } };
  'GET /volume/v3/types/{type_id}/os-volume-type-access': { path: { type_id: string } };
  'GET /volume/v3/volume-transfers': object;
  'POST /volume/v3/volume-transfers': {
    body: { transfer: { volume_id: string; name?: string | null; no_snapshots?: boolean | string | number | null } };
  };
  'GET /volume/v3/volume-transfers/detail': object;
  'GET /volume/v3/volume-transfers/{transfer_id}': { path: { transfer_id: string } };
  'DELETE /volume/v3/volume-transfers/{transfer_id}': { path: { transfer_id: string } };
  'POST /volume/v3/volume-transfers/{transfer_id}/accept': {
    path: { transfer_id: string };
    body: { accept: { auth_key: string } };
  };
  'GET /volume/v3/volumes': object;
  'POST /volume/v3/volumes': {
    body: {
      volume: {
        size?: number | string | null;
        name?: string | null;
        description?: string | null;
        display_name?: string | null;
        display_description?: string | null;
        availability_zone?: string | null;
        volume_type?: string | null;
        metadata?: Record<string, unknown> | null;
        imageRef?: string | null;
        image_id?: string | null;
        snapshot_id?: string | null;
        source_volid?: string | null;
        backup_id?: string | null;
        consistencygroup_id?: string | null;
        group_id?: string | null;
        multiattach?: boolean | string | number | null;
        source_replica?: unknown;
        user_id?: unknown;
        project_id?: unknown;
        status?: unknown;
        attach_status?: unknown;
      };
      'OS-SCH-HNT:scheduler_hints'?: {
        same_host?: string | string[];
        different_host?: string | string[];
        local_to_instance?: string;
      } | null;
    };
  };
  'GET /volume/v3/volumes/detail': object;
  'GET /volume/v3/volumes/summary': object;
  'POST /volume/v3/volumes/{id}/action': {
    path: { id: string };
    body: {
      'os-extend'?: { new_size: number | string };
      revert?: { snapshot_id: string };
      'os-reimage'?: { image_id: string; reimage_reserved?: boolean | string | number };
      'os-reset_status'?: { status?: string | null; attach_status?: string | null; migration_status?: string | null };
      'os-force_delete'?: unknown;
      'os-set_bootable'?: { bootable: boolean | string | number };
      'os-update_readonly_flag'?: { readonly: boolean | string | number };
      'os-set_image_metadata'?: { metadata: Record<string, unknown> };
      'os-unset_image_metadata'?: { key: string };
      'os-show_image_metadata'?: unknown;
      'os-retype'?: { new_type: string; migration_policy?: 'never' | 'on-demand' | null };
      'os-migrate_volume'?: { host?: string | null };
      'os-attach'?: {
        instance_uuid?: string | null;
        host_name?: string | null;
        mountpoint: string;
        mode?: string | null;
      };
      'os-detach'?: { attachment_id?: string | null } | null;
      'os-force_detach'?: { attachment_id?: string | null; connector?: Record<string, unknown> | null };
      'os-reserve'?: unknown;
      'os-unreserve'?: unknown;
      'os-begin_detaching'?: unknown;
      'os-roll_detaching'?: unknown;
      'os-initialize_connection'?: { connector?: Record<string, unknown> | null };
      'os-terminate_connection'?: { connector?: Record<string, unknown> | null };
      'os-volume_upload_image'?: {
        image_name: string;
        force?: boolean | string | number | null;
        disk_format?: string | null;
        container_format?: string | null;
        visibility?: 'public' | 'private' | 'shared' | 'community';
        protected?: boolean | string | number;
      };
      'os-unmanage'?: unknown;
    };
  };
  'GET /volume/v3/volumes/{owner_id}/metadata': { path: { owner_id: string } };
  'POST /volume/v3/volumes/{owner_id}/metadata': {
    path: { owner_id: string };
    body: { metadata: Record<string, unknown> };
  };
  'PUT /volume/v3/volumes/{owner_id}/metadata': {
    path: { owner_id: string };
    body: { metadata: Record<string, unknown> };
  };
  'GET /volume/v3/volumes/{owner_id}/metadata/{key}': { path: { owner_id: string; key: string } };
  'PUT /volume/v3/volumes/{owner_id}/metadata/{key}': {
    path: { owner_id: string; key: string };
    body: { meta: Record<string, unknown> };
  };
  'DELETE /volume/v3/volumes/{owner_id}/metadata/{key}': { path: { owner_id: string; key: string } };
  'GET /volume/v3/volumes/{volume_id}': { path: { volume_id: string } };
  'PUT /volume/v3/volumes/{volume_id}': {
    path: { volume_id: string };
    body: {
      volume: {
        name?: string | null;
        description?: string | null;
        display_name?: string | null;
        display_description?: string | null;
        metadata?: Record<string, unknown> | null;
      };
    };
  };
  'DELETE /volume/v3/volumes/{volume_id}': { path: { volume_id: string } };
}
