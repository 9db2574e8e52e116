import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { projectQuery, type Project } from '../../../api/queries/identity.ts';
import { projectQuotasQuery, type ProjectQuotas } from '../../../api/queries/operators.ts';
import { useSession, useSessionChanges } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Facts, Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { NumberField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { QuotaBar, StatusBadge } from '../../../parts/states.tsx';
import { Tabs } from '../../../parts/tabs.tsx';
import { useBytes, useNumber } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { listAssignments, makeNetwork } from './operations.ts';
import { Roles } from './people-table.tsx';
import { QUOTAS, quotaOperations, limitAndUse, type Limits } from './quotas.ts';
import { Awaited } from '../../../parts/awaited.tsx';

/** A project: its people, what it may have, and its network. */
export default function ProjectPage() {
  const { people: text } = useText();
  const { id = '' } = useParams();
  const { data: project, error, refetch } = useQuery(projectQuery(id));
  const up = { to: '/admin/projects', label: text.projects };
  if (project === undefined) {
    return (
      <Page title={text.project} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={project.name}
      up={up}
      badge={<StatusBadge tone={project.enabled ? 'ok' : 'off'}>{text.enabledState(project.enabled)}</StatusBadge>}
      actions={<Enter project={project} />}
    >
      {project.description && <p className="-mt-3 mb-4 text-muted">{project.description}</p>}
      <Tabs
        label={project.name}
        tabs={[
          {
            id: 'people',
            label: text.people,
            content: () => (
              <div className="space-y-4">
                <Roles of={{ project: id }} name={project.name} />
                <ShowMeHow operations={[listAssignments({ project: id })]} />
              </div>
            ),
          },
          { id: 'quotas', label: text.limits, content: () => <Quotas project={project} /> },
          { id: 'about', label: text.about, content: () => <About project={project} /> },
        ]}
      />
    </Page>
  );
}

/** Into the project, for who has a role in it: everything else of it is there. */
function Enter({ project }: { project: Project }) {
  const { people: text } = useText();
  const session = useSession();
  const { switchTo } = useSessionChanges();
  if (session.token.project?.id === project.id || !session.projects.some(({ id }) => id === project.id)) return null;
  return <Button onClick={() => void switchTo({ project: { id: project.id } })}>{text.enter}</Button>;
}

function Quotas({ project }: { project: Project }) {
  const { data, error, refetch } = useQuery(projectQuotasQuery(project.id));
  const [one] = data ?? [];
  if (one === undefined) {
    return <Awaited error={error} onRetry={() => void refetch()} />;
  }
  // A form begins with the limits as they are: begun anew when somebody else changes them.
  const limits = QUOTAS.map((quota) => limitAndUse(one, quota).limit).join();
  return <QuotasForm key={limits} project={project} quotas={one} />;
}

function QuotasForm({ project, quotas }: { project: Project; quotas: ProjectQuotas }) {
  const { people: text, common } = useText();
  const run = useRun();
  const bytes = useBytes();
  const number = useNumber();
  const initial = useMemo(
    () => Object.fromEntries(QUOTAS.map((quota) => [quota.key, limitAndUse(quotas, quota).limit])),
    [quotas],
  );
  const changed = (values: Limits): Limits =>
    Object.fromEntries(Object.entries(values).filter(([key, value]) => value !== null && value !== initial[key]));
  const { form, values, set, busy, error } = useForm<Record<string, number | null>>({
    initial,
    validate: (given) =>
      Object.fromEntries(QUOTAS.map(({ key }) => [key, (given[key] ?? 0) < -1 ? text.limitWrong : undefined])),
    async send(sent) {
      await run(quotaOperations(project, changed(sent)), { kinds: ['quotas'], done: text.limitsChanged });
    },
  });
  const format = { number, MiB: (n: number) => bytes(n * 2 ** 20), GiB: (n: number) => bytes(n * 2 ** 30) };
  const operations = quotaOperations(project, changed(values));
  return (
    <form {...form} className="space-y-4">
      <p className="text-sm text-muted">{text.limitsHint2}</p>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {QUOTAS.map((quota) => {
          const { key, unit } = quota;
          const label = text.quotas[key] ?? key;
          return (
            <div key={key} className="space-y-3 rounded-lg border border-line bg-surface p-4">
              <QuotaBar
                label={label}
                used={limitAndUse(quotas, quota).used}
                limit={values[key] ?? -1}
                format={format[unit]}
              />
              <NumberField
                label={text.limitOf(label)}
                min={-1}
                value={values[key] ?? null}
                onChange={(value) => set(key, value)}
                {...((values[key] ?? 0) < -1 && { error: text.limitWrong })}
                {...(unit !== 'number' && { unit: common.units[unit === 'MiB' ? 2 : 3] ?? '' })}
              />
            </div>
          );
        })}
      </div>
      {error !== null && <ErrorMessage error={error} />}
      <Button type="submit" look="main" busy={busy} disabled={operations.length === 0}>
        {common.save}
      </Button>
      {operations.length > 0 && <ShowMeHow operations={operations} />}
    </form>
  );
}

function About({ project }: { project: Project }) {
  const { people: text, common } = useText();
  const run = useRun();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const make = async () => {
    setBusy(true);
    setFailed(null);
    await run(makeNetwork(project), { kinds: ['networks'], done: text.networkMade }).catch(setFailed);
    setBusy(false);
  };
  return (
    <div className="space-y-4">
      <Facts
        facts={[
          [common.id, <CopyText key="id" text={project.id} />],
          [common.description, project.description ?? '–'],
          [text.domain, project.domain_id],
        ]}
      />
      <p className="text-sm">{text.networkText}</p>
      {failed !== null && <ErrorMessage error={failed} />}
      <Button busy={busy} onClick={() => void make()}>
        {text.makeNetwork}
      </Button>
      <ShowMeHow operations={[makeNetwork(project)]} />
    </div>
  );
}
