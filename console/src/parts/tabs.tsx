import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

export interface Tab {
  /** In the address: `?tab=log`. */
  id: string;
  label: string;
  content: () => ReactNode;
}

/** Parts of a page; the one that is shown stands in the address, so that it can be linked to. */
export function Tabs({ label, tabs, param = 'tab' }: { label: string; tabs: readonly Tab[]; param?: string }) {
  const [params, setParams] = useSearchParams();
  const asked = params.get(param);
  const current = tabs.some(({ id }) => id === asked) ? asked : tabs[0]?.id;
  const choose = (id: string) => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (id === tabs[0]?.id) next.delete(param);
        else next.set(param, id);
        return next;
      },
      { replace: true },
    );
  };
  return (
    <Base.Root value={current} onValueChange={(id) => choose(String(id))}>
      <Base.List aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map(({ id, label: name }) => (
          <Base.Tab
            key={id}
            value={id}
            className="-mb-px whitespace-nowrap border-b-2 border-transparent px-3 py-2 text-sm text-muted hover:text-ink data-active:border-accent data-active:font-medium data-active:text-ink"
          >
            {name}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map(({ id, content }) => (
        <Base.Panel key={id} value={id} className="pt-5">
          {id === current && content()}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
