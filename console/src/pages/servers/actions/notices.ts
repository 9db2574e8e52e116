import type { Server } from '../../../api/queries/compute.ts';
import type { DirectAction } from './possible.ts';

/** What the page of a server says before all else, as it waits for somebody, and what they can do about it. */
export type NoticeKind = 'locked' | 'resized' | 'rescued' | 'deleted' | 'shelved';

const WAITING: Record<string, { kind: NoticeKind; actions: readonly DirectAction[] }> = {
  resized: { kind: 'resized', actions: ['confirm', 'revert'] },
  rescued: { kind: 'rescued', actions: ['unrescue'] },
  'soft-delete': { kind: 'deleted', actions: ['restore'] },
  shelved_offloaded: { kind: 'shelved', actions: ['unshelve'] },
};

/** Of a locked server the lock comes first: nothing else can be done. Nothing while it is being done. Pure. */
export function noticeOf(
  server: Pick<Server, 'OS-EXT-STS:vm_state' | 'OS-EXT-STS:task_state' | 'locked'>,
): { kind: NoticeKind; actions: readonly DirectAction[] } | null {
  if (server.locked) return { kind: 'locked', actions: ['unlock'] };
  if (server['OS-EXT-STS:task_state'] !== null) return null;
  return WAITING[server['OS-EXT-STS:vm_state']] ?? null;
}
