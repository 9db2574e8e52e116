import type { HostId, ImageId, ServerId, VolumeId } from '../core/ids.ts';
import type { DiskLimits, HostAttachment, HostVolume } from '../host/document.ts';
import { fromJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { BUILDING, isLeaving } from './model.ts';

/**
 * The volumes whose bytes lie on a host, for its document. What is being deleted stays in it while another volume is
 * still being made of it.
 */
export async function hostVolumes(db: Reader, hostId: HostId): Promise<HostVolume[]> {
  const volumes = await db
    .selectFrom('volumes')
    .select([
      'id',
      'backend_id',
      'status',
      'target_gib',
      'build',
      'build_source',
      'source_backend',
      'changed_generation',
    ])
    .where('host_id', '=', hostId)
    // What is lost is not made anew by itself.
    .where((where) => where.or([where('lost_build', 'is', null), where('lost_build', '<', where.ref('build'))]))
    .orderBy('number')
    .execute();
  if (volumes.length === 0) return [];
  const building = volumes.filter((volume) => BUILDING.includes(volume.status));
  const wantedVolumes = new Set(building.map((volume) => volume.source_backend));
  const wantedSnapshots = new Set(
    building.flatMap((volume) => {
      const source = fromJson<HostVolume['source']>(volume.build_source);
      return source.kind === 'snapshot' ? [source.id] : [];
    }),
  );
  const snapshots = await db
    .selectFrom('volume_snapshots')
    .innerJoin('volumes', 'volumes.id', 'volume_snapshots.volume_id')
    .select(['volume_snapshots.backend_id', 'volume_snapshots.volume_id', 'volume_snapshots.status'])
    .select('volume_snapshots.changed_generation')
    .where('volumes.host_id', '=', hostId)
    .orderBy('volume_snapshots.number')
    .execute();
  const kept = new Map<VolumeId, { id: (typeof snapshots)[number]['backend_id'] }[]>();
  for (const one of snapshots) {
    if (isLeaving(one) && !wantedSnapshots.has(one.backend_id)) continue;
    kept.set(one.volume_id, [...(kept.get(one.volume_id) ?? []), { id: one.backend_id }]);
  }
  return volumes
    .filter((volume) => !isLeaving(volume) || wantedVolumes.has(volume.backend_id))
    .map((volume) => ({
      id: volume.backend_id,
      sizeGib: volume.target_gib,
      build: volume.build,
      source: fromJson<HostVolume['source']>(volume.build_source),
      snapshots: kept.get(volume.id) ?? [],
    }));
}

/** What should be plugged into each server, for the document of its host; one without volumes is not in the map. */
export async function serverAttachments(
  db: Reader,
  serverIds: readonly ServerId[],
): Promise<Map<ServerId, HostAttachment[]>> {
  const found = new Map<ServerId, HostAttachment[]>();
  if (serverIds.length === 0) return found;
  const rows = await db
    .selectFrom('volume_attachments')
    .innerJoin('volumes', 'volumes.id', 'volume_attachments.volume_id')
    .selectAll('volume_attachments')
    .select(['volumes.backend_id', 'volumes.read_only'])
    .where('volume_attachments.server_id', 'in', serverIds)
    .where('plugged', '=', 1)
    .where('state', '!=', 'detaching')
    .orderBy('volume_attachments.number')
    .execute();
  for (const row of rows) {
    if (row.server_id === null) continue;
    const one: HostAttachment = {
      id: row.id,
      volumeId: row.backend_id,
      bootIndex: row.boot_index,
      device: row.device ?? 'vdb',
      bus: row.bus as HostAttachment['bus'],
      readOnly: row.mode === 'ro' || row.read_only === 1,
      tag: row.tag,
      ...(row.limits !== null && { limits: fromJson<DiskLimits>(row.limits) }),
    };
    found.set(row.server_id, [...(found.get(row.server_id) ?? []), one]);
  }
  return found;
}

/** Whether a host needs an image for a volume that it is to make of it: it may then read its data. */
export async function hostNeedsImage(db: Reader, hostId: HostId, imageId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('volumes')
    .select('build_source')
    .where('host_id', '=', hostId)
    .where('status', '!=', 'deleting')
    .where('build_source', 'like', `%"${imageId.replaceAll(/[%_]/g, '')}"%`)
    .execute();
  return rows.some(({ build_source }) => {
    const source = fromJson<HostVolume['source']>(build_source);
    return source.kind === 'image' && source.image.id === imageId;
  });
}

/** The images that a host is to make of its volumes, for its document. */
export async function hostVolumeUploads(
  db: Reader,
  hostId: HostId,
): Promise<{ id: ImageId; volumeId: VolumeId; format: 'raw' | 'qcow2' }[]> {
  const rows = await db
    .selectFrom('volumes')
    .innerJoin('images', 'images.id', 'volumes.image_id')
    .select(['volumes.image_id', 'volumes.backend_id', 'volumes.image_format'])
    .where('volumes.host_id', '=', hostId)
    .where('images.status', 'in', ['queued', 'saving'])
    .orderBy('volumes.number')
    .execute();
  return rows.flatMap((row) =>
    row.image_id === null ? [] : [{ id: row.image_id, volumeId: row.backend_id, format: row.image_format ?? 'raw' }],
  );
}
