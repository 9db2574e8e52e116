import { StatusBadge } from '../../parts/states.tsx';
import { useText } from '../../text/index.tsx';
import { toneOf } from './judge.ts';

/** The status of a volume or snapshot in words. */
export function VolumeStatus({ status, words }: { status: string; words?: string | undefined }) {
  const { volumes } = useText();
  return <StatusBadge tone={toneOf(status)}>{words ?? volumes.statuses[status] ?? status}</StatusBadge>;
}
