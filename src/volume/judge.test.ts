import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttachmentId, SnapshotId, VolumeId } from '../core/ids.ts';
import type { VolumeReport } from '../host/document.ts';
import { judgeAttachment, judgeSnapshot, judgeVolume } from './judge.ts';

const entry = (change: Partial<VolumeReport> = {}): VolumeReport => ({
  ...{ id: 'v' as VolumeId, state: 'available', build: 1, sizeGib: 1, snapshots: [], reason: null },
  ...change,
});
const row = (change: object = {}) => ({
  ...{ status: 'creating' as const, build: 1, size_gib: 1, target_gib: 1, status_before: null, changed_generation: 5 },
  ...change,
});

test('a report of an older document says nothing', () => {
  assert.deepEqual(judgeVolume(row(), [], { generation: 4, entry: entry() }), { kind: 'nothing' });
  const leaving = row({ status: 'deleting' });
  assert.deepEqual(judgeVolume(leaving, [], { generation: 4, entry: undefined }), { kind: 'nothing' });
  assert.deepEqual(judgeVolume(leaving, [], { generation: 5, entry: undefined }), { kind: 'gone' });
  assert.deepEqual(judgeVolume(leaving, [], { generation: 5, entry: entry() }), { kind: 'nothing' });
});

test('a volume is there once this build of it is, in its size, and then follows its attachments', () => {
  const at = (change: object, report: Partial<VolumeReport>, state?: 'attached' | 'attaching') =>
    judgeVolume(row(change), state ? [{ state }] : [], { generation: 5, entry: entry(report) });
  assert.deepEqual(at({}, {}), { kind: 'built', status: 'available' });
  assert.deepEqual(at({}, {}, 'attaching'), { kind: 'built', status: 'attaching' });
  assert.deepEqual(at({}, { state: 'creating' }), { kind: 'nothing' });
  assert.deepEqual(at({ build: 2, status: 'reverting' }, { build: 1 }), { kind: 'nothing' });
  assert.deepEqual(at({ target_gib: 2 }, {}), { kind: 'nothing' });
  assert.equal(at({}, { state: 'error', reason: 'no room' }).kind, 'failed');
  assert.deepEqual(at({ status: 'extending', target_gib: 2 }, { sizeGib: 2 }, 'attached'), {
    ...{ kind: 'extended', sizeGib: 2, status: 'in-use' },
  });
  assert.equal(at({ status: 'extending', target_gib: 2 }, { reason: 'no room' }).kind, 'failed');
  assert.deepEqual(at({ status: 'available' }, { state: 'error' }), { kind: 'nothing' });
});

test('snapshots and attachments come and go likewise', () => {
  const shot = { status: 'creating' as const, backend_id: 's' as SnapshotId, changed_generation: 5 };
  const one = { id: 's' as SnapshotId, state: 'available' as const, reason: null };
  const here = { generation: 5, entry: entry({ snapshots: [one] }) };
  assert.deepEqual(judgeSnapshot(shot, here), { status: 'available', reason: null });
  assert.equal(judgeSnapshot(shot, { generation: 5, entry: entry() }), null);
  assert.equal(judgeSnapshot({ ...shot, status: 'deleting' }, here), null);
  assert.equal(judgeSnapshot({ ...shot, status: 'deleting' }, { generation: 5, entry: undefined }), 'gone');
  const id = 'a' as AttachmentId;
  const plug = { id, state: 'attaching' as const, boot_index: null, changed_generation: 5 };
  const saying = (state: 'attached' | 'error', reason: string | null = null) => ({
    ...{ generation: 5, entries: [{ id, state, reason }] },
  });
  assert.deepEqual(judgeAttachment(plug, saying('attached')), { state: 'attached', reason: null });
  assert.deepEqual(judgeAttachment(plug, saying('error', 'no slot')), { state: 'detaching', reason: 'no slot' });
  assert.deepEqual(judgeAttachment({ ...plug, boot_index: 0 }, saying('error', 'x')), { state: 'error', reason: 'x' });
  assert.equal(judgeAttachment(plug, { generation: 5, entries: undefined }), null);
  assert.equal(judgeAttachment({ ...plug, state: 'detaching' }, saying('attached')), null);
  assert.equal(judgeAttachment({ ...plug, state: 'detaching' }, { generation: 5, entries: [] }), 'gone');
});
