import type { ReactNode } from 'react';
import { useText } from '../text/index.tsx';
import { Spinner } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';

/** Where there is nothing yet: what would be here, and what to do. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-xl border border-dashed border-control/50 px-6 py-12 text-center">
      <Icon name={icon} className="size-9 text-muted" />
      <p className="text-lg font-medium">{title}</p>
      {children !== undefined && <div className="max-w-prose text-sm text-muted">{children}</div>}
      {action}
    </div>
  );
}

export function Loading({ label }: { label?: string }) {
  const { common } = useText();
  return (
    <p role="status" className="flex items-center gap-3 py-8 text-muted">
      <Spinner />
      {label ?? common.loading}
    </p>
  );
}

export interface Step {
  label: string;
  state: 'done' | 'now' | 'later' | 'failed';
}

/** What has happened of something that takes a while, what happens now, and what will. */
export function ProgressInWords({ steps }: { steps: readonly Step[] }) {
  const { common } = useText();
  return (
    <ol className="space-y-2" aria-live="polite">
      {steps.map(({ label, state }) => (
        <li key={label} className={`flex items-center gap-3 ${state === 'later' ? 'text-muted' : ''}`}>
          <span className="flex size-6 items-center justify-center">
            {state === 'done' && <Icon name="check" className="size-5 text-ok" />}
            {state === 'now' && <Spinner />}
            {state === 'failed' && <Icon name="warning" className="size-5 text-danger" />}
            {state === 'later' && <span aria-hidden="true" className="size-2 rounded-full bg-control" />}
          </span>
          <span className={state === 'now' ? 'font-medium' : ''}>{label}</span>
          <span className="sr-only">{common.stepState[state]}</span>
        </li>
      ))}
    </ol>
  );
}

type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'off';

const TONES: Record<Tone, string> = {
  ok: 'bg-ok-soft text-ok',
  busy: 'bg-info-soft text-info',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-danger-soft text-danger',
  off: 'bg-raised text-muted',
};

/** A state in words; its colour only repeats them. */
export function StatusBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2.5 py-0.5 text-xs font-medium ${TONES[tone]}`}
    >
      {tone === 'busy' ? (
        <span aria-hidden="true" className="size-2 animate-pulse rounded-full bg-current" />
      ) : (
        <span aria-hidden="true" className="size-2 rounded-full bg-current" />
      )}
      {children}
    </span>
  );
}

/** How much of a quota is used. A limit of -1 is none. `format` gives numbers their unit. */
export function QuotaBar({
  label,
  used,
  limit,
  adding = 0,
  format = String,
}: {
  label: string;
  used: number;
  limit: number;
  /** What a form would take beside it. */
  adding?: number;
  format?: (value: number) => string;
}) {
  const { common } = useText();
  const share = (value: number) => (limit <= 0 ? 0 : Math.min(100, (value / limit) * 100));
  const over = limit >= 0 && used + adding > limit;
  return (
    <div>
      <div className="flex justify-between gap-3 text-sm">
        <span>{label}</span>
        <span className={`tabular-nums ${over ? 'font-medium text-danger' : 'text-muted'}`}>
          {limit < 0 ? common.usedNoLimit(format(used + adding)) : common.usedOf(format(used + adding), format(limit))}
        </span>
      </div>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit < 0 ? Math.max(used, 1) : Math.max(limit, 1)}
        aria-valuenow={used}
        className="mt-1 flex h-2 overflow-hidden rounded-full bg-raised"
      >
        <div className={over ? 'bg-danger' : 'bg-accent'} style={{ width: `${share(used)}%` }} />
        <div
          className={over ? 'bg-danger' : 'bg-accent/50'}
          style={{ width: `${Math.min(share(adding), 100 - share(used))}%` }}
        />
      </div>
    </div>
  );
}
