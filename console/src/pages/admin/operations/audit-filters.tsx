import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { projectsQuery, usersQuery } from '../../../api/queries/identity.ts';
import { useText } from '../../../text/index.tsx';
import type { AuditSearch } from './operations.ts';

const CONTROL = 'min-h-9 rounded-md border border-control bg-surface px-2 py-1.5 text-sm';
/** Milliseconds back from now, by name. */
const PERIODS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const;

/** What the log is searched for; all of it is in the address. */
export function AuditFilters({
  search,
  change,
}: {
  search: AuditSearch;
  change: (next: Partial<AuditSearch>) => void;
}) {
  const { operations: text } = useText();
  const users = useQuery(usersQuery);
  const projects = useQuery(projectsQuery);
  const named = (list: readonly { id: string; name: string }[] | undefined) =>
    (list ?? []).map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ));
  return (
    <>
      <Labelled label={text.what}>
        {(id) => (
          <input
            id={id}
            type="search"
            list={`${id}-examples`}
            placeholder={text.what}
            value={search.operation}
            onChange={(event) => change({ operation: event.target.value })}
            className={`${CONTROL} w-56`}
          />
        )}
      </Labelled>
      <Labelled label={text.target}>
        {(id) => (
          <input
            id={id}
            type="search"
            placeholder={text.target}
            value={search.target}
            onChange={(event) => change({ target: event.target.value })}
            className={`${CONTROL} w-40`}
          />
        )}
      </Labelled>
      <Labelled label={text.user}>
        {(id) => (
          <select
            id={id}
            value={search.user}
            onChange={(event) => change({ user: event.target.value })}
            className={`${CONTROL} max-w-44`}
          >
            <option value="">{text.anyUser}</option>
            {named(users.data)}
          </select>
        )}
      </Labelled>
      <Labelled label={text.project}>
        {(id) => (
          <select
            id={id}
            value={search.project}
            onChange={(event) => change({ project: event.target.value })}
            className={`${CONTROL} max-w-44`}
          >
            <option value="">{text.anyProject}</option>
            {named(projects.data)}
          </select>
        )}
      </Labelled>
      <Labelled label={text.outcome}>
        {(id) => (
          <select
            id={id}
            value={search.outcome}
            onChange={(event) => change({ outcome: event.target.value as AuditSearch['outcome'] })}
            className={CONTROL}
          >
            <option value="">{text.anyOutcome}</option>
            <option value="done">{text.outcomes.done}</option>
            <option value="refused">{text.outcomes.refused}</option>
          </select>
        )}
      </Labelled>
      <Labelled label={text.period}>
        {(id) => (
          <select
            id={id}
            value={search.since === '' ? '' : 'chosen'}
            onChange={({ target }) => {
              const back = PERIODS[target.value as keyof typeof PERIODS] as number | undefined;
              // To the minute, so that the address says the same for a while.
              const from = new Date(Math.floor((Date.now() - (back ?? 0)) / 60_000) * 60_000);
              change({ since: back === undefined ? '' : `${from.toISOString().slice(0, 16)}:00Z` });
            }}
            className={CONTROL}
          >
            <option value="">{text.always}</option>
            {search.since !== '' && <option value="chosen">{text.from(search.since.slice(0, 16))}</option>}
            {(['hour', 'day', 'week', 'month'] as const).map((one) => (
              <option key={one} value={one}>
                {text.periods[one]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
    </>
  );
}

/** A label for assistive technology; the control says by itself what it is for. */
function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <span>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      {children(id)}
    </span>
  );
}
