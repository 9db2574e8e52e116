import type { Kind } from '../api/kinds.ts';
import type { Operation } from '../how/operation.ts';
import { ConfirmOperations } from './confirm-operations.tsx';
import { nameOf } from './format.ts';

/** What has a name or an id, or both. */
export interface Thing {
  id?: string;
  name?: string | null;
}

/** How things of a kind are removed, one or many, and in which words. */
export interface Removal<Row> {
  words: {
    /** On the button. */
    remove: string;
    removeTitle: (count: number, name: string) => string;
    /** What follows from it. */
    removeText: string;
    removed: (count: number) => string;
  };
  operation: (row: Row) => Operation;
  /** Kinds of things that it changes. */
  kinds: readonly Kind[];
  /** What it is called in the question, where that is not its name. */
  called?: (row: Row) => string;
  /** Which can be removed now; all, when it does not say. */
  possible?: (row: Row) => boolean;
  /** Too much goes with it for a click: its name is typed, and it goes alone. */
  typed?: boolean;
}

/** What a thing is called: its name, or the beginning of its id. Pure. */
export const calledOf = ({ id = '', name = null }: Thing): string => nameOf({ id, name });

/** Asks before things are removed. Drawn while it is open. */
export function Remove<Row extends Thing>({
  rows,
  words,
  operation,
  kinds,
  called = calledOf,
  typed = false,
  onClose,
  onDone,
}: Removal<Row> & { rows: readonly Row[]; onClose: () => void; onDone?: () => void }) {
  const names = rows.map(called);
  const [first = ''] = names;
  return (
    <ConfirmOperations
      title={words.removeTitle(rows.length, first)}
      action={words.remove}
      names={names}
      operations={rows.map(operation)}
      kinds={kinds}
      done={words.removed(rows.length)}
      onClose={onClose}
      {...(typed && { typed: first })}
      {...(onDone && { onDone })}
    >
      <p>{words.removeText}</p>
    </ConfirmOperations>
  );
}
