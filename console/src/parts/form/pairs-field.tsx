import { useId } from 'react';
import { useText } from '../../text/index.tsx';
import { Button, IconButton } from '../button.tsx';
import { Icon } from '../icons.tsx';
import { CONTROL, FieldError } from './fields.tsx';
import type { Pair } from './pairs.ts';

/** Any number of pairs, each in a row of two fields: a name and a value, a first and a last address. */
export function PairsField({
  label,
  hint,
  names: [first, second],
  examples = ['', ''],
  add,
  value,
  onChange,
  error,
}: {
  label: string;
  hint?: string;
  /** What stands in the left and in the right field. */
  names: readonly [string, string];
  examples?: readonly [string, string];
  /** The word on the button for a further row. */
  add: string;
  value: readonly Pair[];
  onChange: (value: readonly Pair[]) => void;
  error?: string | undefined;
}) {
  const { common } = useText();
  const id = useId();
  const change = (index: number, pair: Pair) => onChange(value.map((one, at) => (at === index ? pair : one)));
  const input = (index: number, name: string, text: string, example: string, next: (text: string) => Pair) => (
    <input
      type="text"
      aria-label={`${name} ${index + 1}`}
      aria-invalid={error !== undefined}
      aria-describedby={error === undefined ? undefined : `${id}-error`}
      placeholder={example}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={({ target }) => change(index, next(target.value))}
      className={`${CONTROL} ${error === undefined ? 'border-control' : 'border-danger'}`}
    />
  );
  return (
    <fieldset className="space-y-2">
      <legend className="text-sm font-medium">{label}</legend>
      {hint !== undefined && <p className="text-sm text-muted">{hint}</p>}
      {value.map(([left, right], index) => (
        // Rows have no name of their own, and all of a row's state is in it.
        <div key={index} className="flex items-center gap-2">
          {input(index, first, left, examples[0], (text) => [text, right])}
          {input(index, second, right, examples[1], (text) => [left, text])}
          <IconButton
            label={`${common.remove}: ${left === '' ? index + 1 : left}`}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          >
            <Icon name="close" className="size-4" />
          </IconButton>
        </div>
      ))}
      <Button look="quiet" icon="plus" onClick={() => onChange([...value, ['', '']])}>
        {add}
      </Button>
      <FieldError id={`${id}-error`} error={error} />
    </fieldset>
  );
}
