import { useState } from 'react';
import { useRun } from '../../../how/use-run.ts';
import { Button } from '../../../parts/button.tsx';
import { CopyBlock } from '../../../parts/copy-text.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { useText } from '../../../text/index.tsx';
import { createUser, setUser } from './operations.ts';
import { firstPassword } from './plan.ts';

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

/** Shown once: what the operator gives to the account's owner. */
function Given({ name, password, onClose }: { name: string; password: string; onClose: () => void }) {
  const { people: text, common } = useText();
  return (
    <div className="space-y-4">
      <p className="text-sm">{text.passwordsHint}</p>
      <CopyBlock text={text.invitation(location.origin, name, password)} />
      <Buttons>
        <Button look="main" onClick={onClose}>
          {common.close}
        </Button>
      </Buttons>
    </div>
  );
}

/** A new account with a password that is made here. */
export function NewUser({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { people: text, common } = useText();
  const run = useRun();
  const [password, setPassword] = useState(() => firstPassword(random));
  const [made, setMade] = useState<string | null>(null);
  const { field, form, values, busy, error, setValues } = useForm({
    initial: { name: '', email: '', description: '' },
    validate: ({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined }),
    async send(sent) {
      await run(createUser({ ...sent, name: sent.name.trim(), password }), { kinds: ['users'] });
      setMade(sent.name.trim());
    },
  });
  const close = () => {
    setMade(null);
    setPassword(firstPassword(random));
    setValues({ name: '', email: '', description: '' });
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} title={text.newUser}>
      {made !== null ? (
        <Given name={made} password={password} onClose={close} />
      ) : (
        <form {...form} className="space-y-4">
          <TextField {...field('name')} label={common.name} autoComplete="off" autoCapitalize="none" />
          <TextField {...field('email')} label={text.email} type="email" optional autoComplete="off" />
          <TextField {...field('description')} label={common.description} optional autoComplete="off" />
          {error !== null && <ErrorMessage error={error} />}
          <ShowMeHow operations={[createUser({ ...values, password: '…' })]} />
          <Buttons>
            <Button onClick={close}>{common.cancel}</Button>
            <Button type="submit" look="main" busy={busy}>
              {common.create}
            </Button>
          </Buttons>
        </form>
      )}
    </Dialog>
  );
}

/** A new password for who forgot theirs. */
export function NewPassword({ user, onClose }: { user: { id: string; name: string } | null; onClose: () => void }) {
  const { people: text, common } = useText();
  const run = useRun();
  const [password, setPassword] = useState(() => firstPassword(random));
  const [given, setGiven] = useState(false);
  const { form, busy, error } = useForm({
    initial: {},
    validate: () => ({}),
    async send() {
      if (user !== null) await run(setUser(user, { password }), { kinds: ['users'] });
      setGiven(true);
    },
  });
  const close = () => {
    setGiven(false);
    setPassword(firstPassword(random));
    onClose();
  };
  return (
    <Dialog open={user !== null} onClose={close} title={text.newPassword} description={text.newPasswordText}>
      {given && user !== null ? (
        <Given name={user.name} password={password} onClose={close} />
      ) : (
        <form {...form} className="space-y-4">
          {error !== null && <ErrorMessage error={error} />}
          {user !== null && <ShowMeHow operations={[setUser(user, { password: '…' })]} />}
          <Buttons>
            <Button onClick={close}>{common.cancel}</Button>
            <Button type="submit" look="main" busy={busy}>
              {text.newPassword}
            </Button>
          </Buttons>
        </form>
      )}
    </Dialog>
  );
}
