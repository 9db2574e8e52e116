import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery, usersQuery, type User } from '../../../api/queries/identity.ts';
import { useSession } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { StatusBadge } from '../../../parts/states.tsx';
import { nameColumn } from '../../../parts/table/columns.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { useNames } from '../names.ts';
import { NewPassword, NewUser } from './new-password.tsx';
import { deleteUser, listUsers, setUser } from './operations.ts';

/** Everybody with an account. */
export default function UsersPage() {
  const { people: text, common } = useText();
  const run = useRun();
  const { token } = useSession();
  const projects = useNames(projectsQuery);
  const [making, setMaking] = useState(false);
  const [forgot, setForgot] = useState<User | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const mine = (user: User) => user.id === token.user.id;
  const columns = useMemo<Column<User>[]>(
    () => [
      nameColumn(common, '/admin/users'),
      {
        id: 'state',
        title: text.state,
        value: (user) => text.enabledState(user.enabled),
        cell: (user) => <StatusBadge tone={user.enabled ? 'ok' : 'off'}>{text.enabledState(user.enabled)}</StatusBadge>,
      },
      { id: 'email', title: text.email, value: (user) => user.email },
      { id: 'project', title: text.mainProject, value: (user) => projects(user.default_project_id ?? null) },
      { id: 'description', title: common.description, value: (user) => user.description, hidden: true },
      { id: 'domain', title: text.domain, value: (user) => user.domain_id, hidden: true },
      { id: 'id', title: common.id, value: (user) => user.id, hidden: true },
    ],
    [text, common, projects],
  );
  const setAll = (users: readonly User[], enabled: boolean) => {
    setFailed(null);
    run(
      users.map((user) => setUser(user, { enabled })),
      { kinds: ['users'], done: text.changed(users.map(({ name }) => name).join(', ')) },
    ).catch(setFailed);
  };
  return (
    <Page
      title={text.users}
      actions={
        <Button icon="plus" look="main" onClick={() => setMaking(true)}>
          {text.newUser}
        </Button>
      }
    >
      <ResourceList<User>
        label={text.users}
        query={useQuery(usersQuery)}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={{ icon: 'people', title: text.noUsers }}
        how={listUsers}
        failed={failed}
        bulk={[{ label: text.disable, enabled: (those) => !those.some(mine), onRun: (those) => setAll(those, false) }]}
        menu={(user) => [
          { label: text.newPassword, icon: 'key', onSelect: () => setForgot(user) },
          {
            label: user.enabled ? text.disable : text.enable,
            disabled: mine(user),
            onSelect: () => setAll([user], !user.enabled),
          },
        ]}
        removal={{
          words: text.userRemoval,
          operation: deleteUser,
          kinds: ['users', 'role-assignments'],
          possible: (user) => !mine(user),
        }}
      />
      <NewUser open={making} onClose={() => setMaking(false)} />
      <NewPassword user={forgot} onClose={() => setForgot(null)} />
    </Page>
  );
}
