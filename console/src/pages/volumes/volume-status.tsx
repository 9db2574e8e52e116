import { StatusBadge } from '../../parts/states.tsx';
import { useText } from '../../text/index.tsx';
import { toneOf } from './judge.ts';

/** The status of a volume or snapshot in words. */
export function VolumeStatus({ status }: { status: string }) {
  const { volumes } = useText();
  return <StatusBadge tone={toneOf(status)}>{volumes.statuses[status] ?? status}</StatusBadge>;
}
