import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { imagesQuery } from '../../../api/queries/image.ts';
import { Facts } from '../../../layout/page.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { SelectField } from '../../../parts/form/fields.tsx';
import { FormDialog } from '../../../parts/form/form-dialog.tsx';
import { nameOf } from '../../../parts/format.ts';
import { useText } from '../../../text/index.tsx';
import { usableImages } from '../new/fit.ts';
import { rescueServer } from '../operations.ts';
import type { WindowProps } from './props.ts';

/** Starts from another disk, to mend its own; then shows once the password that the rescue system is told. */
export function Rescue({ server, onClose }: WindowProps) {
  const { serverActions: text, servers } = useText();
  const [password, setPassword] = useState<string | null>(null);
  const fromVolume = server.image === '';
  // What the cloud asks of an image for a server that starts from a volume.
  const images = usableImages(useQuery(imagesQuery).data ?? []).filter(
    (image) => !fromVolume || image.hw_rescue_device !== undefined || image.hw_rescue_bus !== undefined,
  );
  if (password !== null) {
    return (
      <Dialog open onClose={onClose} title={text.rescuedTitle(server.name)} description={text.rescuedText}>
        <Facts facts={[[text.password, <CopyText key="password" text={password} />]]} />
      </Dialog>
    );
  }
  const find = (id: string) => {
    const image = images.find((one) => one.id === id);
    return image === undefined ? null : { id: image.id, name: nameOf(image) };
  };
  return (
    <FormDialog
      title={text.rescueTitle(server.name)}
      description={text.rescueText}
      action={servers.actions.rescue}
      initial={{ image: '' }}
      validate={({ image }) => ({ image: fromVolume && image === '' ? text.imageMissing : undefined })}
      operations={({ image }) => [rescueServer(server, find(image))]}
      kinds={['servers']}
      done={() => text.rescuing}
      onDone={([answer]) => setPassword((answer as { adminPass: string }).adminPass)}
      onClose={onClose}
      stay
    >
      {({ field }) => (
        <SelectField
          {...field('image')}
          label={text.rescueImage}
          hint={fromVolume && images.length === 0 ? text.noRescueImages : text.rescueImageHint}
          options={[
            { value: '', label: fromVolume ? text.choose : text.ownImage },
            ...images.map((one) => ({ value: one.id, label: nameOf(one) })),
          ]}
        />
      )}
    </FormDialog>
  );
}
