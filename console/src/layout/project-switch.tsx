import { useNavigate } from 'react-router';
import { useSessionChanges, type Scope, type Session } from '../api/session.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';
import { Menu, type MenuEntry } from '../parts/menu.tsx';
import { useText } from '../text/index.tsx';

/** What the session is for, and what else it can be for. */
export function ProjectSwitch({ session }: { session: Session }) {
  const { layout } = useText();
  const navigate = useNavigate();
  const { switchTo } = useSessionChanges();
  const { project, domain, system } = session.token;
  const name = project?.name ?? (domain ? layout.domain(domain.name) : system ? layout.wholeCloud : null);
  const to = (scope: Scope) => () =>
    // What is shown belongs to the former project: its list is in the other one too, its details are not.
    void switchTo(scope).then(() => navigate(`/${location.pathname.split('/')[1] ?? ''}`));
  const several = new Set(session.projects.map((one) => one.domain.id)).size > 1;
  const entries: (MenuEntry | 'line')[] = session.projects.map((one) => ({
    label: several ? `${one.name} (${one.domain.name})` : one.name,
    ...(one.id === project?.id && { icon: 'check' as const }),
    onSelect: to({ project: { id: one.id } }),
  }));
  const more: MenuEntry[] = [
    ...session.domains.map((one) => ({ label: layout.domain(one.name), onSelect: to({ domain: { id: one.id } }) })),
    ...(session.system ? [{ label: layout.wholeCloud, onSelect: to({ system: { all: true } }) }] : []),
  ];
  if (more.length > 0) entries.push('line', ...more);
  if (entries.length === 0) return null;
  return (
    <Menu
      entries={entries}
      trigger={
        <Button look="quiet" aria-label={`${layout.project}: ${name ?? '–'}. ${layout.switchProject}`}>
          <span className="max-w-40 truncate">{name ?? layout.project}</span>
          <Icon name="down" className="size-4 text-muted" />
        </Button>
      }
    />
  );
}
