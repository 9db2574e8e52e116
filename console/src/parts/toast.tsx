import { Toast as Base } from '@base-ui/react/toast';
import type { ReactNode } from 'react';
import { useText } from '../text/index.tsx';
import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';

/** Short news at the edge of the page, said to assistive technology too. Failures belong beside what failed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider timeout={6000}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-3 bottom-3 z-60 flex w-[min(24rem,calc(100vw-1.5rem))] flex-col gap-2">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const { common } = useText();
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="rounded-lg border border-line bg-surface text-ink shadow-xl">
      <Base.Content className="flex items-start gap-3 p-3">
        <Icon name="check" className="mt-0.5 size-5 text-ok" />
        <div className="min-w-0 flex-1 text-sm">
          <Base.Title className="font-medium" />
          <Base.Description className="text-muted" />
        </div>
        <Base.Close
          render={
            <IconButton label={common.close} className="-m-1 size-7">
              <Icon name="close" className="size-4" />
            </IconButton>
          }
        />
      </Base.Content>
    </Base.Root>
  ));
}

/** `toast('It is done')`. */
export function useToast(): (title: string, description?: string) => void {
  const manager = Base.useToastManager();
  return (title, description) => void manager.add({ title, ...(description !== undefined && { description }) });
}
