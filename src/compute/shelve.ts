import { badRequest, forbidden } from '../core/errors.ts';
import type { ImageId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { systemContext, type Context } from '../http/context.ts';
import { imageForServer } from '../image/index.ts';
import { moveServerPorts } from '../network/index.ts';
import { explainNoHost, releaseAll } from '../placement/index.ts';
import { toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { DEFAULT_ZONE, hostZones } from './catalogue/aggregates.ts';
import { assertUnlocked } from './delete.ts';
import { bootImageOf, flavorOfServer, isVolumeBacked, placementOf, type ServerPatch, type ServerRow } from './model.ts';
import { startTask } from './power.ts';
import { rootDiskGib } from './create-input.ts';
import { demandOfServer } from './scheduling/demand.ts';
import { LookAgain, placeServer, withHosts, type Attempt } from './scheduling/place.ts';
import { hostView, type HostView } from './scheduling/view.ts';
import { beginServerImage } from './server-images.ts';
import { finishAction } from './server-actions.ts';
import { changeServer, serverById } from './servers-store.ts';
import { assertPermitted, POWER } from './states.ts';

/**
 * Shelves a server: its guest is shut down, its disk becomes an image, and then the host is free of it, at once. What a
 * shelved server would cost on a host (disk, promised memory) is what donated machines have least of.
 * https://docs.openstack.org/api-ref/compute/#shelve-server-shelve-action
 *
 * The steps, each begun by what ends the one before: `shelving` until the host reports the guest off,
 * `shelving_image_pending_upload` until the image is begun, `shelving_image_uploading` until it is active,
 * `shelving_offloading` until the host reports that it has nothing more of the server.
 */
export async function shelveServer(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted('shelve', server);
    const task = { task: 'shelving', action: 'shelve', event: 'compute_shelve_instance' } as const;
    await startTask(tx, context, server, task, { power: 'stopped', shutdown: 'soft' });
  });
}

/** Begins the image of a guest that is off now; a server that boots from a volume needs none. */
export async function beginShelvedImage(app: App, tx: Tx, server: ServerRow, now: number): Promise<void> {
  if (isVolumeBacked(server)) {
    await beginOffload(tx, server, now, null);
    return;
  }
  const context: Context = { ...systemContext(now), projectId: server.project_id, userId: server.user_id };
  await beginServerImage(app, tx, context, server, {
    kind: 'shelve',
    name: `${server.name}-shelved`,
    metadata: {},
    task: 'shelving_image_uploading',
    action: 'shelve',
    event: 'compute_shelve_instance',
    actionId: server.action_id,
  });
}

/** The image is active: the server leaves its host's document, and is gone from there when the host says so. */
export async function beginOffload(
  tx: Tx,
  server: Pick<ServerRow, 'id' | 'host_id'>,
  now: number,
  imageId: ServerRow['shelved_image_id'],
): Promise<void> {
  const patch: ServerPatch = {
    vm_state: 'shelved',
    task_state: 'shelving_offloading',
    shelved_image_id: imageId,
    shelved_at: now,
    deadline: null,
  };
  await changeServer(tx, server, now, patch, { document: true });
}

/** What becomes of a server once its image is there, or cannot be made: then it is off, and as it was. */
export async function endShelvedImage(
  tx: Tx,
  made: { server_id: ServerRow['id']; host_id: ServerRow['host_id']; image_id: ImageId },
  ending: { result: 'Success' | 'Error' },
  now: number,
): Promise<void> {
  const server = { id: made.server_id, host_id: made.host_id };
  if (ending.result === 'Success') {
    await beginOffload(tx, server, now, made.image_id);
    return;
  }
  const patch = { vm_state: 'stopped', task_state: null, action_id: null, deadline: null } as const;
  await changeServer(tx, server, now, patch, { document: true });
}

/** The host has nothing more of a shelved server: what it took there is free. */
export async function offloadServer(tx: Tx, server: Pick<ServerRow, 'id' | 'action_id'>, now: number): Promise<void> {
  await releaseAll(tx, server.id, now);
  // Without an image to be made, as for one that boots from a volume, nothing else has ended it.
  await finishAction(tx, server.action_id, now, 'Success', null);
  const patch: ServerPatch = {
    vm_state: 'shelved_offloaded',
    task_state: null,
    power_state: POWER.none,
    host_id: null,
    action_id: null,
    deadline: null,
    reported_state: null,
    reported_reason: null,
  };
  await changeServer(tx, { id: server.id, host_id: null }, now, patch, { document: false });
}

export interface UnshelveWish {
  /** Undefined keeps the server's zone, null frees it of one. */
  zone?: string | null;
  /** For administrators: the one host it is to come up on. */
  host?: string;
}

/** Brings a shelved server back, on whatever host has room. Throws ApiError 400 when none has. */
export async function unshelveServer(app: App, context: Context, id: string, wish: UnshelveWish): Promise<void> {
  if (wish.host !== undefined && !context.isAdmin) {
    throw forbidden("Policy doesn't allow os_compute_api:os-shelve:unshelve_to_host to be performed.");
  }
  if (wish.zone) await assertZone(app.store.read, wish.zone);
  const view = hostView(app.store);
  return withHosts(
    view,
    (all) => view.refresh(app.store.read, context.now, all),
    (state) => app.store.transaction((tx) => unshelveOn(tx, context, id, { view, wish, ...state })),
  );
}

async function unshelveOn(
  tx: Tx,
  context: Context,
  id: string,
  { view, wish, last, touched }: { view: HostView; wish: UnshelveWish } & Attempt,
): Promise<void> {
  if (wish.host !== undefined) {
    const known = await tx.db.selectFrom('hosts').select('id').where('name', '=', wish.host).executeTakeFirst();
    if (!known) throw badRequest(`Compute host ${wish.host} could not be found.`, 'ComputeHostNotFound');
  }
  const server = await serverById(tx.db, context, id);
  assertUnlocked(context, server);
  assertPermitted('unshelve', server);
  const demand = {
    ...(await demandOfServer(tx.db, context, server)),
    ...(wish.zone !== undefined && { zone: wish.zone }),
    host: wish.host ?? null,
  };
  const account = { serverId: server.id, projectId: server.project_id, userId: server.user_id };
  const { host, choice } = await placeServer(tx, view, { ...account, demand, volumesGib: 0 }, touched);
  if (host === null && !last) throw new LookAgain();
  if (host === null) throw badRequest(explainNoHost(choice), 'NoValidHost');
  const patch: ServerPatch = {
    ...(await diskOfShelved(tx.db, context, server)),
    host_id: host.id,
    power: 'running',
    build: server.build + 1,
    boot: server.boot + 1,
    shelved_at: null,
    placement: toJson(placementOf(context.now, host, choice)),
    ...(wish.zone !== undefined && { pinned_zone: wish.zone }),
  };
  await moveServerPorts(tx, server.id, host.id);
  await tx.db.updateTable('servers').set({ host_id: host.id }).where('id', '=', server.id).execute();
  const task = { task: 'unshelving', action: 'unshelve', event: 'compute_unshelve_instance' } as const;
  await startTask(tx, context, { ...server, host_id: host.id }, task, patch);
}

async function assertZone(db: Reader, zone: string): Promise<void> {
  const zones = new Set([DEFAULT_ZONE, ...(await hostZones(db)).values()]);
  if (!zones.has(zone)) throw badRequest(`The requested availability zone is not available: ${zone}`);
}

/** The disk is made of the image that shelving made, in one layer. */
async function diskOfShelved(db: Reader, context: Context, server: ServerRow): Promise<ServerPatch> {
  if (isVolumeBacked(server)) return {};
  if (server.shelved_image_id === null) throw badRequest(`The image of shelved instance ${server.id} is missing.`);
  const image = await imageForServer(db, systemContext(context.now, context.requestId), server.shelved_image_id);
  const layers = JSON.parse(server.layers) as number[];
  const rootGib = Math.max(rootDiskGib(flavorOfServer(server), image), ...layers);
  return { image: toJson(bootImageOf(image)), layers: toJson([rootGib]) };
}
