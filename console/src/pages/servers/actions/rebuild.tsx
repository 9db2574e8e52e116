import { useQuery } from '@tanstack/react-query';
import { keyPairsQuery } from '../../../api/queries/compute.ts';
import { imagesQuery, type Image } from '../../../api/queries/image.ts';
import { SelectField, TextField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { nameOf } from '../../../parts/format.ts';
import { useText } from '../../../text/index.tsx';
import { usableImages } from '../new/fit.ts';
import { rebuildServer } from '../operations.ts';
import type { WindowProps } from './props.ts';

/** Its disk anew from an image: what is lost is said, and the name is typed, before it can be sent. */
export function Rebuild({ server, onClose }: WindowProps) {
  const { serverActions: text, servers, common } = useText();
  const images = usableImages(useQuery(imagesQuery).data ?? []);
  const keys = useQuery(keyPairsQuery).data ?? [];
  const find = (id: string): Image | undefined => images.find((one) => one.id === id);
  const fits = (image: Image) =>
    server.image === '' || server.flavor.disk === 0 || image.min_disk <= server.flavor.disk;
  const problem = (id: string) => {
    const image = find(id);
    if (image === undefined) return text.imageMissing;
    return fits(image) ? undefined : text.imageTooLarge;
  };
  return (
    <FormDialog
      title={text.rebuildTitle(server.name)}
      description={server.image === '' ? text.rebuildVolumeText : text.rebuildText}
      action={servers.actions.rebuild}
      danger
      initial={{ image: server.image === '' ? '' : server.image.id, key: '', typed: '' }}
      validate={({ image, typed }) => ({
        image: problem(image),
        typed: typed === server.name ? undefined : text.typedWrong(server.name),
      })}
      operations={({ image, key }) => {
        const chosen = find(image);
        const named = chosen === undefined ? { id: 'IMAGE', name: 'IMAGE' } : { id: chosen.id, name: nameOf(chosen) };
        return [rebuildServer(server, named, key === '' ? null : key)];
      }}
      kinds={['servers', 'volumes']}
      done={() => text.rebuilding}
      onClose={onClose}
    >
      {({ field }) => (
        <>
          <p role="note" className="rounded-lg bg-warn-soft p-3 text-sm text-warn">
            {text.rebuildLost}
          </p>
          <SelectField
            {...field('image')}
            label={servers.image}
            placeholder={text.choose}
            options={images.map((one) => ({ value: one.id, label: nameOf(one), disabled: !fits(one) }))}
          />
          <SelectField
            {...field('key')}
            label={servers.key}
            hint={text.keyHint}
            options={[
              { value: '', label: text.keepKey(server.key_name) },
              ...keys.filter(({ name }) => name !== server.key_name).map(({ name }) => ({ value: name, label: name })),
            ]}
          />
          <TextField {...field('typed')} label={common.typeToConfirm(server.name)} autoComplete="off" />
        </>
      )}
    </FormDialog>
  );
}
