import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { plainRequest } from '../../api/request.ts';
import { send } from '../../api/send.ts';
import { takeSession, useMaybeSession, type Session } from '../../api/session.ts';
import { Brand } from '../../layout/shell.tsx';
import { usePreferences } from '../../layout/account-menu.tsx';
import { Button } from '../../parts/button.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { Menu } from '../../parts/menu.tsx';
import { useLanguage, useText } from '../../text/index.tsx';
import { CodeForm, ExpiredForm, PasswordForm } from './forms.tsx';
import { safeReturn, type Step } from './steps.ts';

interface Providers {
  password: boolean;
  providers: { id: string; name: string; url: string }[];
}

/** The door: with an account of a provider, or with name and password and what else the operator asks for. */
export default function SignInPage() {
  const { signIn: text, layout } = useText();
  const { language } = useLanguage();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  const session = useMaybeSession();
  const preferences = usePreferences();
  const [step, setStep] = useState<Step>({ kind: 'password' });
  const returnTo = safeReturn(params.get('return_to'));
  const providers = useQuery({
    queryKey: ['sign-in', 'providers'],
    queryFn: ({ signal }) => send<Providers>(plainRequest('GET', '/session/providers'), { signal }),
  });
  useEffect(() => {
    document.title = `${text.title} · Potluck`;
  }, [text]);

  if (session.data) return <Navigate to={returnTo} replace />;
  const enter = (begun: Session) => {
    takeSession(client, begun);
    void navigate(returnTo, { replace: true });
  };
  const code = params.get('error');
  const failure =
    code === null ? null : ((text.providerErrors as Record<string, string>)[code] ?? text.providerErrors.other);
  const requestId = params.get('request_id');
  const known = providers.data?.providers ?? [];
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between p-4">
        <Brand />
        <Menu
          trigger={
            <Button icon="globe" look="quiet" aria-label={layout.language}>
              {layout.languages[language]}
            </Button>
          }
          entries={preferences}
        />
      </header>
      <main className="mx-auto w-full max-w-sm flex-1 px-4 pt-[8dvh] pb-10">
        <h1 className="mb-5 text-2xl font-semibold">{text.welcome}</h1>
        {failure !== null && (
          <p role="alert" className="mb-4 rounded-lg bg-danger-soft p-3 text-sm text-danger">
            {failure}
            {requestId !== null && <code className="block pt-1 font-mono text-xs">{requestId}</code>}
          </p>
        )}
        {providers.error !== null && <ErrorMessage error={providers.error} onRetry={() => void providers.refetch()} />}
        {step.kind === 'password' && known.length > 0 && (
          <ul className="mb-5 space-y-2">
            {known.map(({ id, name, url }) => (
              <li key={id}>
                <a
                  href={`${url}?return_to=${encodeURIComponent(returnTo)}`}
                  className="flex min-h-11 items-center justify-center rounded-md bg-accent px-4 font-medium text-on-accent hover:bg-accent/90"
                >
                  {text.with(name)}
                </a>
              </li>
            ))}
          </ul>
        )}
        {step.kind === 'password' && (
          <WithPassword folded={known.length > 0} shown={providers.data?.password !== false || known.length === 0}>
            <PasswordForm onSession={enter} onStep={setStep} />
          </WithPassword>
        )}
        {step.kind === 'code' && (
          <CodeForm step={step} onSession={enter} onBack={() => setStep({ kind: 'password' })} />
        )}
        {step.kind === 'expired' && <ExpiredForm step={step} onChanged={() => setStep({ kind: 'password' })} />}
      </main>
    </div>
  );
}

/** Where there is a provider's button, the password is the other way in. */
function WithPassword({ folded, shown, children }: { folded: boolean; shown: boolean; children: React.ReactNode }) {
  const { signIn: text } = useText();
  if (!folded) return children;
  return (
    <details open={shown ? undefined : false} className="rounded-lg border border-line p-4">
      <summary className="text-sm text-muted">{text.withPassword}</summary>
      <div className="pt-4">{children}</div>
    </details>
  );
}
