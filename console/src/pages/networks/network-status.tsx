import { StatusBadge } from '../../parts/states.tsx';
import { useText } from '../../text/index.tsx';

const TONES: Record<string, 'ok' | 'off' | 'bad'> = { ACTIVE: 'ok', DOWN: 'off', ERROR: 'bad' };

/** The status of a network, router or port in words. */
export function NetworkStatus({ status }: { status: string }) {
  const { networks } = useText();
  return <StatusBadge tone={TONES[status] ?? 'busy'}>{networks.statuses[status] ?? status}</StatusBadge>;
}
