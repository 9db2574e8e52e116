import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { accepted, ok } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { bit } from '../../store/json.ts';
import { action, type Action } from '../actions.ts';
import { deleteVolume } from '../delete.ts';
import { extendVolume, reimageVolume, revertVolume } from '../remake.ts';
import { resetVolume } from '../reset.ts';
import { retypeVolume } from '../retype.ts';
import { checkProperties, propertiesOf, removeProperties, writeProperties } from '../properties.ts';
import { changeVolume, volumeById } from '../volumes-store.ts';
import { Metadata, sizeOf, Truth, truth } from '../wire.ts';
import { notFound } from '../../core/errors.ts';

const Status = Type.Optional(Nullable(Type.String({ maxLength: 255 })));
/** Null, or an object without meaning. */
const Nothing = Type.Unknown();

const extend = action('os-extend', {
  body: Strict({ new_size: Type.Union([Type.Integer(), Type.String()]) }),
  async run({ app, context, version, id, input }) {
    const size = sizeOf("'new_size'", input.new_size);
    if (size === null) throw badRequest("'new_size' is needed.");
    await extendVolume(app, context, version, id, size);
    return accepted();
  },
});

const revert = action('revert', {
  since: '3.40',
  body: Strict({ snapshot_id: Type.String() }),
  async run({ app, context, id, input }) {
    await revertVolume(app, context, id, input.snapshot_id);
    return accepted();
  },
});

const reimage = action('os-reimage', {
  since: '3.68',
  body: Strict({ image_id: Type.String(), reimage_reserved: Type.Optional(Truth) }),
  async run({ app, context, id, input }) {
    await reimageVolume(app, context, id, input.image_id, truth('reimage_reserved', input.reimage_reserved));
    return accepted();
  },
});

const reset = action('os-reset_status', {
  body: Strict({ status: Status, attach_status: Status, migration_status: Status }),
  async run({ app, context, id, input }) {
    await resetVolume(app, context, id, input);
    return accepted();
  },
});

const forceDelete = action('os-force_delete', {
  body: Nothing,
  async run({ app, context, id }) {
    await deleteVolume(app, context, id, { force: true, cascade: true });
    return accepted();
  },
});

const setBootable = action('os-set_bootable', {
  body: Strict({ bootable: Truth }),
  async run({ app, context, id, input }) {
    const bootable = truth('bootable', input.bootable);
    await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, id);
      await changeVolume(tx, volume, context.now, { bootable: bit(bootable) });
      await writeAudit(tx, context, 'volume:volumes:set-bootable', volume.id, { bootable });
    });
    return { status: 200, body: null };
  },
});

const setReadOnly = action('os-update_readonly_flag', {
  body: Strict({ readonly: Truth }),
  async run({ app, context, id, input }) {
    const readOnly = truth('readonly', input.readonly);
    await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, id);
      if (volume.status !== 'available') {
        throw badRequest(
          `Invalid volume: Volume ${id} status must be available to update readonly flag, but it is ${volume.status}.`,
        );
      }
      await changeVolume(tx, volume, context.now, { read_only: bit(readOnly) });
      await writeAudit(tx, context, 'volume:volumes:set-readonly', volume.id, { readOnly });
    });
    return accepted();
  },
});

const setImageMetadata = action('os-set_image_metadata', {
  body: Strict({ metadata: Metadata }),
  async run({ app, context, id, input }) {
    const metadata = await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, id);
      const before = await propertiesOf(tx.db, 'image', volume.id);
      const after = checkProperties({ ...before, ...input.metadata });
      await writeProperties(tx, 'image', volume.id, after, { keep: true });
      await writeAudit(tx, context, 'volume:volumes:set-image-metadata', volume.id);
      return after;
    });
    return ok({ metadata });
  },
});

const unsetImageMetadata = action('os-unset_image_metadata', {
  body: Strict({ key: Type.String() }),
  async run({ app, context, id, input }) {
    await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, id);
      if (!(await removeProperties(tx, 'image', volume.id, input.key))) {
        throw notFound(`Volume ${id} has no image metadata with key ${input.key}.`);
      }
      await writeAudit(tx, context, 'volume:volumes:unset-image-metadata', volume.id);
    });
    return { status: 200, body: null };
  },
});

const showImageMetadata = action('os-show_image_metadata', {
  body: Nothing,
  async run({ app, context, id }) {
    const volume = await volumeById(app.store.read, context, id);
    return ok({ metadata: await propertiesOf(app.store.read, 'image', volume.id) });
  },
});

const retype = action('os-retype', {
  body: Strict({
    new_type: Type.String({ minLength: 1 }),
    migration_policy: Type.Optional(Nullable(Type.Enum(['never', 'on-demand']))),
  }),
  async run({ app, context, id, input }) {
    await retypeVolume(app, context, id, input.new_type);
    return accepted();
  },
});

const migrate = action('os-migrate_volume', {
  body: Type.Object({ host: Type.Optional(Nullable(Type.String())) }),
  async run({ app, context, id }) {
    await volumeById(app.store.read, context, id);
    throw badRequest(
      `Volume ${id} cannot be moved: the bytes of volumes do not travel between hosts yet. Make a backup and restore it, or upload it to an image.`,
    );
  },
});

export const ownVolumeActions: readonly Action[] = [
  extend,
  revert,
  reimage,
  reset,
  forceDelete,
  setBootable,
  setReadOnly,
  setImageMetadata,
  unsetImageMetadata,
  showImageMetadata,
  retype,
  migrate,
];
