import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery, type Project } from '../../../api/queries/identity.ts';
import { allQuotasQuery } from '../../../api/queries/operators.ts';
import { useSession } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { ButtonLink } from '../../../parts/button.tsx';
import { StatusBadge } from '../../../parts/states.tsx';
import { nameColumn } from '../../../parts/table/columns.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useBytes } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { deleteProject, listProjects, setProject } from './operations.ts';

/** Every project, and what each uses. */
export default function ProjectsPage() {
  const { people: text, common } = useText();
  const bytes = useBytes();
  const run = useRun();
  const { token } = useSession();
  const quotas = useQuery(allQuotasQuery);
  const uses = useMemo(() => new Map((quotas.data ?? []).map((one) => [one.project.id, one])), [quotas.data]);
  const [failed, setFailed] = useState<unknown>(null);
  // Without it, who does it is shut out.
  const mine = ({ id }: Project) => id === token.project?.id;
  const columns = useMemo<Column<Project>[]>(() => {
    const used = (project: Project, service: 'compute' | 'volume' | 'network', key: string) =>
      uses.get(project.id)?.[service][key]?.used;
    return [
      nameColumn(common, '/admin/projects'),
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
  const setEnabled = (project: Project, enabled: boolean) => {
    setFailed(null);
    run(setProject(project, { enabled }), { kinds: ['projects'], done: text.changed(project.name) }).catch(setFailed);
  };
  return (
    <Page
      title={text.projects}
      actions={
        <ButtonLink icon="plus" to="/admin/projects/new" look="main">
          {text.newProject}
        </ButtonLink>
      }
    >
      <ResourceList<Project>
        label={text.projects}
        query={useQuery(projectsQuery)}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={{ icon: 'people', title: text.noProjects }}
        how={listProjects}
        failed={failed}
        menu={(project) => [
          {
            label: project.enabled ? text.disable : text.enable,
            disabled: mine(project),
            onSelect: () => setEnabled(project, !project.enabled),
          },
        ]}
        removal={{
          words: text.projectRemoval,
          operation: deleteProject,
          kinds: ['projects', 'role-assignments', 'quotas'],
          possible: (project) => !mine(project),
          typed: true,
        }}
      />
    </Page>
  );
}
