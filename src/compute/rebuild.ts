import type { Static } from 'typebox';
import { badRequest } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import { imageForServer, type BootImage } from '../image/index.ts';
import { fromJson, toJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { reimageServerVolume, serverVolumes, volumeForServer, type ServerAttachment } from '../volume/index.ts';
import { flavorOfServer } from './model.ts';
import { keypairForServer } from './catalogue/keypairs.ts';
import { assertFits, assertMetadataQuota, newPassword, rootDiskGib } from './create-input.ts';
import { softSeconds } from './create.ts';
import { assertUnlocked } from './delete.ts';
import { PASSWORD_PURPOSE } from './documents.ts';
import { bootImageOf, isVolumeBacked, metadataOf, type ServerPatch, type ServerRow } from './model.ts';
import { startTask } from './power.ts';
import { serverById } from './servers-store.ts';
import { assertPermitted } from './states.ts';
import { assertAddresses, base64UserData, isTrue, type RebuildBody } from './wire.ts';

type RebuildInput = Static<typeof RebuildBody>['rebuild'];

/** Makes a server's disk anew from an image; what is not given stays. Answers the row and the new password. */
export async function rebuildServer(
  app: App,
  context: Context,
  version: Version,
  id: string,
  input: RebuildInput,
): Promise<{ server: ServerRow; adminPassword: string }> {
  assertAddresses(input);
  if ((input.personality ?? []).length > 0) {
    throw badRequest('File injection (personality) is not supported: use user_data or config_drive.');
  }
  const db = app.store.read;
  const before = await serverById(db, context, id);
  if (isTrue(input.preserve_ephemeral) && before.local_disks !== '[]') {
    throw badRequest(
      'Preserving ephemeral disks is not supported: a rebuild makes them anew. Leave preserve_ephemeral out.',
    );
  }
  const image = await imageForServer(db, context, input.imageRef);
  const reimages = atLeast(version, '2.93');
  const layers = await layersFor(db, context, before, image, reimages);
  const key = input.key_name ? await keypairForServer(db, context, input.key_name) : null;
  await assertMetadataQuota(db, context, Object.keys(input.metadata ?? {}).length);
  const adminPassword = input.adminPass ?? newPassword();
  const server = await app.store.transaction(async (tx) => {
    const row = await serverById(tx.db, context, id);
    assertUnlocked(context, row);
    assertPermitted('rebuild', row);
    const stays = row.power === 'stopped' && row.vm_state !== 'error';
    const own = isVolumeBacked(row) ? {} : { image: toJson(bootImageOf(image)), image_id: image.id };
    const patch: ServerPatch = {
      ...own,
      image_metadata: toJson(metadataOf(image)),
      build: row.build + 1,
      rescue: null,
      ...(stays ? {} : { boot: row.boot + 1, power: 'running' }),
      shutdown: 'hard',
      soft_seconds: softSeconds(image.properties),
      layers: toJson(layers),
      admin_password: app.secrets.seal(PASSWORD_PURPOSE, adminPassword),
      fault: null,
      ...(input.name !== undefined && { name: input.name }),
      ...(input.description !== undefined && { description: input.description }),
      ...(input.hostname !== undefined && { hostname: input.hostname }),
      ...(input.metadata !== undefined && { metadata: toJson(input.metadata) }),
      ...(input.accessIPv4 !== undefined && { access_ipv4: input.accessIPv4 }),
      ...(input.accessIPv6 !== undefined && { access_ipv6: input.accessIPv6 }),
      ...(input['OS-DCF:diskConfig'] !== undefined && { disk_config: input['OS-DCF:diskConfig'] }),
      ...(input.user_data !== undefined && {
        user_data: input.user_data === null ? null : base64UserData(input.user_data),
      }),
      ...(input.key_name !== undefined && {
        key_name: key?.name ?? null,
        key: key === null ? null : toJson({ name: key.name, type: key.type, data: key.publicKey }),
      }),
    };
    const task = { task: 'rebuilding', action: 'rebuild', event: 'compute_rebuild_instance' } as const;
    if (isVolumeBacked(row) && reimages) {
      await reimageServerVolume(tx, context, (await rootVolume(tx.db, row)).volumeId, image.id);
    }
    await startTask(tx, context, row, task, patch);
    return serverById(tx.db, context, id);
  });
  return { server, adminPassword };
}

/**
 * The sizes of the root disk's layers after a rebuild: one, as large as before. A root disk that is a volume is made
 * anew since 2.93; before, it stayed, so that the image had to be the one it was made of. Throws ApiError 400.
 */
async function layersFor(
  db: Reader,
  context: Context,
  server: ServerRow,
  image: BootImage,
  reimages: boolean,
): Promise<number[]> {
  const flavor = flavorOfServer(server);
  if (isVolumeBacked(server)) {
    assertFits({ ...flavor, diskGib: 0 }, image);
    if (!reimages) await assertSameImage(db, context, server, image);
    return [];
  }
  assertFits(flavor, image);
  const before = Math.max(...fromJson<number[]>(server.layers));
  const rootGib = rootDiskGib(flavor, image);
  if (flavor.diskGib === 0 && rootGib > before) {
    throw badRequest(`Image ${image.id} is larger than the server's disk: resize the server first.`);
  }
  return [Math.max(rootGib, before)];
}

async function rootVolume(db: Reader, server: ServerRow): Promise<ServerAttachment> {
  const volumes = (await serverVolumes(db, [server.id])).get(server.id) ?? [];
  const root = volumes.find((one) => one.bootIndex === 0);
  if (!root) throw badRequest(`Instance ${server.id} boots from a volume that is no longer there.`);
  return root;
}

async function assertSameImage(db: Reader, context: Context, server: ServerRow, image: BootImage): Promise<void> {
  const volume = await volumeForServer(db, context, (await rootVolume(db, server)).volumeId);
  if (volume.imageMetadata.image_id === image.id) return;
  throw badRequest(
    `Image ${image.id} is unacceptable: Unable to rebuild with a different image for a volume-backed server.`,
  );
}
