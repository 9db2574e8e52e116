import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { imageQuery, type Image } from '../../api/queries/image.ts';
import { isAdmin, mayChange, useSession } from '../../api/session.ts';
import { Facts, Page } from '../../layout/page.tsx';
import { Button } from '../../parts/button.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { nameOf } from '../../parts/format.ts';
import { ChoiceCards } from '../../parts/form/choice-cards.tsx';
import { TextField } from '../../parts/form/fields.tsx';
import { FormDialog } from '../../parts/form/form-dialog.tsx';
import { Icon } from '../../parts/icons.tsx';
import { Menu } from '../../parts/menu.tsx';
import { ShowMeHow } from '../../parts/show-me-how.tsx';
import { Bytes, DateTime } from '../../parts/values.tsx';
import { Remove } from '../../parts/remove.tsx';
import { useText } from '../../text/index.tsx';
import { ImageStatus } from './image-status.tsx';
import { Members } from './members.tsx';
import { changeImage, imageRemoval, showImage } from './operations.ts';
import { Awaited } from '../../parts/awaited.tsx';

type Asked = 'rename' | 'visibility' | 'protect' | 'remove' | null;

export default function ImagePage() {
  const { images: text, common } = useText();
  const { id = '' } = useParams();
  const session = useSession();
  const { data: image, error, refetch } = useQuery(imageQuery(id));
  const [asked, ask] = useState<Asked>(null);
  const up = { to: '/images', label: text.title };
  if (error !== null || image === undefined) {
    return (
      <Page title={text.image} up={up}>
        <Awaited error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  const may = mayChange(session) && (image.owner === session.token.project?.id || isAdmin(session));
  return (
    <Page
      title={nameOf(image)}
      up={up}
      badge={<ImageStatus status={image.status} />}
      actions={
        may && (
          <Menu
            trigger={
              <Button>
                {common.actions}
                <Icon name="down" className="size-4" />
              </Button>
            }
            entries={[
              { label: text.rename, icon: 'settings', onSelect: () => ask('rename') },
              { label: text.changeVisibility, icon: 'people', onSelect: () => ask('visibility') },
              {
                label: image.protected ? text.unprotect : text.protect,
                icon: 'shield',
                onSelect: () => ask('protect'),
              },
              'line',
              {
                label: text.remove,
                icon: 'trash',
                danger: true,
                disabled: image.protected,
                onSelect: () => ask('remove'),
              },
            ]}
          />
        )
      }
    >
      <div className="mb-6">
        <ImageFacts image={image} />
      </div>
      {image.visibility === 'shared' && <Members image={image} may={may} />}
      <ShowMeHow operations={[showImage(id)]} />
      {asked !== null && <ImageDialog image={image} asked={asked} onClose={() => ask(null)} />}
    </Page>
  );
}

function ImageFacts({ image }: { image: Image }) {
  const { images: text, common } = useText();
  const project = useSession().token.project?.id;
  const system = [image.os_distro, image.os_version].filter((part) => part !== undefined).join(' ');
  return (
    <Facts
      facts={[
        [common.id, <CopyText key="id" text={image.id} />],
        ...(typeof image.image_description === 'string'
          ? [[common.description, image.image_description] as const]
          : []),
        ...(system === '' ? [] : [[text.system, system] as const]),
        [text.visibility, text.visibilities[image.visibility]],
        [text.owner, image.owner === project ? text.mine : text.others],
        ...(image.size === null ? [] : [[text.size, <Bytes key="size" bytes={image.size} />] as const]),
        ...(image.virtual_size === null
          ? []
          : [[text.diskSize, <Bytes key="disk" bytes={image.virtual_size} />] as const]),
        [text.format, image.disk_format ?? common.none],
        ...(image.min_disk > 0 ? [[text.minDisk, <Bytes key="min" bytes={image.min_disk * 2 ** 30} />] as const] : []),
        ...(image.min_ram > 0 ? [[text.minRam, <Bytes key="ram" bytes={image.min_ram * 2 ** 20} />] as const] : []),
        ...(image.os_hash_value === null
          ? []
          : [
              [
                text.checksum,
                <CopyText
                  key="sum"
                  text={image.os_hash_value}
                  short={`${image.os_hash_algo ?? ''} ${image.os_hash_value.slice(0, 16)}…`}
                />,
              ] as const,
            ]),
        [text.protected, image.protected ? common.yes : common.no],
        [common.created, <DateTime key="created" at={image.created_at} />],
      ]}
    />
  );
}

function ImageDialog({ image, asked, onClose }: { image: Image; asked: NonNullable<Asked>; onClose: () => void }) {
  const { images: text, common } = useText();
  const session = useSession();
  const navigate = useNavigate();
  const offered = ['private', 'shared', 'community', ...(isAdmin(session) ? (['public'] as const) : [])] as const;
  switch (asked) {
    case 'rename':
      return (
        <FormDialog
          title={text.rename}
          action={common.save}
          initial={{ name: image.name ?? '' }}
          validate={({ name }) => ({ name: name.trim() === '' ? text.nameMissing : undefined })}
          operations={({ name }) => [changeImage(image, { name: name.trim() })]}
          kinds={['images']}
          done={() => text.changed}
          onClose={onClose}
        >
          {({ field }) => <TextField {...field('name')} label={common.name} maxLength={255} />}
        </FormDialog>
      );
    case 'visibility':
      return (
        <FormDialog<{ visibility: string }>
          title={text.changeVisibility}
          action={common.save}
          initial={{ visibility: image.visibility }}
          validate={() => ({})}
          operations={({ visibility }) => [changeImage(image, { visibility: visibility as Image['visibility'] })]}
          kinds={['images']}
          done={() => text.changed}
          onClose={onClose}
        >
          {({ field }) => (
            <ChoiceCards
              {...field('visibility')}
              label={text.visibility}
              choices={offered.map((value) => ({
                value,
                title: text.visibilities[value],
                text: text.visibilityTexts[value],
              }))}
            />
          )}
        </FormDialog>
      );
    case 'protect': {
      const change = changeImage(image, { protected: !image.protected });
      return (
        <FormDialog
          title={image.protected ? text.unprotect : text.protect}
          action={image.protected ? text.unprotect : text.protect}
          initial={{}}
          validate={() => ({})}
          operations={() => [change]}
          kinds={['images']}
          done={() => text.changed}
          onClose={onClose}
        >
          {() => null}
        </FormDialog>
      );
    }
    case 'remove':
      return (
        <Remove
          {...imageRemoval}
          words={text}
          rows={[image]}
          onClose={onClose}
          onDone={() => void navigate('/images')}
        />
      );
  }
}
