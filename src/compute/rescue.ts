import { badRequest } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { systemContext, type Context } from '../http/context.ts';
import { atLeast, type Version } from '../http/microversions.ts';
import { imageForServer, type BootImage } from '../image/index.ts';
import { toJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { newPassword } from './create-input.ts';
import { assertUnlocked } from './delete.ts';
import { PASSWORD_PURPOSE } from './documents.ts';
import { bootImageOf, isVolumeBacked, type ServerRow } from './model.ts';
import { startTask } from './power.ts';
import { serverById } from './servers-store.ts';
import { assertPermitted } from './states.ts';

/**
 * Boots a server from a fresh disk of an image, with its own disk as the second one, so that it can be mended. The
 * image is the one given, or the one the server was made from. Answers the password the rescue system is told.
 * https://docs.openstack.org/api-ref/compute/#rescue-server-rescue-action
 */
export async function rescueServer(
  app: App,
  context: Context,
  version: Version,
  id: string,
  input: { imageId: string | null; password: string | null },
): Promise<string> {
  const before = await serverById(app.store.read, context, id);
  const image = await rescueImage(app.store.read, context, version, before, input.imageId);
  const password = input.password ?? newPassword();
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted('rescue', server);
    const patch = {
      rescue: toJson(bootImageOf(image)),
      admin_password: app.secrets.seal(PASSWORD_PURPOSE, password),
      power: 'running',
      boot: server.boot + 1,
      shutdown: 'soft',
    } as const;
    await startTask(
      tx,
      context,
      server,
      { task: 'rescuing', action: 'rescue', event: 'compute_rescue_instance' },
      patch,
    );
  });
  return password;
}

async function rescueImage(
  db: Reader,
  context: Context,
  version: Version,
  server: ServerRow,
  asked: string | null,
): Promise<BootImage> {
  if (asked !== null && !isUuid(asked))
    throw badRequest(`Invalid rescue_image_ref: ${asked} is not the id of an image.`);
  if (!isVolumeBacked(server)) {
    if (asked !== null) return imageForServer(db, context, asked);
    if (server.image_id === null) throw badRequest('Give rescue_image_ref: the server was not made from an image.');
    // What it was made from may since belong to somebody else.
    return imageForServer(db, systemContext(context.now, context.requestId), server.image_id);
  }
  const cannot = (why: string) => badRequest(`Instance ${server.id} cannot be rescued: ${why}`, 'InstanceNotRescuable');
  if (!atLeast(version, '2.87')) throw cannot('Cannot rescue a volume-backed instance before microversion 2.87.');
  if (asked === null) throw cannot('Give rescue_image_ref: a volume-backed instance has no image of its own.');
  const image = await imageForServer(db, context, asked);
  const { hw_rescue_device: device, hw_rescue_bus: bus } = image.properties;
  if (device === undefined && bus === undefined) {
    throw cannot(
      'Cannot rescue a volume-backed instance with an image that has neither hw_rescue_device nor hw_rescue_bus.',
    );
  }
  return image;
}

/** Boots a rescued server from its own disk again. */
export async function unrescueServer(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted('unrescue', server);
    const patch = { rescue: null, power: 'running', boot: server.boot + 1, shutdown: 'soft' } as const;
    const task = { task: 'unrescuing', action: 'unrescue', event: 'compute_unrescue_instance' } as const;
    await startTask(tx, context, server, task, patch);
  });
}
