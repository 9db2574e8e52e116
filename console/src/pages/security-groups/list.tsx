import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { portsQuery, securityGroupsQuery, type SecurityGroup } from '../../api/queries/network.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { nameColumn } from '../../parts/table/columns.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { GroupForm } from './group-form.tsx';
import { listSecurityGroups, securityGroupRemoval } from './operations.ts';
import { sentences } from './sentence.ts';

export default function SecurityGroupsPage() {
  const { securityGroups: text, common } = useText();
  const session = useSession();
  const navigate = useNavigate();
  const query = useQuery(securityGroupsQuery);
  const ports = useQuery(portsQuery).data;
  const [creating, create] = useState(false);
  const project = session.token.project?.id;
  // An administrator's list holds every project's.
  const rows = useMemo(
    () => query.data?.filter((one) => one.project_id === project || one.shared === true),
    [query.data, project],
  );
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
      nameColumn(common, '/security-groups'),
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
      <ResourceList<SecurityGroup>
        label={text.title}
        query={query}
        rows={rows}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={{ icon: 'shield', title: text.emptyTitle, text: text.emptyText, action: button }}
        how={listSecurityGroups}
        removal={may && { ...securityGroupRemoval, words: text, possible: ({ name }) => name !== 'default' }}
      />
      {creating && <GroupForm onClose={() => create(false)} onMade={(id) => void navigate(`/security-groups/${id}`)} />}
    </Page>
  );
}
