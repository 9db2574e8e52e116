import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useSessionChanges, type Session } from '../api/session.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Icon } from '../parts/icons.tsx';
import { Menu, type MenuEntry } from '../parts/menu.tsx';
import { useLanguage, useText } from '../text/index.tsx';
import { LANGUAGES } from '../text/language.ts';
import { chooseTheme, useTheme } from '../theme/theme.ts';

const THEMES = ['system', 'light', 'dark'] as const;

/** Language and appearance: also for who is not signed in. */
export function usePreferences(): (MenuEntry | 'line')[] {
  const { layout } = useText();
  const { language, choose } = useLanguage();
  const theme = useTheme();
  const mark = (on: boolean) => (on ? { icon: 'check' as const } : {});
  return [
    ...LANGUAGES.map((one) => ({
      label: layout.languages[one],
      ...mark(one === language),
      onSelect: () => void choose(one),
    })),
    'line',
    ...THEMES.map((one) => ({
      label: `${layout.theme}: ${layout.themes[one]}`,
      ...mark(one === theme),
      onSelect: () => chooseTheme(one),
    })),
  ];
}

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu({ session }: { session: Session }) {
  const { layout } = useText();
  const preferences = usePreferences();
  const { signOut } = useSessionChanges();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" aria-label={`${layout.account}: ${session.token.user.name}`}>
            <span className="max-w-32 truncate">{session.token.user.name}</span>
            <Icon name="down" className="size-4 text-muted" />
          </Button>
        }
        entries={[
          ...preferences,
          'line',
          { label: layout.sessions, onSelect: () => void navigate('/account/sessions') },
          { label: layout.signOut, onSelect: () => void signOut() },
          { label: layout.signOutEverywhere, onSelect: () => setAsking(true) },
        ]}
      />
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={layout.signOutEverywhere}
        action={layout.signOutEverywhere}
        onConfirm={() => signOut({ everywhere: true })}
      >
        <p>{layout.signOutEverywhereText}</p>
      </Confirm>
    </>
  );
}
