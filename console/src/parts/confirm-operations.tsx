import type { ReactNode } from 'react';
import type { Kind } from '../api/kinds.ts';
import type { Operation } from '../how/operation.ts';
import { useRun } from '../how/use-run.ts';
import { Confirm } from './confirm.tsx';
import { ShowMeHow } from './show-me-how.tsx';

/** How many names are listed before the rest is left to the number. */
const SHOWN = 12;

/**
 * Asks before operations on one thing or many: what will happen, to which, and how it is done elsewhere. Drawn while it is open.
 */
export function ConfirmOperations({
  title,
  action,
  names,
  operations,
  kinds,
  done,
  danger = true,
  typed,
  inOrder = false,
  onClose,
  onDone,
  children,
}: {
  title: string;
  action: string;
  /** The things it concerns, when they are several. */
  names?: readonly string[];
  operations: readonly Operation[];
  kinds: readonly Kind[];
  done: string;
  danger?: boolean;
  /** Each needs what is before it. */
  inOrder?: boolean;
  /** What is typed before it can be done. */
  typed?: string;
  onClose: () => void;
  onDone?: () => void;
  children?: ReactNode;
}) {
  const run = useRun();
  return (
    <Confirm
      open
      onClose={onClose}
      title={title}
      action={action}
      danger={danger}
      {...(typed !== undefined && { typed })}
      onConfirm={async () => {
        await run(operations, { kinds, done, inOrder });
        onDone?.();
      }}
    >
      {children}
      {names !== undefined && names.length > 1 && (
        <ul className="list-disc pl-5">
          {names.slice(0, SHOWN).map((name, index) => (
            <li key={index} className="break-words">
              {name}
            </li>
          ))}
          {names.length > SHOWN && <li>{`… +${names.length - SHOWN}`}</li>}
        </ul>
      )}
      <ShowMeHow operations={operations} />
    </Confirm>
  );
}
