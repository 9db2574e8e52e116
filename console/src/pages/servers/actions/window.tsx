import type { AskingAction } from './possible.ts';
import type { WindowProps } from './props.ts';
import { Image, Lock, Password, Rename } from './simple.tsx';
import { Labels } from './labels.tsx';
import { Rebuild } from './rebuild.tsx';
import { Rescue } from './rescue.tsx';
import { Resize } from './resize.tsx';

const WINDOWS: Record<AskingAction, (props: WindowProps) => React.ReactNode> = {
  resize: Resize,
  rebuild: Rebuild,
  rescue: Rescue,
  image: Image,
  password: Password,
  rename: Rename,
  labels: Labels,
  lock: Lock,
};

/** The window of an action for which more has to be said. */
export function AskingWindow({ name, ...props }: WindowProps & { name: AskingAction }) {
  const Window = WINDOWS[name];
  return <Window {...props} />;
}
