import { useId, type ComponentProps, type ReactNode } from 'react';
import { useText } from '../../text/index.tsx';

export const CONTROL =
  'w-full rounded-md border bg-surface px-3 py-1.5 text-sm text-ink placeholder:text-muted disabled:opacity-60 min-h-9';
const border = (error: string | undefined) => (error === undefined ? 'border-control' : 'border-danger');

export interface FieldProps {
  label: string;
  /** A sentence below the label. */
  hint?: ReactNode;
  /** What is wrong with the value, beside it. */
  error?: string | undefined;
  optional?: boolean;
}

/** Label, hint, control and error, tied together for assistive technology. */
export function Field({
  label,
  hint,
  error,
  optional = false,
  children,
}: FieldProps & {
  children: (attributes: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode;
}) {
  const { common } = useText();
  const id = useId();
  const described = [...(hint === undefined ? [] : [`${id}-hint`]), ...(error === undefined ? [] : [`${id}-error`])];
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
        {optional && <span className="font-normal text-muted"> {common.optional}</span>}
      </label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {children({
        id,
        'aria-describedby': described.length === 0 ? undefined : described.join(' '),
        'aria-invalid': error !== undefined,
      })}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

export function FieldError({ id, error }: { id?: string; error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <p id={id} className="text-sm text-danger">
      {error}
    </p>
  );
}

type TextProps = FieldProps & { value: string; onChange: (value: string) => void } & Omit<
    ComponentProps<'input'>,
    'value' | 'onChange' | 'id'
  >;

export function TextField({ label, hint, error, optional, value, onChange, className = '', ...rest }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional === true}>
      {(attributes) => (
        <input
          type="text"
          {...rest}
          {...attributes}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${CONTROL} ${border(error)} ${className}`}
        />
      )}
    </Field>
  );
}

/** A whole number; empty is null. */
export function NumberField({
  label,
  hint,
  error,
  optional,
  value,
  onChange,
  unit,
  ...rest
}: FieldProps & {
  value: number | null;
  onChange: (value: number | null) => void;
  unit?: string;
} & Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'id'>) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional === true}>
      {(attributes) => (
        <span className="flex items-center gap-2">
          <input
            inputMode="numeric"
            {...rest}
            {...attributes}
            type="number"
            value={value ?? ''}
            onChange={(event) => onChange(event.target.value === '' ? null : Math.trunc(Number(event.target.value)))}
            className={`${CONTROL} max-w-32 tabular-nums ${border(error)}`}
          />
          {unit !== undefined && <span className="text-sm text-muted">{unit}</span>}
        </span>
      )}
    </Field>
  );
}

export function TextAreaField({
  label,
  hint,
  error,
  optional,
  value,
  onChange,
  mono = false,
  rows = 4,
  ...rest
}: FieldProps & {
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
} & Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'id'>) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional === true}>
      {(attributes) => (
        <textarea
          {...rest}
          {...attributes}
          rows={rows}
          spellCheck={!mono}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${CONTROL} ${border(error)} ${mono ? 'font-mono text-[0.87em]' : ''}`}
        />
      )}
    </Field>
  );
}

export interface Option {
  value: string;
  label: string;
  disabled?: boolean;
}

/** One of several, by the browser's own control: it works everywhere, on phones best. */
export function SelectField({
  label,
  hint,
  error,
  optional,
  value,
  onChange,
  options,
  placeholder,
}: FieldProps & {
  value: string;
  onChange: (value: string) => void;
  options: readonly Option[];
  /** Shown while nothing is chosen. */
  placeholder?: string;
}) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional === true}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${CONTROL} ${border(error)}`}
        >
          {placeholder !== undefined && <option value="">{placeholder}</option>}
          {options.map((one) => (
            <option key={one.value} value={one.value} disabled={one.disabled === true}>
              {one.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CheckboxField({
  label,
  hint,
  checked,
  onChange,
  disabled = false,
}: {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5 text-sm">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span>
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {hint !== undefined && (
          <span id={`${id}-hint`} className="block text-muted">
            {hint}
          </span>
        )}
      </span>
    </div>
  );
}

/** Several of several. */
export function CheckboxGroup({
  label,
  hint,
  options,
  values,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  options: readonly (Option & { hint?: ReactNode })[];
  values: readonly string[];
  onChange: (values: string[]) => void;
}) {
  return (
    <fieldset className="space-y-2">
      <legend className="text-sm font-medium">{label}</legend>
      {hint !== undefined && <p className="text-sm text-muted">{hint}</p>}
      {options.map((one) => (
        <CheckboxField
          key={one.value}
          label={one.label}
          hint={one.hint}
          disabled={one.disabled === true}
          checked={values.includes(one.value)}
          onChange={(on) => onChange(on ? [...values, one.value] : values.filter((value) => value !== one.value))}
        />
      ))}
    </fieldset>
  );
}
