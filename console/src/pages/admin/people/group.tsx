import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { groupQuery, groupUsersQuery, usersQuery, type Group, type User } from '../../../api/queries/identity.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page, Section } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { ConfirmOperations } from '../../../parts/confirm-operations.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { SelectField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { nameColumn } from '../../../parts/table/columns.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { addToGroup, listAssignments, removeFromGroup } from './operations.ts';
import { Roles } from './people-table.tsx';
import { Awaited } from '../../../parts/awaited.tsx';

/** A group: its members, and what they may do where. */
export default function GroupPage() {
  const { people: text } = useText();
  const { id = '' } = useParams();
  const { data: group, error, refetch } = useQuery(groupQuery(id));
  const up = { to: '/admin/groups', label: text.groups };
  if (group === undefined) {
    return (
      <Page title={text.groupWord} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page title={group.name} up={up}>
      {group.description && <p className="-mt-3 mb-4 text-muted">{group.description}</p>}
      <Members group={group} />
      <Section title={text.mayWhat}>
        <Roles of={{ group: id }} name={group.name} />
      </Section>
      <ShowMeHow operations={[listAssignments({ group: id })]} />
    </Page>
  );
}

function Members({ group }: { group: Group }) {
  const { people: text, common } = useText();
  const { data, error, refetch } = useQuery(groupUsersQuery(group.id));
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<readonly User[] | null>(null);
  const columns = useMemo<Column<User>[]>(
    () => [nameColumn(common, '/admin/users'), { id: 'email', title: text.email, value: (user) => user.email }],
    [common, text],
  );
  const start = (
    <Button icon="plus" onClick={() => setAdding(true)}>
      {text.addMember}
    </Button>
  );
  return (
    <Section title={text.members} actions={start}>
      <Table
        label={text.members}
        name="members-"
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(user) => user.id}
        columns={columns}
        searchable={(data?.length ?? 0) > 10}
        bulk={[
          {
            label: text.removeMember,
            danger: true,
            onRun: setLeaving,
          },
        ]}
        empty={<EmptyState icon="people" title={text.noMembers} />}
      />
      {leaving && (
        <ConfirmOperations
          title={text.removeMembers(group.name)}
          action={text.removeMember}
          names={leaving.map(({ name }) => name)}
          operations={leaving.map((user) => removeFromGroup(group, user))}
          kinds={['groups']}
          done={text.changed(group.name)}
          onClose={() => setLeaving(null)}
        >
          {text.removeMembersText}
        </ConfirmOperations>
      )}
      <AddMember group={group} members={data ?? []} open={adding} onClose={() => setAdding(false)} />
    </Section>
  );
}

function AddMember({
  group,
  members,
  open,
  onClose,
}: {
  group: Group;
  members: readonly User[];
  open: boolean;
  onClose: () => void;
}) {
  const { people: text, common } = useText();
  const run = useRun();
  const users = useQuery({ ...usersQuery, enabled: open });
  const there = new Set(members.map(({ id }) => id));
  const userOf = (id: string) => users.data?.find((one) => one.id === id) ?? { id, name: '' };
  const { field, form, values, busy, error, setValues } = useForm({
    initial: { user: '' },
    validate: ({ user }) => ({ user: user === '' ? text.chooseOne : undefined }),
    async send({ user }) {
      await run(addToGroup(group, userOf(user)), { kinds: ['groups'], done: text.changed(group.name) });
      setValues({ user: '' });
      onClose();
    },
  });
  return (
    <Dialog open={open} onClose={onClose} title={text.addMember}>
      <form {...form} className="space-y-4">
        <SelectField
          {...field('user')}
          label={text.user}
          placeholder={text.choose}
          options={(users.data ?? [])
            .filter(({ id }) => !there.has(id))
            .map(({ id, name }) => ({ value: id, label: name }))}
        />
        {error !== null && <ErrorMessage error={error} />}
        <ShowMeHow operations={[addToGroup(group, userOf(values.user))]} />
        <Buttons>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="main" busy={busy}>
            {common.add}
          </Button>
        </Buttons>
      </form>
    </Dialog>
  );
}
