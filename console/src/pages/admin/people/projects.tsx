import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery, type Project } from '../../../api/queries/identity.ts';
import { allQuotasQuery } from '../../../api/queries/operators.ts';
import { useSession } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { ButtonLink } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Menu } from '../../../parts/menu.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, StatusBadge } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { useBytes } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { deleteProject, listProjects, setProject } from './operations.ts';
import { NameLink } from '../../../parts/name-link.tsx';

/** Every project, and what each uses. */
export default function ProjectsPage() {
  const { people: text, common } = useText();
  const bytes = useBytes();
  const run = useRun();
  const { token } = useSession();
  const { data, error, refetch } = useQuery(projectsQuery);
  const quotas = useQuery(allQuotasQuery);
  const uses = useMemo(() => new Map((quotas.data ?? []).map((one) => [one.project.id, one])), [quotas.data]);
  const [deleting, setDeleting] = useState<Project | null>(null);
  const columns = useMemo<Column<Project>[]>(() => {
    const used = (project: Project, service: 'compute' | 'volume' | 'network', key: string) =>
      uses.get(project.id)?.[service][key]?.used;
    return [
      {
        id: 'name',
        title: text.project,
        value: (project) => project.name,
        cell: (project) => <NameLink to={`/admin/projects/${project.id}`}>{project.name}</NameLink>,
      },
      { id: 'description', title: common.description, value: (project) => project.description },
      {
        id: 'state',
        title: text.state,
        value: (project) => text.enabledState(project.enabled),
        cell: (project) => (
          <StatusBadge tone={project.enabled ? 'ok' : 'off'}>{text.enabledState(project.enabled)}</StatusBadge>
        ),
      },
      {
        id: 'servers',
        title: text.quotas['instances'] ?? '',
        value: (project) => used(project, 'compute', 'instances'),
        numeric: true,
      },
      {
        id: 'cores',
        title: text.quotas['cores'] ?? '',
        value: (project) => used(project, 'compute', 'cores'),
        numeric: true,
      },
      {
        id: 'memory',
        title: text.quotas['ram'] ?? '',
        value: (project) => used(project, 'compute', 'ram'),
        cell: (project) => {
          const mib = used(project, 'compute', 'ram');
          return mib === undefined ? '' : bytes(mib * 2 ** 20);
        },
        numeric: true,
      },
      {
        id: 'volumes',
        title: text.quotas['gigabytes'] ?? '',
        value: (project) => used(project, 'volume', 'gigabytes'),
        cell: (project) => {
          const gib = used(project, 'volume', 'gigabytes');
          return gib === undefined ? '' : bytes(gib * 2 ** 30);
        },
        numeric: true,
        hidden: true,
      },
      { id: 'id', title: common.id, value: (project) => project.id, hidden: true },
    ];
  }, [text, common, bytes, uses]);
  return (
    <Page
      title={text.projects}
      actions={
        <ButtonLink icon="plus" to="/admin/projects/new" look="main">
          {text.newProject}
        </ButtonLink>
      }
    >
      <Table
        label={text.projects}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(project) => project.id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        actions={(project) => (
          <Menu
            label={`${text.actionsFor} ${project.name}`}
            entries={[
              {
                label: project.enabled ? text.disable : text.enable,
                // It would shut out who does it.
                disabled: project.id === token.project?.id,
                onSelect: () =>
                  void run(setProject(project, { enabled: !project.enabled }), {
                    kinds: ['projects'],
                    done: text.changed(project.name),
                  }),
              },
              {
                label: common.delete,
                icon: 'trash',
                danger: true,
                disabled: project.id === token.project?.id,
                onSelect: () => setDeleting(project),
              },
            ]}
          />
        )}
        empty={<EmptyState icon="people" title={text.noProjects} />}
      />
      <div className="mt-4">
        <ShowMeHow operations={[listProjects]} />
      </div>
      <Confirm
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={text.deleteProject}
        action={text.deleteProject}
        {...(deleting && { typed: deleting.name })}
        onConfirm={async () => {
          if (deleting === null) return;
          await run(deleteProject(deleting), {
            kinds: ['projects', 'role-assignments', 'quotas'],
            done: text.deleted(deleting.name),
          });
        }}
      >
        <p>{text.deleteProjectText}</p>
      </Confirm>
    </Page>
  );
}
