import type { Static } from 'typebox';
import { badRequest } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { imageForServer } from '../image/index.ts';
import { toJson } from '../store/json.ts';
import { flavorOfServer } from './model.ts';
import { keypairForServer } from './catalogue/keypairs.ts';
import { assertFits, assertMetadataQuota, newPassword, rootDiskGib } from './create-input.ts';
import { softSeconds } from './create.ts';
import { assertUnlocked } from './delete.ts';
import { PASSWORD_PURPOSE } from './documents.ts';
import { bootImageOf, type ServerPatch, type ServerRow } from './model.ts';
import { startTask } from './power.ts';
import { serverById } from './servers-store.ts';
import { assertPermitted } from './states.ts';
import { assertAddresses, base64UserData, type RebuildBody } from './wire.ts';

type RebuildInput = Static<typeof RebuildBody>['rebuild'];

/** Makes a server's disk anew from an image; what is not given stays. Answers the row and the new password. */
export async function rebuildServer(
  app: App,
  context: Context,
  id: string,
  input: RebuildInput,
): Promise<{ server: ServerRow; adminPassword: string }> {
  assertAddresses(input);
  if ((input.personality ?? []).length > 0) {
    throw badRequest('File injection (personality) is not supported: use user_data or config_drive.');
  }
  const db = app.store.read;
  const before = await serverById(db, context, id);
  const image = await imageForServer(db, context, input.imageRef);
  const flavor = flavorOfServer(before);
  assertFits(flavor, image);
  const rootGib = rootDiskGib(flavor, image);
  if (flavor.diskGib === 0 && rootGib > (JSON.parse(before.layers) as number[]).reduce((a, b) => Math.max(a, b), 0)) {
    throw badRequest(`Image ${image.id} is larger than the server's disk: resize the server first.`);
  }
  const key = input.key_name ? await keypairForServer(db, context, input.key_name) : null;
  await assertMetadataQuota(db, context, Object.keys(input.metadata ?? {}).length);
  const adminPassword = input.adminPass ?? newPassword();
  const server = await app.store.transaction(async (tx) => {
    const row = await serverById(tx.db, context, id);
    assertUnlocked(context, row);
    assertPermitted('rebuild', row);
    const stays = row.power === 'stopped' && row.vm_state !== 'error';
    const patch: ServerPatch = {
      image: toJson(bootImageOf(image)),
      image_id: image.id,
      build: row.build + 1,
      ...(stays ? {} : { boot: row.boot + 1, power: 'running' }),
      shutdown: 'hard',
      soft_seconds: softSeconds(image.properties),
      layers: toJson([Math.max(rootGib, ...(JSON.parse(row.layers) as number[]))]),
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
    await startTask(app, tx, context, row, task, patch);
    return serverById(tx.db, context, id);
  });
  return { server, adminPassword };
}
