import { useQuery } from '@tanstack/react-query';
import { imagesQuery } from '../../api/queries/image.ts';
import { snapshotsQuery, volumesQuery } from '../../api/queries/volume.ts';
import { nameOf } from '../../parts/format.ts';
import { ChoiceCards } from '../../parts/form/choice-cards.tsx';
import { NumberField, SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useText } from '../../text/index.tsx';
import { leastSize } from './judge.ts';
import { createVolume, type Source } from './operations.ts';

const SOURCES = ['empty', 'image', 'snapshot', 'volume'] as const;

interface Values {
  name: string;
  source: string;
  from: string;
  size: number | null;
}

/** A new volume, empty or from something; `snapshot` when it was begun at one. */
export function CreateVolume({ snapshot, onClose }: { snapshot?: string; onClose: () => void }) {
  const { volumes: text, common } = useText();
  const images = (useQuery(imagesQuery).data ?? []).filter(({ status }) => status === 'active');
  const snapshots = (useQuery(snapshotsQuery).data ?? []).filter(({ status }) => status === 'available');
  const volumes = (useQuery(volumesQuery).data ?? []).filter(({ status }) => ['available', 'in-use'].includes(status));
  const of = { empty: [], image: images, snapshot: snapshots, volume: volumes };
  const least = (values: Values) => leastSize(values.source as Source, values.from, { images, snapshots, volumes });
  /** What is not filled in takes the smallest size that does. */
  const sizeOf = (values: Values) => values.size ?? least(values);
  return (
    <FormDialog<Values>
      title={text.create}
      description={text.about}
      action={text.create}
      initial={{ name: '', source: snapshot === undefined ? 'empty' : 'snapshot', from: snapshot ?? '', size: null }}
      validate={(values) => ({
        name: values.name.trim() === '' ? text.nameMissing : undefined,
        from: values.source !== 'empty' && values.from === '' ? text.fromMissing : undefined,
        size: sizeOf(values) < least(values) ? text.sizeTooSmall(least(values)) : undefined,
      })}
      operations={(values) => [
        createVolume({
          name: values.name.trim(),
          size: sizeOf(values),
          source: values.source as Source,
          from: values.from,
        }),
      ]}
      kinds={['volumes', 'quotas']}
      done={(values) => text.made(values.name)}
      onClose={onClose}
    >
      {({ field, values, setValues }) => (
        <>
          <TextField {...field('name')} label={common.name} maxLength={255} />
          <ChoiceCards
            label={text.contents}
            choices={SOURCES.map((value) => ({ value, title: text.sources[value], text: text.sourceTexts[value] }))}
            value={values.source}
            onChange={(source) => setValues((before) => ({ ...before, source, from: '' }))}
          />
          {values.source !== 'empty' && (
            <SelectField
              {...field('from')}
              label={text.sources[values.source as Source]}
              placeholder={text.choose}
              options={of[values.source as Source].map((one) => ({ value: one.id, label: nameOf(one) }))}
            />
          )}
          <NumberField
            {...field('size')}
            value={sizeOf(values)}
            label={text.size}
            hint={text.sizeHint(least(values))}
            unit={text.gib}
            min={least(values)}
          />
        </>
      )}
    </FormDialog>
  );
}
