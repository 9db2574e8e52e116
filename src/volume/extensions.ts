import { newUuid, type ServerId, type VolumeId } from '../core/ids.ts';
import type { Tx } from '../store/store.ts';
import type { VolumeRow } from './model.ts';
import { attachmentsOf } from './volumes-store.ts';

/** A volume has grown under a server: compute writes it into the server's history. */
export interface Extension {
  requestId: string;
  serverId: ServerId;
  volumeId: VolumeId;
  at: number;
}

/** Leaves word for compute that a volume has grown. */
export async function noteExtension(tx: Tx, volume: VolumeRow, at: number): Promise<void> {
  const users = (await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? [];
  for (const { server_id: serverId } of users) {
    if (serverId === null) continue;
    const row = { request_id: `req-${newUuid()}`, server_id: serverId, volume_id: volume.id, at };
    await tx.db.insertInto('volume_extensions').values(row).execute();
  }
}

/** Takes what was left; each once. */
export async function takeExtensions(tx: Tx): Promise<Extension[]> {
  const rows = await tx.db.deleteFrom('volume_extensions').returningAll().execute();
  return rows
    .map((row) => ({ requestId: row.request_id, serverId: row.server_id, volumeId: row.volume_id, at: row.at }))
    .toSorted((a, b) => a.at - b.at);
}
