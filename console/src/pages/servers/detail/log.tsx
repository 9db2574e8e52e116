import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Server } from '../../../api/queries/compute.ts';
import { send } from '../../../api/send.ts';
import { CheckboxField } from '../../../parts/form/fields.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { Loading } from '../../../parts/states.tsx';
import { useText } from '../../../text/index.tsx';
import { serverLog } from '../operations.ts';

/** Milliseconds between two looks: what a guest says is no change of the server, so no event tells of it. */
const EVERY = 2000;

/** What a server's serial port said last, while somebody looks. */
export function useLog(server: Pick<Server, 'id' | 'name' | 'status'>, lines: number, follow = true) {
  const running = server.status === 'ACTIVE' || server.status === 'RESCUE';
  return useQuery({
    queryKey: ['servers', 'log', server.id, lines],
    queryFn: async ({ signal }) =>
      (await send<{ output: string }>(serverLog(server, lines).request, { signal })).output,
    enabled: server.status !== 'BUILD',
    refetchInterval: follow && running ? EVERY : false,
  });
}

const LINES = 1000;

/** The serial log; it follows, unless one has scrolled up to read. */
export function LogTab({ server }: { server: Server }) {
  const { serverDetail: text } = useText();
  const [follow, setFollow] = useState(true);
  const { data, error } = useLog(server, LINES, follow);
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [data, follow]);
  if (error !== null && data === undefined) return <ErrorMessage error={error} />;
  if (data === undefined) return server.status === 'BUILD' ? <p>{text.noLogYet}</p> : <Loading />;
  return (
    <div className="space-y-3">
      <CheckboxField label={text.follow} checked={follow} onChange={setFollow} />
      <pre
        ref={box}
        tabIndex={0}
        aria-label={text.log}
        className="max-h-[60dvh] min-h-40 overflow-auto rounded-lg border border-line bg-raised p-4 font-mono text-[0.82em] leading-snug whitespace-pre-wrap"
      >
        {data === '' ? text.logEmpty : data}
      </pre>
      <ShowMeHow operations={[serverLog(server, LINES)]} />
    </div>
  );
}
