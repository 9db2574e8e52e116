import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { groupsQuery, type Group } from '../../../api/queries/identity.ts';
import { useRun } from '../../../how/use-run.ts';
import { Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { TextField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { nameColumn } from '../../../parts/table/columns.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { createGroup, deleteGroup, listGroups } from './operations.ts';

/** Groups: a role that a group has, all its members have. */
export default function GroupsPage() {
  const { people: text, common } = useText();
  const [making, setMaking] = useState(false);
  const columns = useMemo<Column<Group>[]>(
    () => [
      nameColumn(common, '/admin/groups'),
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
      <ResourceList<Group>
        label={text.groups}
        query={useQuery(groupsQuery)}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={{ icon: 'people', title: text.noGroups, text: text.noGroupsText }}
        how={listGroups}
        removal={{ words: text.groupRemoval, operation: deleteGroup, kinds: ['groups', 'role-assignments'] }}
      />
      <NewGroup open={making} onClose={() => setMaking(false)} />
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
