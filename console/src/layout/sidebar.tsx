import { NavLink } from 'react-router';
import type { Session } from '../api/session.ts';
import { navigationFor } from '../navigation.ts';
import { Icon } from '../parts/icons.tsx';
import { useText } from '../text/index.tsx';

const GROUPS = ['project', 'operators'] as const;

/** The menu: at the side, or on a small screen below the header when it is asked for. */
export function Sidebar({ session, open }: { session: Session; open: boolean }) {
  const text = useText();
  const entries = navigationFor(session);
  return (
    <nav
      id="menu"
      aria-label={text.layout.main}
      className={`${open ? 'block' : 'hidden'} border-b border-line bg-surface px-3 py-4 lg:sticky lg:top-14 lg:block lg:h-[calc(100dvh-3.5rem)] lg:overflow-y-auto lg:border-r lg:border-b-0`}
    >
      {GROUPS.map((group) => {
        const those = entries.filter((entry) => entry.group === group);
        if (those.length === 0) return null;
        return (
          <div key={group} className="mb-4">
            <h2 className="px-3 pb-1 text-xs font-semibold tracking-wide text-muted uppercase">
              {text.navigation[group]}
            </h2>
            <ul>
              {those.map(({ to, label, icon }) => (
                <li key={to}>
                  <NavLink
                    to={to}
                    end={to === '/'}
                    className={({ isActive }) =>
                      `flex items-center gap-3 rounded-md px-3 py-1.5 text-sm ${isActive ? 'bg-accent-soft font-medium text-accent' : 'text-ink hover:bg-raised'}`
                    }
                  >
                    <Icon name={icon} className="size-4.5" />
                    {label(text)}
                  </NavLink>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
