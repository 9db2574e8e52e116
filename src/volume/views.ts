import { isoNaive } from '../core/clock.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import type { Version } from '../http/microversions.ts';
import type { AttachmentRow, FullSnapshot, FullVolume, VolumeRow } from './model.ts';
import { poolName } from './pools.ts';
import { viewFor, type View } from './versions.ts';

/** Where the routes hang. */
export const PREFIX = '/volume/v3';

export const timeOrNull = (milliseconds: number | null) => (milliseconds === null ? null : isoNaive(milliseconds));

export function linksTo(app: App, collection: string, id: string) {
  const base = `${app.config.publicUrl}/volume`;
  return [
    { rel: 'self', href: `${base}/v3/${collection}/${id}` },
    { rel: 'bookmark', href: `${base}/${collection}/${id}` },
  ];
}

export interface Seen {
  app: App;
  context: Context;
  version: Version;
}

/** A volume in a list without details. */
export function volumeSummary({ app }: Seen, volume: VolumeRow): View {
  return { id: volume.id, name: volume.name, links: linksTo(app, 'volumes', volume.id) };
}

/** A volume; what only its creation leaves out is left out with `created`. */
export function volumeView(seen: Seen, volume: FullVolume, { created = false } = {}): View {
  const { app, context, version } = seen;
  const view: View = {
    id: volume.id,
    name: volume.name,
    description: volume.description,
    status: volume.status,
    size: volume.size_gib,
    availability_zone: volume.availability_zone,
    created_at: isoNaive(volume.created_at),
    updated_at: timeOrNull(volume.updated_at),
    attachments: volume.attachments
      .filter((one) => one.state === 'attached' || one.state === 'detaching')
      .map((one) => attachmentOfVolume(context, volume, one)),
    volume_type: volume.typeName,
    snapshot_id: volume.source_kind === 'snapshot' ? volume.source_id : null,
    source_volid: volume.source_kind === 'volume' ? volume.source_id : null,
    metadata: shownMetadata(volume),
    links: linksTo(app, 'volumes', volume.id),
    user_id: volume.user_id,
    bootable: volume.bootable === 1 ? 'true' : 'false',
    encrypted: false,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: volume.multiattach === 1,
    migration_status: null,
    group_id: volume.group_id,
    shared_targets: false,
    service_uuid: null,
    volume_type_id: volume.volume_type_id,
    consumes_quota: true,
    ...(context.isAdmin && { provider_id: null, cluster_name: null }),
  };
  if (!created) {
    view['os-vol-tenant-attr:tenant_id'] = volume.project_id;
    if (Object.keys(volume.imageMetadata).length > 0) view.volume_image_metadata = volume.imageMetadata;
    if (context.isAdmin) {
      view['os-vol-host-attr:host'] = volume.hostName === null ? null : poolName(volume.hostName);
      view['os-vol-mig-status-attr:migstat'] = null;
      view['os-vol-mig-status-attr:name_id'] = volume.backend_id === volume.id ? null : volume.backend_id;
    }
  }
  return viewFor(version, 'volume', view);
}

/** Cinder shows the read-only flag among the metadata. */
function shownMetadata(volume: FullVolume): Record<string, string> {
  if (volume.read_only === null) return volume.metadata;
  return { ...volume.metadata, readonly: volume.read_only === 1 ? 'True' : 'False' };
}

function attachmentOfVolume(context: Context, volume: VolumeRow, one: AttachmentRow): View {
  return {
    id: volume.id,
    attachment_id: one.id,
    volume_id: volume.id,
    server_id: one.server_id,
    host_name: context.isAdmin ? one.host_name : null,
    device: deviceOf(one),
    attached_at: timeOrNull(one.attached_at),
  };
}

export function deviceOf(one: Pick<AttachmentRow, 'device' | 'plugged'>): string | null {
  if (one.device === null) return null;
  return one.plugged === 1 ? `/dev/${one.device}` : one.device;
}

/** A snapshot; with `detail` what its own page and the detailed list add. */
export function snapshotView({ version }: Pick<Seen, 'version'>, snapshot: FullSnapshot, detail: boolean): View {
  return viewFor(version, 'snapshot', {
    id: snapshot.id,
    name: snapshot.name,
    description: snapshot.description,
    status: snapshot.status,
    size: snapshot.size_gib,
    volume_id: snapshot.volume_id,
    metadata: snapshot.metadata,
    created_at: isoNaive(snapshot.created_at),
    updated_at: timeOrNull(snapshot.updated_at),
    user_id: snapshot.user_id,
    consumes_quota: true,
    ...(detail && {
      'os-extended-snapshot-attributes:project_id': snapshot.project_id,
      'os-extended-snapshot-attributes:progress': snapshot.progress,
      group_snapshot_id: snapshot.group_snapshot_id,
    }),
  });
}
