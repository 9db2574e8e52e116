import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { portsQuery, securityGroupsQuery, type SecurityGroup } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Table, type Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { GroupForm, RemoveGroups } from './group-dialogs.tsx';
import { listSecurityGroups } from './operations.ts';
import { sentences } from './sentence.ts';
import { NameLink } from '../../parts/name-link.tsx';

export default function SecurityGroupsPage() {
  const { securityGroups: text, common } = useText();
  const session = useSession();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(securityGroupsQuery);
  const ports = useQuery(portsQuery).data;
  const [creating, create] = useState(false);
  const [removed, remove] = useState<readonly SecurityGroup[]>([]);
  const project = session.token.project?.id;
  // An administrator's list holds every project's.
  const rows = useMemo(() => data?.filter((one) => one.project_id === project || one.shared === true), [data, project]);
  const columns = useMemo<Column<SecurityGroup>[]>(() => {
    const servers = (group: SecurityGroup) =>
      new Set(
        ports
          ?.filter((port) => port.device_owner.startsWith('compute:') && port.security_groups.includes(group.id))
          .map((port) => port.device_id),
      ).size;
    const said = (group: SecurityGroup) =>
      sentences(group.security_group_rules, { words: text.sentence, groupName: (id) => id, own: group.id }).length;
    return [
      {
        id: 'name',
        title: common.name,
        value: (group) => group.name,
        cell: (group) => <NameLink to={`/security-groups/${group.id}`}>{group.name}</NameLink>,
      },
      { id: 'description', title: common.description, value: (group) => group.description },
      { id: 'rules', title: text.rules, value: said, numeric: true },
      {
        id: 'servers',
        title: text.usedBy,
        value: servers,
        cell: (group) => (servers(group) === 0 ? text.unused : text.servers(servers(group))),
      },
    ];
  }, [text, common, ports]);
  const may = mayChange(session);
  const button = may && (
    <Button icon="plus" look="main" onClick={() => create(true)}>
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} actions={button}>
      <div className="space-y-6">
        <Table<SecurityGroup>
          label={text.title}
          rows={rows}
          error={error}
          onRetry={() => void refetch()}
          rowKey={({ id }) => id}
          columns={columns}
          sort={{ id: 'name', desc: false }}
          empty={
            <EmptyState icon="shield" title={text.emptyTitle} action={button}>
              {text.emptyText}
            </EmptyState>
          }
          {...(may && {
            bulk: [
              {
                label: text.remove,
                icon: 'trash',
                danger: true,
                enabled: (groups) => groups.every(({ name }) => name !== 'default'),
                onRun: remove,
              },
            ],
          })}
        />
        <ShowMeHow operations={[listSecurityGroups]} />
      </div>
      {creating && <GroupForm onClose={() => create(false)} onMade={(id) => void navigate(`/security-groups/${id}`)} />}
      {removed.length > 0 && <RemoveGroups groups={removed} onClose={() => remove([])} />}
    </Page>
  );
}
