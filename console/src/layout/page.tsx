import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useText } from '../text/index.tsx';
import { Icon } from '../parts/icons.tsx';

/** The frame of a page: its title, also the browser's, the way back, and what can be done. */
export function Page({
  title,
  up,
  actions,
  badge,
  children,
}: {
  title: string;
  /** The list that it is an entry of. */
  up?: { to: string; label: string };
  actions?: ReactNode;
  /** Beside the title: a status. */
  badge?: ReactNode;
  children: ReactNode;
}) {
  const { common } = useText();
  useEffect(() => {
    document.title = `${title} · Potluck`;
  }, [title]);
  return (
    <>
      {up && (
        <nav aria-label={common.back} className="mb-1 text-sm">
          <Link to={up.to} className="inline-flex items-center gap-1 text-muted hover:text-ink">
            <Icon name="right" className="size-4 rotate-180" />
            {up.label}
          </Link>
        </nav>
      )}
      <div className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-2xl font-semibold break-words">{title}</h1>
        {badge}
        {actions !== undefined && <div className="ml-auto flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </>
  );
}

/** A part of a page with a heading. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-6">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 className="text-lg font-semibold">{title}</h2>
        {actions !== undefined && <div className="ml-auto flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Names and values, for details. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-8 rounded-lg border border-line bg-surface px-5 py-3 text-sm sm:grid-cols-[max-content_1fr]">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="pt-2 text-muted sm:py-2">{name}</dt>
          <dd className="min-w-0 pb-2 break-words sm:py-2">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
