import { useRef, useState, type SyntheticEvent } from 'react';

/** What is wrong, by field; a field that is right is not in it. */
export type Problems<Values> = { [K in keyof Values]?: string | undefined };

/**
 * A form's values, what is wrong with them, and its sending. `validate` is pure. A problem shows once its field was changed or the
 * form was sent; sending with problems puts the focus on the first. `send` may throw: `error` then holds what was thrown.
 */
export function useForm<Values extends object>({
  initial,
  validate,
  send,
}: {
  initial: Values;
  validate: (values: Values) => Problems<Values>;
  send: (values: Values) => Promise<void>;
}) {
  const [values, setValues] = useState(initial);
  const [touched, setTouched] = useState<ReadonlySet<keyof Values>>(new Set());
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const problems = validate(values);
  const valid = Object.values(problems).every((one) => one === undefined);

  const set = <K extends keyof Values>(key: K, value: Values[K]) => {
    setValues((before) => ({ ...before, [key]: value }));
    setTouched((before) => new Set(before).add(key));
  };
  const submit = async () => {
    setSent(true);
    if (!valid) {
      // After the problems are drawn.
      requestAnimationFrame(() => {
        form.current
          ?.querySelector<HTMLElement>('[aria-invalid="true"], fieldset[aria-describedby$="-error"] input')
          ?.focus();
      });
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await send(values);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return {
    values,
    set,
    setValues,
    valid,
    busy,
    error,
    /** For a field: `<TextField {...form.field('name')} label=… />`. */
    field: <K extends keyof Values>(key: K) => ({
      value: values[key],
      onChange: (value: Values[K]) => set(key, value),
      error: sent || touched.has(key) ? problems[key] : undefined,
    }),
    /** For `<form>`. */
    form: {
      ref: form,
      noValidate: true,
      onSubmit: (event: SyntheticEvent) => {
        event.preventDefault();
        void submit();
      },
    },
  };
}
