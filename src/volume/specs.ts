import type { ListSpec } from './list.ts';

const text = (column: string) => ({ column, kind: 'text' }) as const;
const NAMES = { name: text('name'), display_name: text('name'), status: text('status'), id: text('id') };
const TIMES = {
  created_at: { column: 'created_at', kind: 'time', since: '3.60' },
  updated_at: { column: 'updated_at', kind: 'time', since: '3.60' },
} as const;
const SORTS = {
  id: 'id',
  name: 'name',
  display_name: 'name',
  status: 'status',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

export const VOLUMES: ListSpec = {
  table: 'volumes',
  collection: 'volumes',
  managed: true,
  filters: {
    ...NAMES,
    ...TIMES,
    description: text('description'),
    availability_zone: text('availability_zone'),
    user_id: text('user_id'),
    group_id: { column: 'group_id', kind: 'text', since: '3.10' },
    volume_type_id: text('volume_type_id'),
    source_volid: text('source_id'),
    snapshot_id: text('source_id'),
    size: { column: 'size_gib', kind: 'number' },
    bootable: { column: 'bootable', kind: 'bit' },
    multiattach: { column: 'multiattach', kind: 'bit' },
    host: { column: 'host_id', kind: 'host', admin: true },
  },
  properties: { metadata: 'volume', glance_metadata: 'image' },
  sortKeys: { ...SORTS, size: 'size_gib', availability_zone: 'availability_zone', bootable: 'bootable' },
  others: ['migration_status', 'consumes_quota'],
};

export const SNAPSHOTS: ListSpec = {
  table: 'volume_snapshots',
  collection: 'snapshots',
  managed: true,
  filters: {
    ...NAMES,
    description: text('description'),
    volume_id: text('volume_id'),
    user_id: text('user_id'),
    volume_size: { column: 'size_gib', kind: 'number' },
    group_snapshot_id: text('group_snapshot_id'),
  },
  properties: { metadata: 'snapshot' },
  sortKeys: { ...SORTS, volume_id: 'volume_id', volume_size: 'size_gib' },
  others: ['consumes_quota', 'availability_zone'],
};

export const TRANSFERS: ListSpec = {
  table: 'volume_transfers',
  collection: 'transfers',
  projectColumn: 'source_project_id',
  filters: { name: text('name'), volume_id: text('volume_id'), id: text('id') },
  sortKeys: { id: 'id', name: 'name', display_name: 'name', created_at: 'created_at', volume_id: 'volume_id' },
  others: ['is_public'],
};

export const MESSAGES: ListSpec = {
  table: 'volume_messages',
  collection: 'messages',
  filters: {
    resource_uuid: text('resource_uuid'),
    resource_type: text('resource_type'),
    event_id: text('event_id'),
    request_id: text('request_id'),
    message_level: text('message_level'),
  },
  sortKeys: {
    id: 'id',
    created_at: 'created_at',
    event_id: 'event_id',
    guaranteed_until: 'guaranteed_until',
    message_level: 'message_level',
    request_id: 'request_id',
    resource_type: 'resource_type',
    resource_uuid: 'resource_uuid',
  },
};

export const GROUPS: ListSpec = {
  table: 'volume_groups',
  collection: 'groups',
  filters: { ...NAMES, availability_zone: text('availability_zone'), group_type: text('group_type_id') },
  sortKeys: { ...SORTS, group_type: 'group_type_id' },
  others: ['list_volume'],
};

export const GROUP_SNAPSHOTS: ListSpec = {
  table: 'volume_group_snapshots',
  collection: 'group_snapshots',
  filters: { ...NAMES, group_id: text('group_id') },
  sortKeys: { ...SORTS, group_id: 'group_id', group_type_id: 'group_type_id' },
};

export const ATTACHMENTS: ListSpec = {
  table: 'volume_attachments',
  collection: 'attachments',
  filters: {
    id: text('id'),
    volume_id: text('volume_id'),
    instance_id: text('server_id'),
    status: text('state'),
    attach_status: text('state'),
  },
  sortKeys: { id: 'id', created_at: 'created_at', volume_id: 'volume_id' },
};

export const BACKUPS: ListSpec = {
  table: 'volume_backups',
  collection: 'backups',
  filters: { ...NAMES, volume_id: text('volume_id'), snapshot_id: text('snapshot_id'), user_id: text('user_id') },
  sortKeys: { ...SORTS, size: 'size_gib', volume_id: 'volume_id' },
};

/** What `GET /resource_filters` tells of each. */
export const RESOURCES: Readonly<Record<string, ListSpec>> = {
  volume: VOLUMES,
  snapshot: SNAPSHOTS,
  backup: BACKUPS,
  group: GROUPS,
  group_snapshot: GROUP_SNAPSHOTS,
  attachment: ATTACHMENTS,
  message: MESSAGES,
};
