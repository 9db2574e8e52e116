import { useState } from 'react';
import { useText } from '../text/index.tsx';
import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';

/** Writes to the clipboard; over plain HTTP browsers have only the old way. */
async function copy(text: string): Promise<void> {
  if (isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'fixed opacity-0';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  return Promise.resolve();
}

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { common } = useText();
  const [done, setDone] = useState(false);
  const run = async () => {
    await copy(text);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };
  return (
    <span className="inline-flex items-center">
      <IconButton label={label ?? common.copy} onClick={() => void run()} className="size-7">
        <Icon name={done ? 'check' : 'copy'} className={`size-4 ${done ? 'text-ok' : ''}`} />
      </IconButton>
      <span role="status" className="sr-only">
        {done ? common.copied : ''}
      </span>
    </span>
  );
}

/** Text of a machine, an id or an address or a command, with a button that copies it. */
export function CopyText({ text, short }: { text: string; short?: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <code className="truncate font-mono text-[0.87em]" title={short === undefined ? undefined : text}>
        {short ?? text}
      </code>
      <CopyButton text={text} />
    </span>
  );
}

/** Lines for a terminal. */
export function CopyBlock({ text, label }: { text: string; label?: string }) {
  return (
    <div className="flex items-start gap-2 rounded-lg border border-line bg-raised p-3">
      {/* Long lines scroll, by keyboard too. */}
      <pre tabIndex={0} className="min-w-0 flex-1 overflow-x-auto font-mono text-[0.85em] leading-relaxed">
        {text}
      </pre>
      <CopyButton text={text} {...(label !== undefined && { label })} />
    </div>
  );
}
