import type { Server } from '../../../api/queries/compute.ts';
import { mayChange, useSession } from '../../../api/session.ts';
import { Button } from '../../../parts/button.tsx';
import { useText } from '../../../text/index.tsx';
import type { Begin } from '../actions/menu.tsx';
import { noticeOf } from '../actions/notices.ts';
import { possible } from '../actions/possible.ts';

/** What the server waits for, in words, with the buttons that answer it. */
export function Notice({ server, begin }: { server: Server; begin: Begin }) {
  const { serverActions: text, servers } = useText();
  const may = mayChange(useSession());
  const notice = noticeOf(server);
  if (notice === null) return null;
  const { kind, actions } = notice;
  const flavor = server.flavor.original_name;
  const words = {
    locked: server.locked_reason === null ? text.notices.locked : text.notices.lockedFor(server.locked_reason),
    resized: (server['OS-EXT-STS:power_state'] === 4 ? text.notices.resizedOff : text.notices.resized)(flavor),
    rescued: text.notices.rescued,
    deleted: text.notices.deleted,
    shelved: text.notices.shelved,
  };
  const can = possible(server);
  return (
    <div role="status" className="mb-5 flex flex-wrap items-center gap-3 rounded-lg bg-info-soft p-4 text-sm text-info">
      <p className="min-w-60 flex-1">{words[kind]}</p>
      {may &&
        actions
          .filter((name) => can.has(name))
          .map((name, index) => (
            <Button key={name} look={index === 0 ? 'main' : 'plain'} onClick={() => begin(name, [server])}>
              {servers.actions[name]}
            </Button>
          ))}
    </div>
  );
}
