import { ApiFault } from '../../api/fault.ts';
import { send } from '../../api/send.ts';
import type { Session } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { TextField } from '../../parts/form/fields.tsx';
import { useForm } from '../../parts/form/use-form.ts';
import { useText } from '../../text/index.tsx';
import { codeRequest, newPasswordRequest, nextStep, passwordRequest, type Step } from './steps.ts';

/** What is said about a failed attempt. */
function Refusal({ error, wrong }: { error: unknown; wrong: string }) {
  const { signIn: text } = useText();
  if (error === null) return null;
  const status = error instanceof ApiFault ? error.status : -1;
  if (status !== 401 && status !== 429) return <ErrorMessage error={error} />;
  const wait = error instanceof ApiFault ? error.retryAfter : null;
  return (
    <p role="alert" className="rounded-lg bg-danger-soft p-3 text-sm text-danger">
      {status === 429 ? text.tooMany(wait ?? 60) : wrong}
    </p>
  );
}

export function PasswordForm({
  onSession,
  onStep,
}: {
  onSession: (session: Session) => void;
  onStep: (step: Step) => void;
}) {
  const { signIn: text, common } = useText();
  const { field, form, busy, error } = useForm({
    initial: { user: '', password: '', domain: 'Default' },
    validate: ({ user, password }) => ({
      user: user.trim() === '' ? text.userMissing : undefined,
      password: password === '' ? text.passwordMissing : undefined,
    }),
    async send({ user, password, domain }) {
      try {
        onSession(await send<Session>(passwordRequest(user.trim(), domain.trim() || 'Default', password)));
      } catch (thrown) {
        const next = nextStep(thrown);
        if (next === null) throw thrown;
        onStep(next);
      }
    },
  });
  return (
    <form {...form} className="space-y-4">
      <TextField {...field('user')} label={text.user} name="username" autoComplete="username" autoCapitalize="none" />
      <TextField {...field('password')} label={text.password} type="password" autoComplete="current-password" />
      <details className="text-sm">
        <summary className="text-muted">{common.advanced}</summary>
        <div className="pt-3">
          <TextField {...field('domain')} label={text.domain} hint={text.domainHint} />
        </div>
      </details>
      <Refusal error={error} wrong={text.wrong} />
      <Button type="submit" look="main" busy={busy} className="min-h-11 w-full">
        {text.title}
      </Button>
    </form>
  );
}

export function CodeForm({
  step,
  onSession,
  onBack,
}: {
  step: Step & { kind: 'code' };
  onSession: (session: Session) => void;
  onBack: () => void;
}) {
  const { signIn: text } = useText();
  const { field, form, busy, error } = useForm({
    initial: { code: '' },
    validate: ({ code }) => ({ code: /^\d{6,8}$/.test(code.replaceAll(' ', '')) ? undefined : text.codeMissing }),
    async send({ code }) {
      const headers = { 'Openstack-Auth-Receipt': step.receipt };
      onSession(await send<Session>(codeRequest(step.userId, code.replaceAll(' ', '')), { headers }));
    },
  });
  return (
    <form {...form} className="space-y-4">
      <TextField
        {...field('code')}
        label={text.code}
        hint={text.codeHint}
        inputMode="numeric"
        autoComplete="one-time-code"
      />
      <Refusal error={error} wrong={text.codeWrong} />
      <Button type="submit" look="main" busy={busy} className="min-h-11 w-full">
        {text.goOn}
      </Button>
      <Button look="quiet" onClick={onBack} className="w-full">
        {text.another}
      </Button>
    </form>
  );
}

/** The old password was right, but its time is over. */
export function ExpiredForm({ step, onChanged }: { step: Step & { kind: 'expired' }; onChanged: () => void }) {
  const { signIn: text } = useText();
  const { field, form, busy, error } = useForm({
    initial: { before: '', after: '', again: '' },
    validate: ({ before, after, again }) => ({
      before: before === '' ? text.passwordMissing : undefined,
      after: after === '' ? text.passwordMissing : undefined,
      again: after === again ? undefined : text.same,
    }),
    async send({ before, after }) {
      await send(newPasswordRequest(step.userId, before, after));
      onChanged();
    },
  });
  return (
    <form {...form} className="space-y-4">
      <p className="text-sm">{text.expired}</p>
      <TextField {...field('before')} label={text.password} type="password" autoComplete="current-password" />
      <TextField {...field('after')} label={text.newPassword} type="password" autoComplete="new-password" />
      <TextField {...field('again')} label={text.repeat} type="password" autoComplete="new-password" />
      <Refusal error={error} wrong={text.wrong} />
      <Button type="submit" look="main" busy={busy} className="min-h-11 w-full">
        {text.change}
      </Button>
    </form>
  );
}
