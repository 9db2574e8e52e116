import { StatusBadge } from '../../parts/states.tsx';
import { useText } from '../../text/index.tsx';

const TONES: Record<string, 'ok' | 'off' | 'bad' | 'warn'> = {
  active: 'ok',
  queued: 'off',
  deleted: 'off',
  deactivated: 'warn',
  killed: 'bad',
};

/** The status of an image in words. */
export function ImageStatus({ status }: { status: string }) {
  const { images } = useText();
  return <StatusBadge tone={TONES[status] ?? 'busy'}>{images.statuses[status] ?? status}</StatusBadge>;
}
