import { Menu as Base } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import { useText } from '../text/index.tsx';
import { IconButton } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';

export interface MenuEntry {
  label: string;
  icon?: IconName;
  danger?: boolean;
  /** Why it cannot be done now; the entry says so and does nothing. */
  disabled?: boolean;
  onSelect: () => void;
}

/** Actions behind a button; without `trigger` the three dots, which say what they are for by `label`. */
export function Menu({
  label,
  entries,
  trigger,
}: {
  label?: string;
  entries: readonly (MenuEntry | 'line')[];
  trigger?: React.ReactElement;
}) {
  const { common } = useText();
  const dots = (
    <IconButton label={label ?? common.actions}>
      <Icon name="more" />
    </IconButton>
  );
  return (
    <Base.Root>
      <Base.Trigger render={trigger ?? dots} />
      <Base.Portal>
        <Base.Positioner className="z-50" sideOffset={4} align="end">
          <MenuPopup>
            {entries.map((entry, index) =>
              entry === 'line' ? (
                <Base.Separator key={index} className="my-1 h-px bg-line" />
              ) : (
                <Base.Item
                  key={index}
                  disabled={entry.disabled === true}
                  onClick={entry.onSelect}
                  className={itemClass(entry)}
                >
                  {entry.icon && <Icon name={entry.icon} className="size-4" />}
                  {entry.label}
                </Base.Item>
              ),
            )}
          </MenuPopup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function MenuPopup({ children }: { children: ReactNode }) {
  return (
    <Base.Popup className="max-h-[70dvh] min-w-44 overflow-y-auto rounded-lg border border-line bg-surface p-1 text-sm text-ink shadow-xl outline-none">
      {children}
    </Base.Popup>
  );
}

const itemClass = ({ danger, disabled }: MenuEntry) =>
  `flex cursor-pointer select-none items-center gap-2.5 rounded-md px-3 py-2 outline-none data-highlighted:bg-raised ${
    danger === true ? 'text-danger' : ''
  } ${disabled === true ? 'opacity-50' : ''}`;
