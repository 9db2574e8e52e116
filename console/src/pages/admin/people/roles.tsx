import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { rolesQuery, type Role } from '../../../api/queries/identity.ts';
import { Page } from '../../../layout/page.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { listRoles } from './operations.ts';

/** What roles there are and what each may do. */
export default function RolesPage() {
  const { people: text, common } = useText();
  const columns = useMemo<Column<Role>[]>(
    () => [
      { id: 'name', title: common.name, value: (role) => role.name },
      {
        id: 'means',
        title: text.means,
        value: (role) => text.roleTexts[role.name] ?? role.description ?? text.roleUnknown,
        className: 'max-w-none',
      },
      { id: 'id', title: common.id, value: (role) => role.id, hidden: true },
    ],
    [text, common],
  );
  return (
    <Page title={text.roles}>
      <p className="mb-4 text-sm text-muted">{text.rolesText}</p>
      <ResourceList<Role>
        label={text.roles}
        query={useQuery(rolesQuery)}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={{ icon: 'people', title: text.noRoles }}
        how={listRoles}
      />
    </Page>
  );
}
