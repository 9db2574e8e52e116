import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Server } from '../../../api/queries/compute.ts';
import { volumesQuery, type Volume } from '../../../api/queries/volume.ts';
import { mayChange, useSession } from '../../../api/session.ts';
import { useRun } from '../../../how/use-run.ts';
import { Button } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { Buttons, Dialog } from '../../../parts/dialog.tsx';
import { ErrorMessage } from '../../../parts/error-message.tsx';
import { SelectField } from '../../../parts/form/fields.tsx';
import { useForm } from '../../../parts/form/use-form.ts';
import { ShowMeHow } from '../../../parts/show-me-how.tsx';
import { EmptyState, Loading } from '../../../parts/states.tsx';
import { Bytes, useBytes } from '../../../parts/values.tsx';
import { useText } from '../../../text/index.tsx';
import { possible } from '../actions/possible.ts';
import { attachVolume, detachVolume } from '../operations.ts';

const nameOf = (volume: Volume) => volume.name || volume.id;

/** The volumes plugged into a server, and the way to plug another in. */
export function VolumesTab({ server }: { server: Server }) {
  const { serverDetail: text } = useText();
  const { data, error } = useQuery(volumesQuery);
  const may = mayChange(useSession()) && possible(server).has('volumes');
  const run = useRun();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Volume | null>(null);
  if (data === undefined) return error === null ? <Loading /> : <ErrorMessage error={error} />;
  const here = data.filter((volume) => volume.attachments.some((one) => one.server_id === server.id));
  const free = data.filter((volume) => volume.status === 'available');
  const add = may && (
    <Button onClick={() => setAdding(true)} disabled={free.length === 0}>
      {text.attach}
    </Button>
  );
  return (
    <div className="space-y-4">
      {here.length === 0 ? (
        <EmptyState icon="volume" title={text.noVolumes} action={add}>
          {free.length === 0 ? text.noFreeVolumes : text.volumesText}
        </EmptyState>
      ) : (
        <>
          <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
            {here.map((volume) => (
              <li key={volume.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
                <span className="min-w-0 flex-1 truncate font-medium">{nameOf(volume)}</span>
                <code className="font-mono text-xs text-muted">
                  {volume.attachments.find((one) => one.server_id === server.id)?.device}
                </code>
                <Bytes bytes={volume.size * 2 ** 30} />
                {may && <Button onClick={() => setRemoving(volume)}>{text.detach}</Button>}
              </li>
            ))}
          </ul>
          {add}
        </>
      )}
      {adding && <AttachDialog server={server} volumes={free} onClose={() => setAdding(false)} />}
      <Confirm
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={text.detachTitle(removing ? nameOf(removing) : '')}
        action={text.detach}
        onConfirm={async () => {
          if (removing)
            await run(detachVolume(server, removing), { kinds: ['volumes', 'servers'], done: text.detached });
        }}
      >
        <p>{text.detachText}</p>
        {removing && <ShowMeHow operations={[detachVolume(server, removing)]} />}
      </Confirm>
    </div>
  );
}

function AttachDialog({
  server,
  volumes,
  onClose,
}: {
  server: Server;
  volumes: readonly Volume[];
  onClose: () => void;
}) {
  const { serverDetail: text, common } = useText();
  const bytes = useBytes();
  const run = useRun();
  const { field, form, values, busy, error } = useForm({
    initial: { volume: volumes[0]?.id ?? '' },
    validate: () => ({}),
    async send({ volume: id }) {
      const volume = volumes.find((one) => one.id === id);
      if (volume) await run(attachVolume(server, volume), { kinds: ['volumes', 'servers'], done: text.attached });
      onClose();
    },
  });
  const chosen = volumes.find(({ id }) => id === values.volume);
  return (
    <Dialog open onClose={onClose} title={text.attach} description={text.attachText}>
      <form {...form} className="space-y-4">
        <SelectField
          {...field('volume')}
          label={text.volume}
          options={volumes.map((one) => ({ value: one.id, label: `${nameOf(one)}, ${bytes(one.size * 2 ** 30)}` }))}
        />
        {error !== null && <ErrorMessage error={error} />}
        {chosen && <ShowMeHow operations={[attachVolume(server, chosen)]} />}
        <Buttons>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="main" busy={busy}>
            {text.attach}
          </Button>
        </Buttons>
      </form>
    </Dialog>
  );
}
