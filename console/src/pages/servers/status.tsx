import type { Server } from '../../api/queries/compute.ts';
import { StatusBadge } from '../../parts/states.tsx';
import { useText } from '../../text/index.tsx';

const TONES: Record<string, 'ok' | 'busy' | 'warn' | 'bad' | 'off'> = {
  ACTIVE: 'ok',
  ERROR: 'bad',
  SHUTOFF: 'off',
  PAUSED: 'off',
  SUSPENDED: 'off',
  SHELVED: 'off',
  SHELVED_OFFLOADED: 'off',
  DELETED: 'off',
  SOFT_DELETED: 'warn',
  RESCUE: 'warn',
  VERIFY_RESIZE: 'warn',
  UNKNOWN: 'warn',
};

/** The status of a server in words; while it does something, what it does. */
export function ServerStatus({ server }: { server: Pick<Server, 'status' | 'OS-EXT-STS:task_state'> }) {
  const { servers } = useText();
  const task = server['OS-EXT-STS:task_state'];
  const busy = task !== null && server.status !== 'ERROR';
  const words = (busy ? servers.tasks[task] : undefined) ?? servers.statuses[server.status] ?? server.status;
  return <StatusBadge tone={busy ? 'busy' : (TONES[server.status] ?? 'busy')}>{words}</StatusBadge>;
}
