import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { identityProvidersQuery, type IdentityProvider } from '../../../api/queries/federation.ts';
import { Page } from '../../../layout/page.tsx';
import { ButtonLink } from '../../../parts/button.tsx';
import { NameLink } from '../../../parts/name-link.tsx';
import { StatusBadge } from '../../../parts/states.tsx';
import { ResourceList } from '../../../parts/table/resource-list.tsx';
import type { Column } from '../../../parts/table/table.tsx';
import { useText } from '../../../text/index.tsx';
import { listProviders } from './operations.ts';
import { providerName } from './provider-name.ts';

/** Where people have the accounts that they sign in with. */
export default function IdentityProvidersPage() {
  const { identityProviders: text, people, common } = useText();
  const columns = useMemo<Column<IdentityProvider>[]>(
    () => [
      {
        id: 'name',
        title: common.name,
        value: providerName,
        cell: (one) => <NameLink to={`/admin/identity-providers/${one.id}`}>{providerName(one)}</NameLink>,
      },
      {
        id: 'state',
        title: people.state,
        value: (one) => people.enabledState(one.enabled),
        cell: (one) => <StatusBadge tone={one.enabled ? 'ok' : 'off'}>{people.enabledState(one.enabled)}</StatusBadge>,
      },
      { id: 'issuer', title: text.issuer, value: (one) => one.remote_ids.join(', ') },
      { id: 'id', title: common.id, value: (one) => one.id, hidden: true },
    ],
    [text, people, common],
  );
  const start = (
    <ButtonLink icon="plus" look="main" to="/admin/identity-providers/new">
      {text.add}
    </ButtonLink>
  );
  return (
    <Page title={text.title} actions={start}>
      <p className="mb-5 max-w-prose text-sm text-muted">{text.intro}</p>
      <ResourceList<IdentityProvider>
        label={text.title}
        query={useQuery(identityProvidersQuery)}
        columns={columns}
        sort={{ id: 'name', desc: false }}
        empty={{ icon: 'key', title: text.none, text: text.noneText, action: start }}
        how={listProviders}
      />
    </Page>
  );
}
