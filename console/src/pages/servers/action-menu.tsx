import { useState, type ReactElement } from 'react';
import type { Server } from '../../api/queries/compute.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { useRun } from '../../how/use-run.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Buttons, Dialog } from '../../parts/dialog.tsx';
import { ErrorMessage } from '../../parts/error-message.tsx';
import { TextField } from '../../parts/form/fields.tsx';
import { useForm } from '../../parts/form/use-form.ts';
import { Menu } from '../../parts/menu.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { useText } from '../../text/index.tsx';
import { imageServer, operationOf, possible, type ActionName } from './operations.ts';

/** What takes a server away from those who use it is asked for twice. */
const ASKED: readonly ActionName[] = ['delete', 'stop', 'hardReboot', 'shelve', 'revert'];

/** Everything that can be done with servers, one or several: a menu for one, and the windows that ask. */
export function useServerActions(onDeleted?: () => void) {
  const [asked, setAsked] = useState<{ name: ActionName; servers: readonly Server[] } | null>(null);
  const { servers: text } = useText();
  const run = useRun();
  const carryOut = (name: Exclude<ActionName, 'image'>, servers: readonly Server[]) =>
    run(
      servers.map((server) => operationOf(name, server)),
      { kinds: ['servers', 'quotas', 'ports', 'floatingips', 'volumes'], done: text.done[name](servers.length) },
    );
  const begin = (name: ActionName, servers: readonly Server[]) => {
    if (name === 'image' || ASKED.includes(name)) setAsked({ name, servers });
    // Its failure is rare: the menu has only what makes sense. It is shown by the same window.
    else void carryOut(name, servers).catch(() => setAsked({ name, servers }));
  };
  const close = () => setAsked(null);
  const { name, servers = [] } = asked ?? {};
  const [first] = servers;
  const windows =
    name === 'image' ? (
      first && <ImageDialog server={first} onClose={close} />
    ) : (
      <Confirm
        open={name !== undefined}
        onClose={close}
        title={name === undefined ? '' : text.ask[name](servers.length, first?.name ?? '')}
        action={name === undefined ? '' : text.actions[name]}
        danger={name === 'delete' || name === 'stop' || name === 'hardReboot'}
        onConfirm={async () => {
          if (name === undefined) return;
          await carryOut(name, servers);
          if (name === 'delete') onDeleted?.();
        }}
      >
        {name !== undefined && <p>{text.consequence[name]}</p>}
        {servers.length > 1 && <p className="max-h-40 overflow-y-auto">{servers.map((one) => one.name).join(', ')}</p>}
        {name !== undefined && <ShowMeHow operations={servers.map((server) => operationOf(name, server))} />}
      </Confirm>
    );
  return { begin, windows };
}

/** The menu of one server. */
export function ServerMenu({
  server,
  begin,
  trigger,
}: {
  server: Server;
  begin: (name: ActionName, servers: readonly Server[]) => void;
  trigger?: ReactElement;
}) {
  const { servers: text, common } = useText();
  const session = useSession();
  const names = mayChange(session) ? possible(server) : [];
  if (names.length === 0) return null;
  return (
    <Menu
      label={common.actionsFor(server.name)}
      {...(trigger && { trigger })}
      entries={names.flatMap((name) => [
        ...(name === 'delete' ? (['line'] as const) : []),
        {
          label: text.actions[name],
          danger: name === 'delete',
          ...(name === 'delete' && { icon: 'trash' as const }),
          onSelect: () => begin(name, [server]),
        },
      ])}
    />
  );
}

/** An image of what is on the disk now. */
function ImageDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const { servers: text, common, newServer } = useText();
  const run = useRun();
  const { field, form, values, busy, error } = useForm({
    initial: { name: text.imageName(server.name) },
    validate: ({ name }) => ({ name: name.trim() === '' ? newServer.nameProblem : undefined }),
    async send({ name }) {
      await run(imageServer(server, name), { kinds: ['servers', 'images'], done: text.imageStarted });
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={text.actions.image} description={text.consequence.image}>
      <form {...form} className="space-y-4">
        <TextField {...field('name')} label={common.name} />
        {error !== null && <ErrorMessage error={error} />}
        <ShowMeHow operations={[imageServer(server, values.name)]} />
        <Buttons>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="main" busy={busy}>
            {text.actions.image}
          </Button>
        </Buttons>
      </form>
    </Dialog>
  );
}
