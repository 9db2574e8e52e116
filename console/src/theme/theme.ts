import { useSyncExternalStore } from 'react';

/** Light or dark as the person chose here, or as their system says. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'potluck-theme';
const listeners = new Set<() => void>();

function remembered(): Theme {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** To be called before anything is drawn. */
export function startTheme(): void {
  apply(remembered());
  // Chosen in another tab.
  addEventListener('storage', (event) => {
    if (event.key === KEY) changed();
  });
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  changed();
}

function changed(): void {
  apply(remembered());
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, remembered);
}
