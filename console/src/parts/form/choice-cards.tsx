import { useId, type ReactNode } from 'react';
import { FieldError } from './fields.tsx';

export interface Choice {
  value: string;
  title: ReactNode;
  /** What it is good for. */
  text?: ReactNode;
  /** Beside the title: sizes, a state. */
  aside?: ReactNode;
  icon?: ReactNode;
  /** Why it cannot be chosen. */
  disabled?: ReactNode;
}

/** One of a few, each with its explanation: radio buttons that look like cards. */
export function ChoiceCards({
  label,
  hint,
  error,
  choices,
  value,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <fieldset aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend className="text-sm font-medium">{label}</legend>
      {hint !== undefined && <p className="mt-1 text-sm text-muted">{hint}</p>}
      <div className="mt-2 grid gap-2 sm:grid-cols-2">
        {choices.map((one) => (
          <label
            key={one.value}
            className={`flex gap-3 rounded-lg border p-3 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent ${
              one.disabled === undefined ? 'hover:bg-raised' : 'cursor-not-allowed'
            } ${one.value === value ? 'border-accent bg-accent-soft ring-1 ring-accent' : 'border-control/60 bg-surface'}`}
          >
            <input
              type="radio"
              name={id}
              value={one.value}
              checked={one.value === value}
              disabled={one.disabled !== undefined}
              onChange={() => onChange(one.value)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            {one.icon}
            <span className="min-w-0 flex-1">
              <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="font-medium">{one.title}</span>
                {one.aside !== undefined && <span className="text-muted">{one.aside}</span>}
              </span>
              {one.text !== undefined && <span className="block text-muted">{one.text}</span>}
              {one.disabled !== undefined && <span className="block text-danger">{one.disabled}</span>}
            </span>
          </label>
        ))}
      </div>
      <FieldError id={`${id}-error`} error={error} />
    </fieldset>
  );
}
