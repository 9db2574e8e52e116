import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Navigate, Outlet, useLocation, useNavigation } from 'react-router';
import { useAway } from '../api/connection.ts';
import { followEvents } from '../api/events.ts';
import { followOtherTabs, isAdmin, SessionContext, sessionQuery, type Session } from '../api/session.ts';
import { Loading } from '../parts/states.tsx';
import { Icon } from '../parts/icons.tsx';
import { IconButton } from '../parts/button.tsx';
import { useText } from '../text/index.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ProjectSwitch } from './project-switch.tsx';
import { Sidebar } from './sidebar.tsx';
import { Awaited } from '../parts/awaited.tsx';

/** What is around every page of somebody who is signed in; others are sent to sign in, and come back. */
export function Shell() {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  const { pathname, search } = useLocation();
  if (session === null) {
    const here = pathname + search;
    return <Navigate to={here === '/' ? '/sign-in' : `/sign-in?return_to=${encodeURIComponent(here)}`} replace />;
  }
  if (session === undefined) {
    return (
      <main className="mx-auto max-w-xl p-6">
        <Awaited error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  return (
    <SessionContext value={session}>
      <Frame session={session} />
    </SessionContext>
  );
}

function Frame({ session }: { session: Session }) {
  const { layout } = useText();
  const client = useQueryClient();
  const [menu, setMenu] = useState(false);
  const { pathname } = useLocation();
  const { state } = useNavigation();
  const scope = session.token.project?.id ?? session.token.domain?.id ?? 'system';
  const admin = isAdmin(session);
  const hears = session.token.project !== undefined || session.token.system !== undefined;
  // A stream is of one scope.
  useEffect(() => (hears ? followEvents(client, { allProjects: admin }) : undefined), [client, admin, hears, scope]);
  useEffect(() => followOtherTabs(client), [client]);

  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    setMenu(false);
    // Who uses a keyboard or a screen reader begins a new page at its content, not at the link that led to it.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
    scrollTo(0, 0);
  }, [pathname]);

  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_1fr] lg:grid-rows-[auto_1fr]">
      <a
        href="#content"
        className="sr-only z-70 rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {layout.skip}
      </a>
      <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b border-line bg-surface px-3 lg:col-span-2 lg:px-5">
        <IconButton
          label={menu ? layout.closeMenu : layout.menu}
          aria-expanded={menu}
          aria-controls="menu"
          onClick={() => setMenu(!menu)}
          className="lg:hidden"
        >
          <Icon name={menu ? 'close' : 'menu'} />
        </IconButton>
        <Brand />
        <ProjectSwitch session={session} />
        <div className="ml-auto">
          <AccountMenu session={session} />
        </div>
      </header>
      <Sidebar session={session} open={menu} />
      <main
        id="content"
        ref={main}
        tabIndex={-1}
        aria-busy={state === 'loading'}
        className="min-w-0 max-w-7xl px-4 py-5 outline-none lg:px-8"
      >
        <AwayBanner />
        <Suspense fallback={<Loading />}>
          <Outlet key={scope} />
        </Suspense>
      </main>
    </div>
  );
}

export function Brand() {
  return (
    <span className="flex items-center gap-2 px-1 font-semibold">
      <svg viewBox="0 0 32 32" aria-hidden="true" className="size-6 text-accent">
        <path fill="currentColor" d="M5 13h22v6a9 9 0 0 1-9 9h-4a9 9 0 0 1-9-9z" />
        <path fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" d="M3 11.5h26M12 7c0-2 8-2 8 0" />
      </svg>
      <span className="max-sm:sr-only">Potluck</span>
    </span>
  );
}

/** Quiet: what is shown stays, and the page goes on by itself. Short absences are not worth a word. */
function AwayBanner() {
  const { layout } = useText();
  const away = useAway();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (away === null) return setShown(false);
    const timer = setTimeout(() => setShown(true), 1500);
    return () => clearTimeout(timer);
  }, [away]);
  return (
    <div role="status">
      {shown && (
        <p className="mb-4 flex items-center gap-2 rounded-lg bg-warn-soft px-4 py-2 text-sm text-warn">
          <Icon name="info" className="size-4" />
          {layout.away}
        </p>
      )}
    </div>
  );
}
