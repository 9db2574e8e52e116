import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { rolesQuery, type Role } from '../../../api/queries/identity.ts';
import { Page } from '../../../layout/page.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { listRoles } from './operations.ts';

/** What roles there are and what each may do. */
export default function RolesPage() {
  const { people: text, common } = useText();
  const { data, error, refetch } = useQuery(rolesQuery);
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
      <Table
        label={text.roles}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(role) => role.id}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={<EmptyState icon="people" title={text.noRoles} />}
      />
      <div className="mt-4">
        <ShowMeHow operations={[listRoles]} />
      </div>
    </Page>
  );
}
