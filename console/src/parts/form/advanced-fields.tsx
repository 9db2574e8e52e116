import type { ReactNode } from 'react';
import { useText } from '../../text/index.tsx';

/** What most people never open: everything in it has a good default. */
export function AdvancedFields({ children }: { children: ReactNode }) {
  const { common } = useText();
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className="px-4 py-2.5 text-sm font-medium">{common.advanced}</summary>
      <div className="space-y-4 border-t border-line p-4">{children}</div>
    </details>
  );
}
