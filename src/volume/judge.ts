import type { AttachmentReport, VolumeReport } from '../host/document.ts';
import type { VolumeStatus } from './contract.ts';
import { BUILDING, statusOfAttachments, type AttachmentRow, type SnapshotRow, type VolumeRow } from './model.ts';
import type { AttachmentState } from './tables.ts';

/** What a report says of one volume, in terms of its row. */
export type VolumeOutcome =
  | { kind: 'nothing' }
  | { kind: 'gone' }
  /** Made, or made anew. */
  | { kind: 'built'; status: VolumeStatus }
  | { kind: 'extended'; sizeGib: number; status: VolumeStatus }
  | { kind: 'failed'; status: VolumeStatus; reason: string };

const NOTHING: VolumeOutcome = { kind: 'nothing' };
const NO_REASON = 'The host could not carry this out and gave no reason.';

/**
 * What becomes of a volume when its host reports. Pure, and the same whether a report comes late or twice: it counts
 * only when it speaks of a document that has the volume's last change.
 */
export function judgeVolume(
  volume: Pick<VolumeRow, 'status' | 'build' | 'size_gib' | 'target_gib' | 'status_before' | 'changed_generation'>,
  attachments: readonly { state: AttachmentState }[],
  report: { generation: number; entry: VolumeReport | undefined },
): VolumeOutcome {
  if (report.generation < volume.changed_generation) return NOTHING;
  const { entry } = report;
  if (volume.status === 'deleting') return entry === undefined ? { kind: 'gone' } : NOTHING;
  if (entry === undefined) return NOTHING;
  if (BUILDING.includes(volume.status)) {
    if (entry.state === 'error') {
      const status = volume.status === 'restoring-backup' ? 'error_restoring' : 'error';
      return { kind: 'failed', status, reason: entry.reason ?? NO_REASON };
    }
    const done = entry.state === 'available' && entry.build >= volume.build && entry.sizeGib >= volume.target_gib;
    return done ? { kind: 'built', status: statusOfAttachments(attachments) } : NOTHING;
  }
  if (volume.status === 'extending') {
    if (entry.sizeGib >= volume.target_gib) {
      return { kind: 'extended', sizeGib: volume.target_gib, status: statusOfAttachments(attachments) };
    }
    if (entry.reason === null) return NOTHING;
    return { kind: 'failed', status: 'error_extending', reason: entry.reason };
  }
  return NOTHING;
}

/** What a report says of one snapshot: its new status, `gone`, or null for nothing. */
export function judgeSnapshot(
  snapshot: Pick<SnapshotRow, 'status' | 'backend_id' | 'changed_generation'>,
  report: { generation: number; entry: VolumeReport | undefined },
): { status: 'available' | 'error'; reason: string | null } | 'gone' | null {
  if (report.generation < snapshot.changed_generation) return null;
  const entry = report.entry?.snapshots.find((one) => one.id === snapshot.backend_id);
  if (snapshot.status === 'deleting') return entry === undefined ? 'gone' : null;
  if (snapshot.status !== 'creating' || entry === undefined || entry.state === 'creating') return null;
  return { status: entry.state, reason: entry.state === 'error' ? (entry.reason ?? NO_REASON) : null };
}

/**
 * What a report says of one attachment: its new state, `gone`, or null for nothing. `entries` is undefined when the
 * host says nothing of the server: it does not have it (yet, or any more).
 */
export function judgeAttachment(
  attachment: Pick<AttachmentRow, 'id' | 'state' | 'boot_index' | 'changed_generation'>,
  report: { generation: number; entries: readonly AttachmentReport[] | undefined },
): { state: 'attached' | 'error' | 'detaching'; reason: string | null } | 'gone' | null {
  if (report.generation < attachment.changed_generation) return null;
  const entry = report.entries?.find((one) => one.id === attachment.id);
  if (attachment.state === 'detaching') return entry === undefined ? 'gone' : null;
  if (entry === undefined) return null;
  if (entry.state === 'attached') return attachment.state === 'attached' ? null : { state: 'attached', reason: null };
  if (attachment.state !== 'attaching') return null;
  // A server that boots from it is in error itself; from any other it is taken away again.
  const state = attachment.boot_index === null ? 'detaching' : 'error';
  return { state, reason: entry.reason ?? NO_REASON };
}
