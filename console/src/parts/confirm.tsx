import { useState, type ReactNode } from 'react';
import { useText } from '../text/index.tsx';
import { Button } from './button.tsx';
import { Buttons, Dialog } from './dialog.tsx';
import { ErrorMessage } from './error-message.tsx';
import { TextField } from './form/fields.tsx';

/**
 * Asks before something that cannot be taken back. `action` is the word on the button: what will happen, not "OK". What is worth
 * more than a click asks for `typed` to be typed. While it runs the window stays, and a failure is shown in it.
 */
export function Confirm({
  open,
  onClose,
  title,
  action,
  danger = true,
  typed,
  onConfirm,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  action: string;
  danger?: boolean;
  typed?: string;
  onConfirm: () => Promise<unknown>;
  children?: ReactNode;
}) {
  const { common } = useText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [text, setText] = useState('');
  const close = () => {
    setError(null);
    setText('');
    onClose();
  };
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      close();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onClose={close} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <div className="space-y-3 text-sm">{children}</div>
        {typed !== undefined && (
          <TextField label={common.typeToConfirm(typed)} value={text} onChange={setText} autoComplete="off" />
        )}
        {error !== null && <ErrorMessage error={error} />}
        <Buttons>
          <Button onClick={close}>{common.cancel}</Button>
          <Button
            type="submit"
            look={danger ? 'danger' : 'main'}
            busy={busy}
            disabled={typed !== undefined && text !== typed}
          >
            {action}
          </Button>
        </Buttons>
      </form>
    </Dialog>
  );
}
