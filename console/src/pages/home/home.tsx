import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { computeLimitsQuery, serversQuery } from '../../api/queries/compute.ts';
import { useSession } from '../../api/session.ts';
import { Page, Section } from '../../layout/page.tsx';
import { ButtonLink } from '../../parts/button.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { EmptyState, Loading, QuotaBar } from '../../parts/states.tsx';
import { Ago, useBytes, useNumber } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { ServerStatus } from '../servers/status.tsx';

/** What there is and how much of it is left; for a new project, the way to its first server. */
export default function HomePage() {
  const { home, layout } = useText();
  const session = useSession();
  const { user, project } = session.token;
  return (
    <Page title={project?.name ?? home.hello(user.name)}>
      {project ? <ProjectOverview /> : <EmptyState icon="people" title={layout.noProject} />}
    </Page>
  );
}

function ProjectOverview() {
  const { home } = useText();
  const servers = useQuery(serversQuery);
  if (servers.data === undefined) {
    return servers.error === null ? <Loading /> : <ErrorMessage error={servers.error} />;
  }
  const newest = servers.data.toSorted((a, b) => b.created.localeCompare(a.created)).slice(0, 6);
  return (
    <div className="grid gap-6 lg:grid-cols-[2fr_1fr]">
      {newest.length === 0 ? (
        <EmptyState
          icon="server"
          title={home.firstTitle}
          action={
            <ButtonLink to="/servers/new" look="main">
              {home.firstAction}
            </ButtonLink>
          }
        >
          {home.firstText}
        </EmptyState>
      ) : (
        <Section title={home.recent} actions={<ButtonLink to="/servers/new">{home.firstAction}</ButtonLink>}>
          <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
            {newest.map((server) => (
              <li key={server.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
                <Link
                  to={`/servers/${server.id}`}
                  className="min-w-0 flex-1 truncate font-medium text-accent hover:underline"
                >
                  {server.name}
                </Link>
                <span className="text-muted">
                  <Ago at={server.created} />
                </span>
                <ServerStatus server={server} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Quotas />
    </div>
  );
}

function Quotas() {
  const { home } = useText();
  const bytes = useBytes();
  const number = useNumber();
  const { data, error } = useQuery(computeLimitsQuery);
  if (data === undefined) return error === null ? <Loading /> : <ErrorMessage error={error} />;
  const { absolute: limits } = data;
  return (
    <Section title={home.quotas}>
      <div className="space-y-4 rounded-lg border border-line bg-surface p-4">
        <QuotaBar
          label={home.servers}
          used={limits.totalInstancesUsed}
          limit={limits.maxTotalInstances}
          format={number}
        />
        <QuotaBar label={home.cores} used={limits.totalCoresUsed} limit={limits.maxTotalCores} format={number} />
        <QuotaBar
          label={home.memory}
          used={limits.totalRAMUsed}
          limit={limits.maxTotalRAMSize}
          format={(mebibytes) => bytes(mebibytes * 2 ** 20)}
        />
      </div>
    </Section>
  );
}
