import { Type } from 'typebox';
import { badRequest, forbidden } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import { atLeast } from '../../http/microversions.ts';
import { accepted } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { createMadeImage } from '../../image/index.ts';
import { writeAudit } from '../../store/audit.ts';
import { action } from '../actions.ts';
import { propertiesOf } from '../properties.ts';
import { timeOrNull } from '../views.ts';
import { changeVolume, volumeById } from '../volumes-store.ts';
import { Truth, truth } from '../wire.ts';

/** What an image already has a column for, or what is only true of the image the volume was made of. */
const NOT_INHERITED = [
  'image_id',
  'image_name',
  'container_format',
  'disk_format',
  'min_disk',
  'min_ram',
  'size',
  'checksum',
];

export const uploadAction = action('os-volume_upload_image', {
  body: Strict({
    image_name: Type.String({ minLength: 1, maxLength: 255 }),
    force: Type.Optional(Nullable(Truth)),
    disk_format: Type.Optional(Nullable(Type.String())),
    container_format: Type.Optional(Nullable(Type.String())),
    visibility: Type.Optional(Type.Enum(['public', 'private', 'shared', 'community'])),
    protected: Type.Optional(Truth),
  }),
  async run({ app, context, version, id, input }) {
    const format = input.disk_format ?? 'raw';
    if (format !== 'raw' && format !== 'qcow2') {
      throw badRequest(`Volumes become images of disk_format raw or qcow2, not ${format}: convert it afterwards.`);
    }
    if ((input.container_format ?? 'bare') !== 'bare') {
      throw badRequest(`Volumes become images in a bare container, not in ${input.container_format}.`);
    }
    const visibility = atLeast(version, '3.1') ? (input.visibility ?? 'private') : 'private';
    const kept = atLeast(version, '3.1') && truth('protected', input.protected);
    if (visibility === 'public' && !context.isAdmin) throw forbidden('Only an administrator makes public images.');
    const imageId = newUuid<'image'>();
    const volume = await app.store.transaction(async (tx) => {
      const row = await volumeById(tx.db, context, id);
      const allowed = truth('force', input.force ?? undefined) ? ['available', 'in-use'] : ['available'];
      if (!allowed.includes(row.status)) {
        throw badRequest(
          `Invalid volume: Volume ${id} status must be ${allowed.join(' or ')}, but it is ${row.status}: detach it, or use force.`,
        );
      }
      const of = await propertiesOf(tx.db, 'image', row.id);
      const properties = Object.fromEntries(Object.entries(of).filter(([name]) => !NOT_INHERITED.includes(name)));
      await createMadeImage(app, tx, context, {
        id: imageId,
        name: input.image_name,
        owner: row.project_id,
        diskFormat: format,
        minDiskGib: row.target_gib,
        minRamMib: Number(of.min_ram ?? 0) || 0,
        properties,
        visibility,
        protected: kept,
      });
      const patch = {
        status: 'uploading',
        status_before: row.status,
        image_id: imageId,
        image_format: format,
      } as const;
      await changeVolume(tx, row, context.now, patch, { host: true });
      await writeAudit(tx, context, 'volume:volumes:upload', row.id, { image: imageId });
      return row;
    });
    const type = await app.store.read
      .selectFrom('volume_types')
      .select(['id', 'name', 'description', 'is_public'])
      .where('id', '=', volume.volume_type_id ?? '')
      .executeTakeFirst();
    return accepted({
      'os-volume_upload_image': {
        id: volume.id,
        updated_at: timeOrNull(volume.updated_at),
        status: 'uploading',
        display_description: volume.description,
        size: volume.size_gib,
        volume_type: type ? { ...type, is_public: type.is_public === 1 } : null,
        image_id: imageId,
        container_format: 'bare',
        disk_format: format,
        image_name: input.image_name,
        ...(atLeast(version, '3.1') && { visibility, protected: kept }),
      },
    });
  },
});
