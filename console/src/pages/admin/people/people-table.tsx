import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  assignmentsQuery,
  groupsQuery,
  projectsQuery,
  rolesQuery,
  usersQuery,
  type Assignment,
} from '../../../api/queries/identity.ts';
import { useRun } from '../../../how/use-run.ts';
import { Button } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { SelectField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { Menu } from '../../../parts/menu.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { assign, type Actor } from './operations.ts';
import { NameLink } from '../../../parts/name-link.tsx';

type Of = { project: string } | { user: string } | { group: string };

const actorOf = ({ user, group }: Assignment): Actor =>
  group ? { kind: 'group', ...group } : { kind: 'user', id: user?.id ?? '', name: user?.name ?? '' };

/** Who may do what where: of a project its people, of somebody their projects. */
export function Roles({ of, name }: { of: Of; name: string }) {
  const { people: text, common } = useText();
  const run = useRun();
  const { data, error, refetch } = useQuery(assignmentsQuery(of));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Assignment | null>(null);
  const ofProject = 'project' in of;
  const columns = useMemo<Column<Assignment>[]>(
    () => [
      ofProject
        ? {
            id: 'who',
            title: text.who,
            value: (one) => actorOf(one).name,
            cell: (one) => {
              const actor = actorOf(one);
              return <NameLink to={`/admin/${actor.kind}s/${actor.id}`}>{actor.name}</NameLink>;
            },
          }
        : { id: 'where', title: text.where, value: (one) => whereOf(one, text), cell: (one) => <Where one={one} /> },
      ...(ofProject
        ? [{ id: 'kind', title: text.kind, value: (one: Assignment) => text.kinds[actorOf(one).kind] }]
        : []),
      { id: 'role', title: text.role, value: (one) => one.role.name },
      { id: 'means', title: text.means, value: (one) => text.roleTexts[one.role.name] },
    ],
    [text, ofProject],
  );
  const start = (
    <Button icon="plus" look="main" onClick={() => setAdding(true)}>
      {ofProject ? text.addPerson : text.addRole}
    </Button>
  );
  return (
    <>
      <div className="mb-3 flex justify-end">{start}</div>
      <Table
        label={ofProject ? text.peopleOf(name) : text.rolesOf(name)}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(one) => `${one.role.id} ${actorOf(one).id} ${one.scope.project?.id ?? one.scope.domain?.id ?? ''}`}
        columns={columns}
        searchable={(data?.length ?? 0) > 10}
        actions={(one) =>
          one.scope.project && (
            <Menu
              label={common.actionsFor(ofProject ? actorOf(one).name : one.scope.project.name)}
              entries={[{ label: text.takeRole, icon: 'trash', danger: true, onSelect: () => setRemoving(one) }]}
            />
          )
        }
        empty={<EmptyState icon="people" title={ofProject ? text.nobody : text.noRoles} />}
      />
      <AddRole of={of} name={name} open={adding} onClose={() => setAdding(false)} />
      <Confirm
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={text.takeRole}
        action={text.takeRole}
        onConfirm={async () => {
          if (removing?.scope.project === undefined) return;
          const { role, scope } = removing;
          const project = scope.project ?? { id: '', name: '' };
          await run(assign('remove', { actor: actorOf(removing), role, project }), {
            kinds: ['role-assignments'],
            done: text.roleTaken,
          });
        }}
      >
        {removing && (
          <p>{text.takeRoleText(actorOf(removing).name, removing.role.name, removing.scope.project?.name ?? '')}</p>
        )}
      </Confirm>
    </>
  );
}

const whereOf = ({ scope }: Assignment, text: { wholeCloud: string; domainOf: (name: string) => string }) =>
  scope.project?.name ?? (scope.domain ? text.domainOf(scope.domain.name) : text.wholeCloud);

function Where({ one }: { one: Assignment }) {
  const { people: text } = useText();
  const { project } = one.scope;
  if (!project) return whereOf(one, text);
  return <NameLink to={`/admin/projects/${project.id}`}>{project.name}</NameLink>;
}

function AddRole({ of, name, open, onClose }: { of: Of; name: string; open: boolean; onClose: () => void }) {
  const { people: text, common } = useText();
  const run = useRun();
  const roles = useQuery({ ...rolesQuery, enabled: open });
  const users = useQuery({ ...usersQuery, enabled: open && 'project' in of });
  const groups = useQuery({ ...groupsQuery, enabled: open && 'project' in of });
  const projects = useQuery({ ...projectsQuery, enabled: open && !('project' in of) });
  const { field, form, values, busy, error, setValues } = useForm({
    initial: { other: '', role: 'member' },
    validate: ({ other }) => ({ other: other === '' ? text.chooseOne : undefined }),
    async send(sent) {
      await run(operationOf(sent), { kinds: ['role-assignments'], done: text.roleGiven });
      setValues({ other: '', role: 'member' });
      onClose();
    },
  });
  const others =
    'project' in of
      ? [
          ...(users.data ?? []).map((one) => ({ value: `user ${one.id}`, label: one.name })),
          ...(groups.data ?? []).map((one) => ({ value: `group ${one.id}`, label: text.groupCalled(one.name) })),
        ]
      : (projects.data ?? []).map((one) => ({ value: `project ${one.id}`, label: one.name }));
  const operationOf = (sent: { other: string; role: string }) => {
    const [kind = 'user', id = ''] = sent.other.split(' ');
    const label = others.find(({ value }) => value === sent.other)?.label ?? '';
    const role = roles.data?.find((one) => one.name === sent.role) ?? { id: sent.role, name: sent.role };
    if ('project' in of) {
      return assign('add', {
        actor: { kind: kind === 'group' ? 'group' : 'user', id, name: label },
        role,
        project: { id: of.project, name },
      });
    }
    const actor: Actor = 'user' in of ? { kind: 'user', id: of.user, name } : { kind: 'group', id: of.group, name };
    return assign('add', { actor, role, project: { id, name: label } });
  };
  const chosen = text.roleTexts[values.role];
  return (
    <Dialog open={open} onClose={onClose} title={'project' in of ? text.addPerson : text.addRole}>
      <form {...form} className="space-y-4">
        <SelectField
          {...field('other')}
          label={'project' in of ? text.who : text.where}
          placeholder={text.choose}
          options={others}
        />
        <SelectField
          {...field('role')}
          label={text.role}
          {...(chosen !== undefined && { hint: chosen })}
          options={(roles.data ?? []).map((one) => ({ value: one.name, label: one.name }))}
        />
        {error !== null && <ErrorMessage error={error} />}
        <ShowMeHow operations={[operationOf(values)]} />
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
