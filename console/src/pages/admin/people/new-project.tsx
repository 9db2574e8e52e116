import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rolesQuery, usersQuery } from '../../../api/queries/identity.ts';
import { send } from '../../../api/send.ts';
import { Page, Section } from '../../../layout/page.tsx';
import { Button, ButtonLink, IconButton } from '../../../parts/button.tsx';
import { CopyBlock } from '../../../parts/copy-text.tsx';
import { Buttons } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { CheckboxField, NumberField, SelectField, TextAreaField, TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { Icon } from '../../../parts/icons.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { ProgressInWords, type Step as Shown } from '../../../parts/states.tsx';
import { useText } from '../../../text/index.tsx';
import { firstPassword, planOf, type Invited, type Known, type NewProject, type Step } from './plan.ts';
import { QUOTAS } from './quotas.ts';

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
/** The limits that are asked for at once; the others are on the project's page. */
const ASKED = QUOTAS.filter(({ key }) => ['instances', 'cores', 'ram', 'gigabytes', 'floatingip'].includes(key));
const UNITS = { number: 1, MiB: 1024, GiB: 1 } as const;

/** What has been made so far. */
type Made = Pick<Known, 'project' | 'accounts' | 'done'>;

interface Ready {
  id: string;
  name: string;
  accounts: { name: string; password: string }[];
}

/** A project with its network, its limits and its people, in one form. */
export default function NewProjectPage() {
  const { people: text } = useText();
  const [made, setMade] = useState<Ready | null>(null);
  return (
    <Page title={text.newProject} up={{ to: '/admin/projects', label: text.projects }}>
      {made === null ? <NewProjectForm onMade={setMade} /> : <Result made={made} />}
    </Page>
  );
}

function NewProjectForm({ onMade }: { onMade: (ready: Ready) => void }) {
  const { people: text, common } = useText();
  const client = useQueryClient();
  const users = useQuery(usersQuery);
  const roles = useQuery(rolesQuery);
  const [progress, setProgress] = useState<{ steps: Step[]; now: number; failed: boolean } | null>(null);
  // What a failed try has made already, so that the next one goes on from there.
  const [known, setKnown] = useState<Made>({ project: null, accounts: new Map(), done: new Set() });
  const [passwords] = useState(() => new Map<string, string>());
  const passwordOf = (name: string) => {
    const password = passwords.get(name) ?? firstPassword(random);
    passwords.set(name, password);
    return password;
  };
  const all = (made: Made): Known => ({
    users: new Map((users.data ?? []).map(({ id, name }) => [name, id])),
    roles: new Map((roles.data ?? []).map(({ id, name }) => [name, id])),
    ...made,
  });
  const { field, form, values, set, busy, error } = useForm<NewProject>({
    initial: { name: '', description: '', network: true, people: [{ name: '', role: 'member' }], limits: {} },
    validate: ({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined }),
    async send(sent) {
      const wanted = tidy(sent);
      let made = known;
      // The plan is made anew before each step, because its ids are answers of the steps before.
      for (;;) {
        const steps = planOf(wanted, all(made), passwordOf);
        const now = steps.findIndex(({ key }) => !made.done.has(key));
        const step = steps[now];
        setProgress({ steps, now: step === undefined ? steps.length : now, failed: false });
        if (step === undefined) break;
        const answer = await send<Record<string, { id: string }>>(step.operation.request).catch((thrown: unknown) => {
          setProgress({ steps, now, failed: true });
          throw thrown;
        });
        made = after(made, step, answer);
        setKnown(made);
      }
      for (const kind of ['projects', 'users', 'role-assignments', 'quotas', 'networks']) {
        void client.invalidateQueries({ queryKey: [kind] });
      }
      const accounts = [...made.accounts].map(([name, { password }]) => ({ name, password }));
      onMade({ id: made.project ?? '', name: wanted.name, accounts });
    },
  });
  const setPerson = (index: number, change: Partial<Invited>) =>
    set(
      'people',
      values.people.map((one, at) => (at === index ? { ...one, ...change } : one)),
    );
  const isNew = (name: string) => name.trim() !== '' && users.data?.every((one) => one.name !== name.trim()) === true;
  return (
    <form {...form} className="max-w-3xl space-y-6">
      <TextField {...field('name')} label={common.name} hint={text.nameHint} autoComplete="off" />
      <TextAreaField {...field('description')} label={common.description} optional rows={2} />
      <CheckboxField
        label={text.withNetwork}
        hint={text.withNetworkHint}
        checked={values.network}
        onChange={(on) => set('network', on)}
      />
      <Section title={text.invite}>
        <p className="mb-3 text-sm text-muted">{text.inviteHint}</p>
        <datalist id="accounts" aria-label={text.users}>
          {(users.data ?? []).map(({ id, name }) => (
            <option key={id} value={name}>
              {name}
            </option>
          ))}
        </datalist>
        <ul className="space-y-3">
          {values.people.map((person, index) => (
            <li key={index} className="flex flex-wrap items-start gap-3">
              <div className="min-w-48 flex-1">
                <TextField
                  label={text.account(index + 1)}
                  list="accounts"
                  autoComplete="off"
                  value={person.name}
                  onChange={(name) => setPerson(index, { name })}
                  {...(isNew(person.name) && { hint: text.newAccount })}
                />
              </div>
              <div className="w-44">
                <SelectField
                  label={text.roleOf(index + 1)}
                  value={person.role}
                  onChange={(role) => setPerson(index, { role })}
                  options={['reader', 'member', 'manager'].map((role) => ({ value: role, label: role }))}
                />
              </div>
              <IconButton
                label={text.removePerson(index + 1)}
                className="mt-6.5"
                onClick={() =>
                  set(
                    'people',
                    values.people.filter((_, at) => at !== index),
                  )
                }
              >
                <Icon name="trash" className="size-4" />
              </IconButton>
            </li>
          ))}
        </ul>
        <Button
          icon="plus"
          className="mt-3"
          onClick={() => set('people', [...values.people, { name: '', role: 'member' }])}
        >
          {text.morePeople}
        </Button>
      </Section>
      <details>
        <summary className="text-sm font-medium">{text.limits}</summary>
        <p className="py-2 text-sm text-muted">{text.limitsHint}</p>
        <div className="grid gap-4 sm:grid-cols-3">
          {ASKED.map(({ key, unit }) => (
            <NumberField
              key={key}
              label={text.quotas[key] ?? key}
              optional
              min={-1}
              value={values.limits[key] ?? null}
              onChange={(value) => set('limits', { ...values.limits, [key]: value })}
              {...(unit !== 'number' && { unit: common.units[3] ?? '' })}
            />
          ))}
        </div>
      </details>
      {progress !== null && (busy || progress.failed) && <ProgressInWords steps={shown(progress, text)} />}
      {error !== null && <ErrorMessage error={error} />}
      <ShowMeHow operations={planOf(tidy(values), all(known), passwordOf).map(({ operation }) => hidden(operation))} />
      <Buttons>
        <ButtonLink to="/admin/projects">{common.cancel}</ButtonLink>
        <Button type="submit" look="main" busy={busy}>
          {text.makeProject}
        </Button>
      </Buttons>
    </form>
  );
}

/** What is sent: without spaces around names and without empty rows, memory in MiB. */
const tidy = (values: NewProject): NewProject => ({
  ...values,
  name: values.name.trim(),
  description: values.description.trim(),
  people: values.people
    .map(({ name, role }) => ({ name: name.trim(), role }))
    .filter(({ name }, index, all) => name !== '' && all.findIndex((one) => one.name === name) === index),
  limits: Object.fromEntries(
    ASKED.map(({ key, unit }) => {
      const value = values.limits[key] ?? null;
      return [key, value === null || value < 0 ? value : value * UNITS[unit]];
    }),
  ),
});

function after(known: Made, step: Step, answer: Record<string, { id: string }> | null): Made {
  const done = new Set(known.done).add(step.key);
  if (step.kind === 'project') return { ...known, done, project: answer?.['project']?.id ?? null };
  if (step.kind === 'account') {
    const account = { id: answer?.['user']?.id ?? '', password: step.password };
    return { ...known, done, accounts: new Map(known.accounts).set(step.name, account) };
  }
  return { ...known, done };
}

/** A password is shown to who gives it to its owner, not in what may be copied elsewhere. */
function hidden(operation: Step['operation']): Step['operation'] {
  const body = operation.request.body as { user?: { password?: string } } | undefined;
  if (body?.user?.password === undefined) return operation;
  return { ...operation, request: { ...operation.request, body: { user: { ...body.user, password: '…' } } } };
}

type PeopleText = ReturnType<typeof useText>['people'];

const shown = ({ steps, now, failed }: { steps: Step[]; now: number; failed: boolean }, text: PeopleText): Shown[] =>
  steps.map((step, index) => ({
    label: 'name' in step ? text.steps[step.kind](step.name) : text.steps[step.kind](step.key.split(' ')[1] ?? ''),
    state: index < now ? 'done' : index > now ? 'later' : failed ? 'failed' : 'now',
  }));

function Result({ made }: { made: Ready }) {
  const { people: text } = useText();
  const lines = made.accounts.map(({ name, password }) => text.invitation(location.origin, name, password));
  return (
    <div className="max-w-3xl space-y-5">
      <p role="status" className="flex items-center gap-3 rounded-lg bg-ok-soft p-4 text-ok">
        <Icon name="check" />
        {text.made(made.name)}
      </p>
      {lines.length > 0 && (
        <Section title={text.passwords}>
          <p className="mb-3 text-sm">{text.passwordsHint}</p>
          <CopyBlock text={lines.join('\n\n')} />
        </Section>
      )}
      <ButtonLink to={`/admin/projects/${made.id}`} look="main">
        {text.toProject}
      </ButtonLink>
    </div>
  );
}
