import { useQuery } from '@tanstack/react-query';
import { volumesQuery, volumeTypesQuery, type Backup, type Volume } from '../../api/queries/volume.ts';
import { ChoiceCards } from '../../parts/form/choice-cards.tsx';
import { SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { nameOf } from '../../parts/format.ts';
import { useText } from '../../text/index.tsx';
import { createBackup, restoreBackup, retypeVolume } from './backup-operations.ts';

const today = () => new Date().toISOString().slice(0, 10);

/** A copy of what a volume holds now. */
export function CreateBackup({ volume, onClose }: { volume: Volume; onClose: () => void }) {
  const { backups: text, volumes, common } = useText();
  return (
    <FormDialog
      title={text.createTitle(nameOf(volume))}
      description={volume.status === 'in-use' ? text.createUsedText : text.createText}
      action={volumes.backup}
      initial={{ name: `${nameOf(volume)}-${today()}` }}
      validate={({ name }) => ({ name: name.trim() === '' ? volumes.nameMissing : undefined })}
      operations={({ name }) => [createBackup(volume, name.trim())]}
      kinds={['backups', 'volumes', 'quotas']}
      done={({ name }) => text.begun(name.trim())}
      onClose={onClose}
    >
      {({ field }) => <TextField {...field('name')} label={common.name} maxLength={255} />}
    </FormDialog>
  );
}

interface Restore {
  into: string;
  name: string;
  volume: string;
}

/** A backup as a new volume, or over what one holds. */
export function RestoreBackup({ backup, onClose }: { backup: Backup; onClose: () => void }) {
  const { backups: text, volumes: words, common } = useText();
  // Cinder writes over a free volume only, that is large enough.
  const volumes = (useQuery(volumesQuery).data ?? []).filter(
    ({ status, size }) => status === 'available' && size >= backup.size,
  );
  const find = (id: string) => volumes.find((one) => one.id === id) ?? { id: 'VOLUME', name: 'VOLUME' };
  const own = volumes.find(({ id }) => id === backup.volume_id);
  return (
    <FormDialog<Restore>
      title={text.restoreTitle(nameOf(backup))}
      action={text.restore}
      initial={{ into: 'new', name: nameOf(backup), volume: own?.id ?? '' }}
      validate={({ into, name, volume }) =>
        into === 'new'
          ? { name: name.trim() === '' ? words.nameMissing : undefined }
          : { volume: volume === '' ? text.volumeMissing : undefined }
      }
      operations={({ into, name, volume }) => [
        restoreBackup(backup, into === 'new' ? { name: name.trim() } : find(volume)),
      ]}
      kinds={['backups', 'volumes', 'quotas']}
      done={() => text.restoring}
      onClose={onClose}
    >
      {({ field, values, set }) => (
        <>
          <ChoiceCards
            label={text.into}
            value={values.into}
            onChange={(into) => set('into', into)}
            choices={[
              { value: 'new', title: text.intoNew, text: text.intoNewText },
              {
                value: 'old',
                title: text.intoOld,
                text: text.intoOldText,
                ...(volumes.length === 0 && { disabled: text.noVolumes(backup.size) }),
              },
            ]}
          />
          {values.into === 'new' ? (
            <TextField {...field('name')} label={common.name} maxLength={255} />
          ) : (
            <>
              <SelectField
                {...field('volume')}
                label={words.volume}
                placeholder={words.choose}
                options={volumes.map((one) => ({ value: one.id, label: nameOf(one) }))}
              />
              <p role="note" className="rounded-lg bg-warn-soft p-3 text-sm text-warn">
                {text.overwritten}
              </p>
            </>
          )}
        </>
      )}
    </FormDialog>
  );
}

/** Another kind of disk, where the operator has several. */
export function Retype({ volume, onClose }: { volume: Volume; onClose: () => void }) {
  const { backups: text, volumes } = useText();
  const types = (useQuery(volumeTypesQuery).data ?? []).filter(({ name }) => name !== volume.volume_type);
  const said = (name: string) => types.find((one) => one.name === name)?.description ?? undefined;
  return (
    <FormDialog
      title={text.retypeTitle(nameOf(volume))}
      description={text.retypeText}
      action={volumes.retype}
      initial={{ type: types.length === 1 ? (types[0]?.name ?? '') : '' }}
      validate={({ type }) => ({ type: type === '' ? text.typeMissing : undefined })}
      operations={({ type }) => [retypeVolume(volume, type === '' ? 'TYPE' : type)]}
      kinds={['volumes', 'quotas']}
      done={() => text.retyped}
      onClose={onClose}
    >
      {({ field, values }) => (
        <SelectField
          {...field('type')}
          label={volumes.type}
          placeholder={volumes.choose}
          hint={said(values.type)}
          options={types.map(({ name }) => ({ value: name, label: name }))}
        />
      )}
    </FormDialog>
  );
}
