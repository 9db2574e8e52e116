import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { serverGroupsQuery, serversQuery, type ServerGroup } from '../../api/queries/compute.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ChoiceCards } from '../../parts/form/choice-cards.tsx';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { ResourceList } from '../../parts/table/resource-list.tsx';
import type { Column } from '../../parts/table/table.tsx';
import { useText } from '../../text/index.tsx';
import { createServerGroup, deleteServerGroup, listServerGroups, POLICIES, type Policy } from './operations.ts';
import { nameIn } from '../../parts/format.ts';

export default function ServerGroupsPage() {
  const { serverGroups: text, common } = useText();
  const may = mayChange(useSession());
  const query = useQuery(serverGroupsQuery);
  const servers = useQuery(serversQuery).data;
  const [creating, create] = useState(false);
  const columns = useMemo<Column<ServerGroup>[]>(() => {
    const policy = (group: ServerGroup) => text.policies[group.policy as Policy];
    const members = (group: ServerGroup) => group.members.map((id) => ({ id, name: nameIn(servers, id) }));
    return [
      { id: 'name', title: common.name, value: (group) => group.name },
      { id: 'policy', title: text.policy, value: policy },
      {
        id: 'members',
        title: text.members,
        value: (group) =>
          members(group)
            .map(({ name }) => name)
            .join(' '),
        cell: (group) =>
          group.members.length === 0
            ? common.none
            : members(group).map(({ id, name }) => (
                <Link key={id} to={`/servers/${id}`} className="mr-2 text-accent hover:underline">
                  {name}
                </Link>
              )),
      },
    ];
  }, [text, common, servers]);
  const button = may && (
    <Button icon="plus" look="main" onClick={() => create(true)}>
      {text.create}
    </Button>
  );
  return (
    <Page title={text.title} actions={button}>
      <div className="space-y-6">
        <p className="max-w-prose text-sm text-muted">{text.about}</p>
        <ResourceList<ServerGroup>
          label={text.title}
          query={query}
          columns={columns}
          sort={{ id: 'name', desc: false }}
          empty={{ icon: 'server', title: text.emptyTitle, text: text.emptyText, action: button }}
          how={listServerGroups}
          removal={may && { words: text, operation: deleteServerGroup, kinds: ['server-groups', 'quotas'] }}
        />
      </div>
      {creating && (
        <FormDialog<{ name: string; policy: string }>
          title={text.create}
          description={text.about}
          action={text.create}
          initial={{ name: '', policy: POLICIES[0] }}
          validate={({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined })}
          operations={({ name, policy }) => [createServerGroup(name.trim(), policy as Policy)]}
          kinds={['server-groups', 'quotas']}
          done={({ name }) => text.made(name)}
          onClose={() => create(false)}
        >
          {({ field }) => (
            <>
              <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />
              <ChoiceCards
                {...field('policy')}
                label={text.policy}
                choices={POLICIES.map((value) => ({
                  value,
                  title: text.policies[value],
                  text: text.policyTexts[value],
                }))}
              />
            </>
          )}
        </FormDialog>
      )}
    </Page>
  );
}
