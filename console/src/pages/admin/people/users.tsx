import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { projectsQuery, usersQuery, type User } from '../../../api/queries/identity.ts';
import { useSession } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Menu } from '../../../parts/menu.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, StatusBadge } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { useNames } from '../names.ts';
import { NewPassword, NewUser } from './new-password.tsx';
import { deleteUser, listUsers, setUser } from './operations.ts';
import { NameLink } from '../../../parts/name-link.tsx';

/** Everybody with an account. */
export default function UsersPage() {
  const { people: text, common } = useText();
  const run = useRun();
  const { token } = useSession();
  const { data, error, refetch } = useQuery(usersQuery);
  const projects = useNames(projectsQuery);
  const [making, setMaking] = useState(false);
  const [forgot, setForgot] = useState<User | null>(null);
  const [deleting, setDeleting] = useState<readonly User[]>([]);
  const mine = (user: User) => user.id === token.user.id;
  const columns = useMemo<Column<User>[]>(
    () => [
      {
        id: 'name',
        title: common.name,
        value: (user) => user.name,
        cell: (user) => <NameLink to={`/admin/users/${user.id}`}>{user.name}</NameLink>,
      },
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
  const setAll = (users: readonly User[], enabled: boolean) =>
    void run(
      users.map((user) => setUser(user, { enabled })),
      { kinds: ['users'], done: text.changed(users.map(({ name }) => name).join(', ')) },
    );
  return (
    <Page
      title={text.users}
      actions={
        <Button icon="plus" look="main" onClick={() => setMaking(true)}>
          {text.newUser}
        </Button>
      }
    >
      <Table
        label={text.users}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(user) => user.id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        bulk={[
          { label: text.disable, enabled: (those) => !those.some(mine), onRun: (those) => setAll(those, false) },
          {
            label: common.delete,
            icon: 'trash',
            danger: true,
            enabled: (those) => !those.some(mine),
            onRun: setDeleting,
          },
        ]}
        actions={(user) => (
          <Menu
            label={`${text.actionsFor} ${user.name}`}
            entries={[
              { label: text.newPassword, icon: 'key', onSelect: () => setForgot(user) },
              {
                label: user.enabled ? text.disable : text.enable,
                disabled: mine(user),
                onSelect: () => setAll([user], !user.enabled),
              },
              {
                label: common.delete,
                icon: 'trash',
                danger: true,
                disabled: mine(user),
                onSelect: () => setDeleting([user]),
              },
            ]}
          />
        )}
        empty={<EmptyState icon="people" title={text.noUsers} />}
      />
      <div className="mt-4">
        <ShowMeHow operations={[listUsers]} />
      </div>
      <NewUser open={making} onClose={() => setMaking(false)} />
      <NewPassword user={forgot} onClose={() => setForgot(null)} />
      <Confirm
        open={deleting.length > 0}
        onClose={() => setDeleting([])}
        title={text.deleteUsers(deleting.length)}
        action={text.deleteUsers(deleting.length)}
        onConfirm={() =>
          run(deleting.map(deleteUser), {
            kinds: ['users', 'role-assignments'],
            done: text.deleted(deleting.map(({ name }) => name).join(', ')),
          })
        }
      >
        <p>{deleting.map(({ name }) => name).join(', ')}</p>
        <p>{text.deleteUsersText}</p>
      </Confirm>
    </Page>
  );
}
