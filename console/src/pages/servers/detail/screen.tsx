import { useEffect, useRef, useState } from 'react';
import type { Server } from '../../../api/queries/compute.ts';
import { send } from '../../../api/send.ts';
import { Button } from '../../../parts/button.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { useText } from '../../../text/index.tsx';
import { serverScreen } from '../operations.ts';

type State = 'connecting' | 'connected' | 'ended';

/** The stream of a console's address, always one of this site, whatever the address says. */
function streamOf(url: string): string {
  const given = new URL(url, location.origin);
  const inner = new URL(given.searchParams.get('path') ?? `console/ws${given.search}`, location.origin);
  const stream = new URL('/console/ws', location.origin);
  stream.search = inner.search;
  stream.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return stream.href;
}

/** The screen and keyboard of a server, in the page. */
export function ScreenTab({ server }: { server: Server }) {
  const { serverDetail: text } = useText();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<State>('connecting');
  const [error, setError] = useState<unknown>(null);
  const box = useRef<HTMLDivElement>(null);
  const keys = useRef<(() => void) | null>(null);
  const { id, name, status } = server;
  const on = status === 'ACTIVE' || status === 'RESCUE' || status === 'PAUSED';

  useEffect(() => {
    const target = box.current;
    if (!on || target === null) return;
    const stop = new AbortController();
    setState('connecting');
    setError(null);
    const connect = async () => {
      const answer = await send<{ remote_console: { url: string } }>(serverScreen({ id, name }).request, stop);
      const { default: RFB } = await import('@novnc/novnc');
      if (stop.signal.aborted) return;
      const screen = new RFB(target, streamOf(answer.remote_console.url), { wsProtocols: ['binary'] });
      screen.scaleViewport = true;
      screen.background = '#1d1f21';
      screen.addEventListener('connect', () => setState('connected'));
      screen.addEventListener('disconnect', () => setState('ended'));
      keys.current = () => {
        screen.sendCtrlAltDel();
        screen.focus();
      };
      stop.signal.addEventListener('abort', () => screen.disconnect());
    };
    connect().catch((thrown: unknown) => {
      if (!stop.signal.aborted) setError(thrown);
    });
    return () => {
      stop.abort();
      keys.current = null;
    };
  }, [on, id, name, attempt]);

  if (!on) return <p className="text-muted">{text.screenOff}</p>;
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="text-sm text-muted">
          {text.screenStates[state]}
        </p>
        <div className="ml-auto flex flex-wrap gap-2">
          <Button disabled={state !== 'connected'} onClick={() => keys.current?.()}>
            {text.ctrlAltDel}
          </Button>
          <Button disabled={state !== 'connected'} onClick={() => void box.current?.requestFullscreen()}>
            {text.fullScreen}
          </Button>
          {state === 'ended' && (
            <Button look="main" onClick={() => setAttempt(attempt + 1)}>
              {text.connectAgain}
            </Button>
          )}
        </div>
      </div>
      {error !== null && <ErrorMessage error={error} onRetry={() => setAttempt(attempt + 1)} />}
      <div
        ref={box}
        aria-label={text.screen}
        role="application"
        className="h-[65dvh] overflow-hidden rounded-lg bg-[#1d1f21]"
      />
      <ShowMeHow operations={[serverScreen(server)]} />
    </div>
  );
}
