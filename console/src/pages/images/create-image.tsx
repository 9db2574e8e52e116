import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Image } from '../../api/queries/image.ts';
import { send } from '../../api/send.ts';
import { upload } from '../../api/upload.ts';
import { Button } from '../../parts/button.tsx';
import { ChoiceCards } from '../../parts/form/choice-cards.tsx';
import { Field, SelectField, TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { useToast } from '../../parts/toast.tsx';
import { useBytes } from '../../parts/values.tsx';
import { useText } from '../../text/index.tsx';
import { formatByName, formatOf, FORMATS, HEAD, isWebAddress, nameByFile, type Format } from './format.ts';
import { createImage, deleteImage, importImage, uploadImage } from './operations.ts';

interface Values {
  from: string;
  file: File | null;
  /** It is an archive. */
  compressed: boolean;
  address: string;
  name: string;
  format: string;
}

const FROMS = ['file', 'web'] as const;

/** A new image: uploaded with its progress, or fetched by the cloud. What was begun and fails leaves nothing behind. */
export function CreateImage({ onClose }: { onClose: () => void }) {
  const { images: text, common } = useText();
  const client = useQueryClient();
  const toast = useToast();
  const [progress, setProgress] = useState<{ sent: number; of: number } | null>(null);
  const stop = useRef<AbortController | null>(null);
  // Closing the window ends the upload.
  useEffect(() => () => stop.current?.abort(), []);

  const work = async ({ from, file, address, name, format }: Values) => {
    const made = createImage({ name: name.trim(), format: format as Format });
    const image = await send<Image>(made.request);
    try {
      if (from === 'web') await send(importImage(image, address.trim()).request);
      else if (file !== null) {
        const controller = new AbortController();
        stop.current = controller;
        setProgress({ sent: 0, of: file.size });
        await upload(uploadImage(image.id).request.path, file, {
          onProgress: (sent) => setProgress({ sent, of: file.size }),
          signal: controller.signal,
        });
      }
    } catch (error) {
      await send(deleteImage(image).request).catch(() => undefined);
      if (error instanceof DOMException && error.name === 'AbortError') return toast(text.stopped);
      throw error;
    } finally {
      setProgress(null);
      void client.invalidateQueries({ queryKey: ['images'] });
    }
    toast(from === 'web' ? text.fetching(name) : text.uploaded(name));
  };

  return (
    <FormDialog<Values>
      title={text.create}
      description={text.createText}
      action={text.create}
      initial={{ from: 'file', file: null, compressed: false, address: '', name: '', format: 'qcow2' }}
      validate={({ from, file, compressed, address, name }) => ({
        file:
          from !== 'file' ? undefined : file === null ? text.fileMissing : compressed ? text.fileCompressed : undefined,
        address: from === 'web' && !isWebAddress(address) ? text.addressWrong : undefined,
        name: name.trim() === '' ? text.nameMissing : undefined,
      })}
      operations={({ from, file, address, name, format }) => {
        const image = { id: 'IMAGE', name };
        const of = { name, format: format as Format };
        return from === 'web'
          ? [createImage(of), importImage(image, address)]
          : [createImage({ ...of, file: file?.name ?? 'FILE' }), uploadImage('IMAGE')];
      }}
      send={work}
      kinds={['images']}
      onClose={onClose}
    >
      {({ field, values, setValues }) => {
        const take = async (file: File | undefined) => {
          if (file === undefined) return;
          const format = formatOf(new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
          setValues((before) => ({
            ...before,
            file,
            compressed: format === 'compressed',
            format: format === 'compressed' ? before.format : format,
            name: before.name === '' ? nameByFile(file.name) : before.name,
          }));
        };
        const takeAddress = (address: string) =>
          setValues((before) => ({
            ...before,
            address,
            format: formatByName(address) ?? before.format,
            name: before.name === '' || before.name === nameByFile(before.address) ? nameByFile(address) : before.name,
          }));
        if (progress !== null) {
          return <Progress {...progress} name={values.name} onStop={() => stop.current?.abort()} />;
        }
        return (
          <>
            <ChoiceCards
              label={text.from}
              choices={FROMS.map((value) => ({ value, title: text.froms[value], text: text.fromTexts[value] }))}
              value={values.from}
              onChange={(from) => setValues((before) => ({ ...before, from }))}
            />
            {values.from === 'file' ? (
              <Field label={text.file} hint={text.fileHint} error={field('file').error}>
                {(attributes) => (
                  <input
                    {...attributes}
                    type="file"
                    onChange={(event) => void take(event.target.files?.[0])}
                    className="block w-full text-sm file:mr-3 file:rounded-md file:border file:border-solid file:border-control file:bg-surface file:px-3 file:py-1.5 file:text-ink"
                  />
                )}
              </Field>
            ) : (
              <TextField
                {...field('address')}
                onChange={takeAddress}
                type="url"
                label={text.address}
                hint={text.addressHint}
                autoComplete="off"
              />
            )}
            <TextField {...field('name')} label={common.name} maxLength={255} autoComplete="off" />
            <SelectField
              {...field('format')}
              label={text.format}
              hint={values.from === 'file' ? text.formatHint : undefined}
              options={FORMATS.map((value) => ({ value, label: value }))}
            />
          </>
        );
      }}
    </FormDialog>
  );
}

function Progress({ name, sent, of, onStop }: { name: string; sent: number; of: number; onStop: () => void }) {
  const { images: text } = useText();
  const bytes = useBytes();
  const share = of === 0 ? 100 : Math.floor((sent / of) * 100);
  // Leaving the console would end the upload: the browser asks first.
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, []);
  return (
    <div className="space-y-2 text-sm">
      <p className="font-medium">{text.uploading(name)}</p>
      <div
        role="progressbar"
        aria-label={text.uploading(name)}
        aria-valuenow={share}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={text.progress(bytes(sent), bytes(of))}
        className="h-3 overflow-hidden rounded-full bg-raised"
      >
        <div className="h-full bg-accent" style={{ width: `${share}%` }} />
      </div>
      <p className="flex items-center justify-between gap-3 text-muted tabular-nums">
        {text.progress(bytes(sent), bytes(of))}
        <Button onClick={onStop}>{text.stop}</Button>
      </p>
    </div>
  );
}
