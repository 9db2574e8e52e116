import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { serversQuery } from '../../api/queries/compute.ts';
import { volumeTypesQuery, type Transfer, type Volume } from '../../api/queries/volume.ts';
import { mayChange, useSession } from '../../api/session.ts';
import { ConfirmOperations } from '../../parts/confirm-operations.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Facts } from '../../layout/page.tsx';
import { nameOf } from '../../parts/format.ts';
import { NumberField, SelectField, TextAreaField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { Menu, type MenuEntry } from '../../parts/menu.tsx';
import { Remove } from '../../parts/remove.tsx';
import { useText } from '../../text/index.tsx';
import { possible as allows } from '../servers/actions/possible.ts';
import { CreateBackup, Retype } from './backup-dialogs.tsx';
import { possible } from './judge.ts';
import * as operations from './operations.ts';

const today = () => new Date().toISOString().slice(0, 10);

type Action =
  'attach' | 'detach' | 'extend' | 'snapshot' | 'backup' | 'image' | 'retype' | 'rename' | 'offer' | 'remove';

/** All that can be done with a volume, behind one button; the window of what was chosen. */
export function VolumeActions({
  volume,
  trigger,
  onRemoved,
}: {
  volume: Volume;
  trigger?: React.ReactElement;
  onRemoved?: () => void;
}) {
  const { volumes: text, common } = useText();
  const session = useSession();
  const [action, setAction] = useState<Action | null>(null);
  const types = useQuery(volumeTypesQuery).data?.length ?? 0;
  if (!mayChange(session)) return null;
  const can = possible(volume);
  const entry = (what: Action, icon: NonNullable<MenuEntry['icon']>, possibleNow = true): MenuEntry => ({
    label: text[what],
    icon,
    disabled: !possibleNow,
    danger: what === 'remove',
    onSelect: () => setAction(what),
  });
  return (
    <>
      <Menu
        label={common.actionsFor(nameOf(volume))}
        {...(trigger && { trigger })}
        entries={[
          can.detach ? entry('detach', 'close') : entry('attach', 'server', can.attach),
          entry('extend', 'up', can.extend),
          entry('snapshot', 'camera', can.snapshot),
          entry('backup', 'download', can.backup),
          entry('image', 'image', can.image),
          ...(types > 1 ? [entry('retype', 'refresh', can.retype)] : []),
          entry('rename', 'settings'),
          entry('offer', 'people', can.offer),
          'line',
          entry('remove', 'trash', can.remove),
        ]}
      />
      {action !== null && (
        <VolumeDialog volume={volume} action={action} onClose={() => setAction(null)} onRemoved={onRemoved} />
      )}
    </>
  );
}

function VolumeDialog({
  volume,
  action,
  onClose,
  onRemoved,
}: DialogProps & { action: Action; onRemoved: (() => void) | undefined }) {
  const { volumes: text, common } = useText();
  const name = nameOf(volume);
  switch (action) {
    case 'attach':
      return <Attach volume={volume} onClose={onClose} />;
    case 'detach':
      return <Detach volume={volume} onClose={onClose} />;
    case 'backup':
      return <CreateBackup volume={volume} onClose={onClose} />;
    case 'retype':
      return <Retype volume={volume} onClose={onClose} />;
    case 'offer':
      return <Offer volume={volume} onClose={onClose} />;
    case 'extend':
      return (
        <FormDialog<{ size: number | null }>
          title={text.extendTitle(name)}
          description={text.extendText}
          action={text.extend}
          initial={{ size: volume.size + 1 }}
          validate={({ size }) => ({ size: (size ?? 0) <= volume.size ? text.largerThan(volume.size) : undefined })}
          operations={({ size }) => [operations.extendVolume(volume, size ?? volume.size + 1)]}
          kinds={['volumes', 'quotas']}
          done={() => text.extended(name)}
          onClose={onClose}
        >
          {({ field }) => <NumberField {...field('size')} label={text.newSize} unit={text.gib} min={volume.size + 1} />}
        </FormDialog>
      );
    case 'snapshot':
    case 'image': {
      const isImage = action === 'image';
      return (
        <FormDialog
          title={isImage ? text.imageTitle(name) : text.snapshotTitle(name)}
          description={isImage ? text.imageText : text.snapshotText}
          action={isImage ? text.image : text.snapshot}
          initial={{ name: `${name}-${today()}` }}
          validate={(values) => ({ name: values.name.trim() === '' ? text.nameMissing : undefined })}
          operations={(values) => [
            isImage
              ? operations.imageOfVolume(volume, values.name.trim())
              : operations.createSnapshot(volume, values.name.trim()),
          ]}
          kinds={isImage ? ['volumes', 'images'] : ['snapshots', 'volumes', 'quotas']}
          done={(values) => (isImage ? text.imaged(values.name) : text.snapshotTaken(values.name))}
          onClose={onClose}
        >
          {({ field }) => (
            <TextField {...field('name')} label={isImage ? text.imageName : common.name} maxLength={255} />
          )}
        </FormDialog>
      );
    }
    case 'rename':
      return (
        <FormDialog
          title={text.renameTitle(name)}
          action={common.save}
          initial={{ name: volume.name ?? '', description: volume.description ?? '' }}
          validate={(values) => ({ name: values.name.trim() === '' ? text.nameMissing : undefined })}
          operations={(values) => [operations.renameVolume(volume, { ...values, name: values.name.trim() })]}
          kinds={['volumes']}
          done={() => text.renamed}
          onClose={onClose}
        >
          {({ field }) => (
            <>
              <TextField {...field('name')} label={common.name} maxLength={255} />
              <TextAreaField {...field('description')} label={common.description} optional maxLength={255} />
            </>
          )}
        </FormDialog>
      );
    case 'remove':
      return (
        <Remove
          {...operations.volumeRemoval}
          words={text}
          rows={[volume]}
          onClose={onClose}
          onDone={() => onRemoved?.()}
        />
      );
  }
}

interface DialogProps {
  volume: Volume;
  onClose: () => void;
}

function Attach({ volume, onClose }: DialogProps) {
  const { volumes: text } = useText();
  const servers = (useQuery(serversQuery).data ?? []).filter(
    (server) =>
      allows(server).has('volumes') && !volume.attachments.some(({ server_id: attached }) => attached === server.id),
  );
  const find = (id: string) => servers.find((one) => one.id === id) ?? { id, name: 'SERVER' };
  return (
    <FormDialog
      title={text.attachTitle(nameOf(volume))}
      description={text.attachText}
      action={text.attach}
      initial={{ server: '' }}
      validate={({ server }) => ({ server: server === '' ? text.serverMissing : undefined })}
      operations={({ server }) => [operations.attachVolume(volume, find(server))]}
      kinds={['volumes', 'servers']}
      done={({ server }) => text.attached(nameOf(volume), find(server).name)}
      onClose={onClose}
    >
      {({ field }) => (
        <SelectField
          {...field('server')}
          label={text.server}
          placeholder={text.choose}
          hint={servers.length === 0 ? text.noServers : undefined}
          options={servers.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
    </FormDialog>
  );
}

function Detach({ volume, onClose }: DialogProps) {
  const { volumes: text } = useText();
  const all = useQuery(serversQuery).data ?? [];
  const servers = volume.attachments.map(({ server_id: id }) => all.find((one) => one.id === id) ?? { id, name: id });
  return (
    <ConfirmOperations
      title={text.detachTitle(nameOf(volume))}
      action={text.detach}
      operations={servers.map((server) => operations.detachVolume(volume, server))}
      kinds={['volumes', 'servers']}
      done={text.detached(nameOf(volume))}
      onClose={onClose}
    >
      <p>{text.detachText(servers.map(({ name }) => name).join(', '))}</p>
    </ConfirmOperations>
  );
}

/** Offers the volume, then shows once what the other project needs. */
function Offer({ volume, onClose }: DialogProps) {
  const { volumes: text, common } = useText();
  const [made, setMade] = useState<Transfer | null>(null);
  if (made !== null) {
    return (
      <Dialog open onClose={onClose} title={text.offeredTitle} description={text.offeredText}>
        <Facts
          facts={[
            [common.id, <CopyText key="id" text={made.id} />],
            [text.key, <CopyText key="key" text={made.auth_key ?? ''} />],
          ]}
        />
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={text.offerTitle(nameOf(volume))}
      description={text.offerText}
      action={text.offer}
      initial={{}}
      validate={() => ({})}
      operations={() => [operations.offerVolume(volume)]}
      kinds={['volumes']}
      done={() => text.offered}
      onDone={([answer]) => setMade((answer as { transfer: Transfer }).transfer)}
      onClose={onClose}
      stay
    >
      {() => null}
    </FormDialog>
  );
}
