import { Type } from 'typebox';
import { atLeast, type Version } from '../../http/microversions.ts';
import { accepted, type Reply } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { assertMetadataQuota } from '../create-input.ts';
import { createServerBackup, createServerImage } from '../server-images.ts';
import { Metadata, Name } from '../wire.ts';
import { action, type Action } from './action.ts';

type CallOf = Parameters<Action['handler']>[0];

/** Until 2.39 the metadata of an image counted against the quota of metadata items. */
async function assertQuota({ app, context, version }: CallOf, metadata: Record<string, string>): Promise<void> {
  if (atLeast(version, '2.39')) return;
  await assertMetadataQuota(app.store.read, context, Object.keys(metadata).length);
}

/** Since 2.45 the image's id is in the answer's body; before, its address in a header. */
function answer(version: Version, imageId: string, address: string | null): Reply {
  if (atLeast(version, '2.45')) return accepted({ image_id: imageId });
  return accepted(null, address === null ? {} : { location: address });
}

const createImage = action({
  name: 'createImage',
  body: Strict({ name: Name, metadata: Type.Optional(Metadata) }),
  async handler(call, body) {
    const { app, context, params, version } = call;
    const metadata = body.metadata ?? {};
    await assertQuota(call, metadata);
    const id = await createServerImage(app, context, params.server_id, { name: body.name, metadata });
    return answer(version, id, `${app.config.publicUrl}/image/v2/images/${id}`);
  },
});

const createBackup = action({
  name: 'createBackup',
  body: Strict({
    name: Name,
    backup_type: Type.String(),
    rotation: Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]{1,9}$' })]),
    metadata: Type.Optional(Metadata),
  }),
  async handler(call, body) {
    const { app, context, params, version } = call;
    const metadata = body.metadata ?? {};
    await assertQuota(call, metadata);
    const rotation = Number(body.rotation);
    const request = { name: body.name, metadata, backupType: body.backup_type, rotation };
    const id = await createServerBackup(app, context, params.server_id, request);
    return answer(version, id, rotation > 0 ? `${app.config.publicUrl}/compute/v2.1/images/${id}` : null);
  },
});

export const imageActions: readonly Action[] = [createImage, createBackup];
