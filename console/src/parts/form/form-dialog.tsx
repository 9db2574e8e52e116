import type { ReactNode } from 'react';
import type { Kind } from '../../api/kinds.ts';
import type { Operation } from '../../how/operation.ts';
import { useRun } from '../../how/use-run.ts';
import { useText } from '../../text/index.tsx';
import { Button } from '../button.tsx';
import { Buttons, Dialog } from '../dialog.tsx';
import { ErrorMessage } from '../error-message.tsx';
import { ShowMeHow } from '../show-me-how.tsx';
import { useForm, type Problems } from './use-form.ts';

interface FormDialogProps<Values extends object> {
  title: string;
  description?: ReactNode;
  /** The word on the button: what will happen. */
  action: string;
  initial: Values;
  validate: (values: Values) => Problems<Values>;
  /** What is sent, and shown while it is filled in. */
  operations: (values: Values) => readonly Operation[];
  /** What is shown instead, where something is not for showing. */
  shown?: (values: Values) => readonly Operation[];
  /** Kinds of things that it changes. */
  kinds: readonly Kind[];
  done?: (values: Values) => string;
  /** Instead of sending `operations`, where one needs the answer of another. */
  send?: (values: Values) => Promise<void>;
  /** With what was answered, before it closes. */
  onDone?: (answers: unknown[]) => void;
  onClose: () => void;
  /** Whoever drew it shows what was answered instead of it. */
  stay?: boolean;
  wide?: boolean;
  /** It destroys something. */
  danger?: boolean;
  children: (form: ReturnType<typeof useForm<Values>>) => ReactNode;
}

/** A form in a window: fields, what the cloud says when it refuses, how it is done elsewhere. Drawn while it is open. */
export function FormDialog<Values extends object>(props: FormDialogProps<Values>) {
  const {
    title,
    description,
    action,
    initial,
    validate,
    operations,
    kinds,
    done,
    onClose,
    wide = false,
    danger = false,
  } = props;
  const { common } = useText();
  const run = useRun();
  const form = useForm<Values>({
    initial,
    validate,
    send: async (values) => {
      if (props.send) await props.send(values);
      else {
        const words = done?.(values);
        const answers = await run(operations(values), { kinds, ...(words !== undefined && { done: words }) });
        props.onDone?.(answers);
      }
      if (props.stay !== true) onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={title} {...(description !== undefined && { description })} wide={wide}>
      <form {...form.form}>
        <div className="space-y-4">{props.children(form)}</div>
        {form.error !== null && <ErrorMessage error={form.error} />}
        <Buttons>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look={danger ? 'danger' : 'main'} busy={form.busy}>
            {action}
          </Button>
        </Buttons>
        <div className="mt-4">
          <ShowMeHow operations={(props.shown ?? operations)(form.values)} />
        </div>
      </form>
    </Dialog>
  );
}
