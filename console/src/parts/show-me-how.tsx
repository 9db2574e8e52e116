import { httpText, shellText, type Operation } from '../how/operation.ts';
import { useText } from '../text/index.tsx';
import { CopyBlock } from './copy-text.tsx';
import { Icon } from './icons.tsx';

/** The `openstack` commands and HTTP requests that a form or a page stands for, as they are right now. */
export function ShowMeHow({ operations }: { operations: readonly Operation[] }) {
  const { how } = useText();
  const commands = operations.flatMap(({ command }) => (command === null ? [] : [shellText(command)]));
  return (
    <details className="group rounded-lg border border-line bg-surface">
      <summary className="flex items-center gap-2 px-4 py-2.5 text-sm text-muted hover:text-ink">
        <Icon name="terminal" className="size-4" />
        {how.title}
      </summary>
      <div className="space-y-3 border-t border-line p-4 text-sm">
        {commands.length > 0 && (
          <section className="space-y-1.5">
            <h3 className="font-medium">{how.command}</h3>
            <CopyBlock text={commands.join('\n')} />
          </section>
        )}
        <section className="space-y-1.5">
          <h3 className="font-medium">{how.http}</h3>
          <CopyBlock text={operations.map(({ request }) => httpText(request)).join('\n\n')} />
        </section>
        <p className="text-muted">{how.token}</p>
      </div>
    </details>
  );
}
