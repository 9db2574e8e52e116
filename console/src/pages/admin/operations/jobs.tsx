import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { projectsQuery, usersQuery } from '../../../api/queries/identity.ts';
import { jobsQuery, type Job } from '../../../api/queries/operators.ts';
import { Page } from '../../../layout/page.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, StatusBadge } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { Ago } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { useNames } from '../names.ts';
import { listJobs } from './operations.ts';
import { NameLink } from '../../../parts/name-link.tsx';

/** Kinds of things that have a page of their own. */
const LINKED = new Set(['servers', 'images', 'volumes', 'snapshots']);

/** What was asked for and is not done yet, what takes longest first. */
export default function JobsPage() {
  const { operations: text } = useText();
  const { data, error, refetch } = useQuery(jobsQuery);
  const projects = useNames(projectsQuery);
  const users = useNames(usersQuery);
  const columns = useMemo<Column<Job>[]>(
    () => [
      {
        id: 'what',
        title: text.what,
        value: (job) => `${text.jobKinds[job.kind] ?? job.kind} ${job.name ?? job.id}`,
        cell: (job) => {
          const label = `${text.jobKinds[job.kind] ?? job.kind} ${job.name ?? job.id}`;
          if (!LINKED.has(job.kind)) return label;
          return <NameLink to={`/${job.kind}/${job.id}`}>{label}</NameLink>;
        },
      },
      { id: 'doing', title: text.doing, value: (job) => text.doings[job.doing] ?? job.doing },
      {
        id: 'state',
        title: text.state,
        value: (job) => text.late(job.late),
        cell: (job) => <StatusBadge tone={job.late ? 'warn' : 'busy'}>{text.late(job.late)}</StatusBadge>,
      },
      { id: 'since', title: text.since, value: (job) => job.since, cell: (job) => <Ago at={job.since} /> },
      { id: 'host', title: text.host, value: (job) => job.host },
      { id: 'project', title: text.project, value: (job) => projects(job.project_id) },
      { id: 'user', title: text.user, value: (job) => users(job.user_id) },
      { id: 'request', title: text.request, value: (job) => job.request_id, hidden: true },
    ],
    [text, projects, users],
  );
  return (
    <Page title={text.jobs}>
      <Table
        label={text.jobs}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(job) => `${job.kind} ${job.id}`}
        columns={columns}
        sort={{ id: 'since', desc: false }}
        empty={
          <EmptyState icon="check" title={text.noJobs}>
            {text.noJobsText}
          </EmptyState>
        }
      />
      <div className="mt-4">
        <ShowMeHow operations={[listJobs]} />
      </div>
    </Page>
  );
}
