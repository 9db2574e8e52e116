import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { groupsQuery, type Group } from '../../../api/queries/identity.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { Menu } from '../../../parts/menu.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { createGroup, deleteGroup, listGroups } from './operations.ts';
import { NameLink } from '../../../parts/name-link.tsx';

/** Groups: a role that a group has, all its members have. */
export default function GroupsPage() {
  const { people: text, common } = useText();
  const run = useRun();
  const { data, error, refetch } = useQuery(groupsQuery);
  const [making, setMaking] = useState(false);
  const [deleting, setDeleting] = useState<Group | null>(null);
  const columns = useMemo<Column<Group>[]>(
    () => [
      {
        id: 'name',
        title: common.name,
        value: (group) => group.name,
        cell: (group) => <NameLink to={`/admin/groups/${group.id}`}>{group.name}</NameLink>,
      },
      { id: 'description', title: common.description, value: (group) => group.description },
      { id: 'id', title: common.id, value: (group) => group.id, hidden: true },
    ],
    [common],
  );
  const start = (
    <Button icon="plus" look="main" onClick={() => setMaking(true)}>
      {text.newGroup}
    </Button>
  );
  return (
    <Page title={text.groups} actions={start}>
      <Table
        label={text.groups}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(group) => group.id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        actions={(group) => (
          <Menu
            label={`${text.actionsFor} ${group.name}`}
            entries={[{ label: common.delete, icon: 'trash', danger: true, onSelect: () => setDeleting(group) }]}
          />
        )}
        empty={
          <EmptyState icon="people" title={text.noGroups}>
            {text.noGroupsText}
          </EmptyState>
        }
      />
      <div className="mt-4">
        <ShowMeHow operations={[listGroups]} />
      </div>
      <NewGroup open={making} onClose={() => setMaking(false)} />
      <Confirm
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        title={text.deleteGroup}
        action={text.deleteGroup}
        onConfirm={async () => {
          if (deleting === null) return;
          await run(deleteGroup(deleting), {
            kinds: ['groups', 'role-assignments'],
            done: text.deleted(deleting.name),
          });
        }}
      >
        <p>{text.deleteGroupText(deleting?.name ?? '')}</p>
      </Confirm>
    </Page>
  );
}

function NewGroup({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { people: text, common } = useText();
  const run = useRun();
  const { field, form, values, busy, error, setValues } = useForm({
    initial: { name: '', description: '' },
    validate: ({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined }),
    async send(sent) {
      await run(createGroup(sent), { kinds: ['groups'], done: text.changed(sent.name) });
      setValues({ name: '', description: '' });
      onClose();
    },
  });
  return (
    <Dialog open={open} onClose={onClose} title={text.newGroup}>
      <form {...form} className="space-y-4">
        <TextField {...field('name')} label={common.name} autoComplete="off" />
        <TextField {...field('description')} label={common.description} optional autoComplete="off" />
        {error !== null && <ErrorMessage error={error} />}
        <ShowMeHow operations={[createGroup(values)]} />
        <Buttons>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="main" busy={busy}>
            {common.create}
          </Button>
        </Buttons>
      </form>
    </Dialog>
  );
}
