import type { ComponentProps, ReactNode } from 'react';
import { Link, type LinkProps } from 'react-router';
import { Icon, type IconName } from './icons.tsx';

type Look = 'main' | 'plain' | 'quiet' | 'danger';

const SHAPE =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3.5 py-1.5 text-sm font-medium transition-colors disabled:opacity-55';

const LOOKS: Record<Look, string> = {
  main: 'bg-accent text-on-accent hover:bg-accent/90',
  plain: 'border border-control bg-surface text-ink hover:bg-raised',
  quiet: 'text-ink hover:bg-raised',
  danger: 'border border-danger bg-surface text-danger hover:bg-danger-soft',
};

/** `busy`: it works; it cannot be pressed again meanwhile. `icon`: before the words. */
export function Button({
  look = 'plain',
  busy = false,
  icon,
  className = '',
  disabled,
  children,
  ...rest
}: ComponentProps<'button'> & { look?: Look; busy?: boolean; icon?: IconName }) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={`${SHAPE} ${LOOKS[look]} ${className}`}
    >
      {busy && <Spinner />}
      {icon && <Icon name={icon} className="size-4" />}
      {children}
    </button>
  );
}

/** A link that looks like a button: it leads somewhere. */
export function ButtonLink({
  look = 'plain',
  icon,
  className = '',
  children,
  ...rest
}: LinkProps & { look?: Look; icon?: IconName }) {
  return (
    <Link {...rest} className={`${SHAPE} ${LOOKS[look]} ${className}`}>
      {icon && <Icon name={icon} className="size-4" />}
      {children}
    </Link>
  );
}

/** A button with a picture alone, named for those who do not see it. */
export function IconButton({
  label,
  children,
  className = '',
  ...rest
}: ComponentProps<'button'> & { label: string; children: ReactNode }) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={`inline-flex size-9 items-center justify-center rounded-md text-muted hover:bg-raised hover:text-ink disabled:opacity-55 ${className}`}
    >
      {children}
    </button>
  );
}

/** Something is on its way; words beside it say what. */
export function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-4 shrink-0 animate-spin rounded-full border-2 border-current border-r-transparent"
    />
  );
}
