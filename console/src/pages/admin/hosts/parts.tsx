import type { Host } from '../../../api/queries/operators.ts';
import { StatusBadge } from '../../../parts/states.tsx';
import { useText } from '../../../text/index.tsx';
import { stateOf, type HostState } from './state.ts';

/** Machines of volunteers are switched off at night: that is no alarm. */
const TONES: Record<HostState, 'ok' | 'off' | 'warn'> = { up: 'ok', down: 'off', new: 'off', disabled: 'warn' };

export function HostBadge({ host }: { host: Host }) {
  const { hosts } = useText();
  const state = stateOf(host);
  return <StatusBadge tone={TONES[state]}>{hosts.states[state]}</StatusBadge>;
}

/** Used of limit, with a small bar. */
export function Load({ used, limit, format }: { used: number; limit: number; format: (value: number) => string }) {
  const { common } = useText();
  const share = limit <= 0 ? 0 : Math.min(100, (used / limit) * 100);
  return (
    <span className="inline-flex min-w-32 flex-col items-end gap-0.5">
      <span>{common.usedOf(format(used), format(limit))}</span>
      <span aria-hidden="true" className="h-1 w-full overflow-hidden rounded-full bg-raised">
        <span className="block h-full bg-accent" style={{ width: `${share}%` }} />
      </span>
    </span>
  );
}
