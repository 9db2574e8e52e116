import { useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { projectsQuery, usersQuery } from '../../../api/queries/identity.ts';
import type { AuditEvent } from '../../../api/queries/operators.ts';
import type { Answers } from '../../../api/openapi/index.ts';
import { send } from '../../../api/send.ts';
import { Facts, Page } from '../../../layout/page.tsx';
import { Button } from '../../../parts/button.tsx';
import { CopyBlock, CopyText } from '../../../parts/copy-text.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, StatusBadge } from '../../../parts/states.tsx';
import { Table, type Column } from '../../../parts/table/table.tsx';
import { DateTime } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { useNames } from '../names.ts';
import { AuditFilters } from './audit-filters.tsx';
import { searchAudit, type AuditSearch } from './operations.ts';

type Answer = Answers['GET /audit/v1/events'];

/** What the address says that is searched for. */
const searchOf = (params: URLSearchParams): AuditSearch => ({
  operation: params.get('operation') ?? '',
  user: params.get('user') ?? '',
  project: params.get('project') ?? '',
  target: params.get('target') ?? '',
  outcome: params.get('outcome') === 'refused' ? 'refused' : params.get('outcome') === 'done' ? 'done' : '',
  since: params.get('since') ?? '',
});

/** Who did what, newest first. */
export default function AuditPage() {
  const { operations: text } = useText();
  const [params, setParams] = useSearchParams();
  const search = useDeferredValue(searchOf(params));
  const [shown, setShown] = useState<AuditEvent | null>(null);
  const operation = searchAudit(search);
  const pages = useInfiniteQuery({
    queryKey: ['audit', 'list', operation.request.path],
    queryFn: ({ pageParam, signal }) => send<Answer>(searchAudit(search, pageParam).request, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ events, links }) => (links.next === null ? undefined : events.at(-1)?.id),
    // What is shown stays while one types.
    placeholderData: (before) => before,
  });
  const users = useNames(usersQuery);
  const projects = useNames(projectsQuery);
  const rows = pages.data?.pages.flatMap(({ events }) => events);
  const columns = useMemo<Column<AuditEvent>[]>(
    () => [
      { id: 'at', title: text.when, value: (event) => event.at, cell: (event) => <DateTime at={event.at} /> },
      {
        id: 'operation',
        title: text.what,
        value: (event) => event.operation,
        cell: (event) => (
          <button
            type="button"
            onClick={() => setShown(event)}
            className="font-mono text-[0.87em] text-accent hover:underline"
          >
            {event.operation}
          </button>
        ),
      },
      { id: 'user', title: text.user, value: (event) => users(event.user_id) },
      { id: 'project', title: text.project, value: (event) => projects(event.project_id) },
      { id: 'target', title: text.target, value: (event) => event.target, className: 'font-mono text-[0.87em]' },
      {
        id: 'outcome',
        title: text.outcome,
        value: (event) => text.outcomes[event.outcome],
        cell: (event) => (
          <StatusBadge tone={event.outcome === 'done' ? 'ok' : 'warn'}>
            {text.outcomes[event.outcome]}
            {event.status !== null && ` (${event.status})`}
          </StatusBadge>
        ),
      },
      { id: 'address', title: text.address, value: (event) => event.address, hidden: true },
      { id: 'request', title: text.request, value: (event) => event.request_id, hidden: true },
    ],
    [text, users, projects],
  );
  const change = (next: Partial<AuditSearch>) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(next)) {
          if (value === '') after.delete(name);
          else after.set(name, value);
        }
        return after;
      },
      { replace: true },
    );
  return (
    <Page title={text.audit}>
      <Table
        label={text.audit}
        rows={rows}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        rowKey={(event) => event.id}
        columns={columns}
        searchable={false}
        sort={{ id: 'at', desc: true }}
        filters={<AuditFilters search={searchOf(params)} change={change} />}
        empty={<EmptyState icon="audit" title={text.noEvents} />}
      />
      {pages.hasNextPage && (
        <Button className="my-3" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {text.older}
        </Button>
      )}
      <div className="mt-4">
        <ShowMeHow operations={[operation]} />
      </div>
      <Dialog open={shown !== null} onClose={() => setShown(null)} title={shown?.operation ?? ''} wide>
        {shown && (
          <div className="space-y-4">
            <Facts
              facts={[
                [text.when, <DateTime key="at" at={shown.at} />],
                [text.user, users(shown.user_id) || '–'],
                [text.project, projects(shown.project_id) || '–'],
                [text.target, shown.target === null ? '–' : <CopyText key="target" text={shown.target} />],
                [text.outcome, `${text.outcomes[shown.outcome]}${shown.status === null ? '' : ` (${shown.status})`}`],
                [text.address, shown.address ?? '–'],
                [text.delegation, shown.delegation ?? '–'],
                [text.request, <CopyText key="request" text={shown.request_id} />],
              ]}
            />
            {shown.detail !== null && <CopyBlock text={JSON.stringify(shown.detail, null, 2)} />}
          </div>
        )}
      </Dialog>
    </Page>
  );
}
