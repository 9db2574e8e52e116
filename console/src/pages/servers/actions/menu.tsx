import { useState, type ReactElement } from 'react';
import type { Server } from '../../../api/queries/compute.ts';
import { mayChange, useSession } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Confirm } from '../../../parts/confirm.tsx';
import { Menu } from '../../../parts/menu.tsx';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { useText } from '../../../text/index.tsx';
import { ASKED_TWICE, DANGEROUS, isDirect, operationOf } from './direct.ts';
import { GROUPS, possible, type ActionName, type DirectAction } from './possible.ts';
import { AskingWindow } from './window.tsx';

export type Begin = (name: ActionName, servers: readonly Server[]) => void;

/** Everything that can be done with servers, one or several: a menu for one, and the windows that ask. */
export function useServerActions(onDeleted?: () => void) {
  const [asked, setAsked] = useState<{ name: ActionName; servers: readonly Server[] } | null>(null);
  const { servers: text } = useText();
  const run = useRun();
  const carryOut = (name: DirectAction, servers: readonly Server[]) =>
    run(
      servers.map((server) => operationOf(name, server)),
      { kinds: ['servers', 'quotas', 'ports', 'floatingips', 'volumes'], done: text.done[name](servers.length) },
    );
  const begin: Begin = (name, servers) => {
    if (!isDirect(name) || ASKED_TWICE.includes(name)) setAsked({ name, servers });
    // Its failure is rare: the menu has only what makes sense. It is shown by the same window.
    else void carryOut(name, servers).catch(() => setAsked({ name, servers }));
  };
  const close = () => setAsked(null);
  const [first] = asked?.servers ?? [];
  if (asked === null || first === undefined) return { begin, windows: null };
  const { name, servers } = asked;
  const windows = isDirect(name) ? (
    <Confirm
      open
      onClose={close}
      title={text.ask[name](servers.length, first.name)}
      action={text.actions[name]}
      danger={DANGEROUS.includes(name)}
      onConfirm={async () => {
        await carryOut(name, servers);
        if (name === 'delete' || name === 'forceDelete') onDeleted?.();
      }}
    >
      <p>{text.consequence[name]}</p>
      {servers.length > 1 && <p className="max-h-40 overflow-y-auto">{servers.map((one) => one.name).join(', ')}</p>}
      <ShowMeHow operations={servers.map((server) => operationOf(name, server))} />
    </Confirm>
  ) : (
    <AskingWindow name={name} server={first} onClose={close} />
  );
  return { begin, windows };
}

/** The menu of one server. */
export function ServerMenu({ server, begin, trigger }: { server: Server; begin: Begin; trigger?: ReactElement }) {
  const { servers: text, common } = useText();
  const session = useSession();
  if (!mayChange(session)) return null;
  const can = possible(server);
  const groups = GROUPS.map((group) => group.filter((name) => can.has(name))).filter((group) => group.length > 0);
  if (groups.length === 0) return null;
  const entry = (name: ActionName) => {
    const removes = name === 'delete' || name === 'forceDelete';
    return {
      label: text.actions[name],
      danger: removes,
      ...(removes && { icon: 'trash' as const }),
      onSelect: () => begin(name, [server]),
    };
  };
  return (
    <Menu
      label={common.actionsFor(server.name)}
      {...(trigger && { trigger })}
      entries={groups.flatMap((group, index) => [...(index > 0 ? (['line'] as const) : []), ...group.map(entry)])}
    />
  );
}
