import { badRequest, forbidden } from '../core/errors.ts';
import type { HostId } from '../core/ids.ts';
import type { HostLocalDisk } from '../host/document.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { writeAudit } from '../store/audit.ts';
import { fromJson, toJson } from '../store/json.ts';
import { claim, release, type Amount } from '../placement/index.ts';
import type { Tx } from '../store/store.ts';
import { serverVolumes } from '../volume/index.ts';
import type { Flavor } from './catalogue/flavors-store.ts';
import { computeQuota } from './catalogue/quotas.ts';
import { flavorForServer } from './create-input.ts';
import { assertUnlocked } from './delete.ts';
import { resizeLocalDisks } from './local-disks.ts';
import { beginMigration, moveMigration } from './migrations.ts';
import {
  copyOfFlavor,
  flavorOfServer,
  metadataOfServer,
  type ServerFlavor,
  type ServerPatch,
  type ServerRow,
} from './model.ts';
import { startTask } from './power.ts';
import { noteAction } from './server-actions.ts';
import { amountOf, changeServer, diskOf, serverById } from './servers-store.ts';
import { assertPermitted, POWER } from './states.ts';
import { usage } from './usage.ts';

/** The size of the root disk as it is now; null when it is a volume, which no flavor makes larger. */
const rootOf = (server: Pick<ServerRow, 'layers'>): number | null => fromJson<number[]>(server.layers).at(-1) ?? null;

/**
 * Gives a server another flavor on the same host. Until it is confirmed the larger of both flavors is claimed, so
 * that going back always fits.
 */
export async function resizeServer(
  app: App,
  context: Context,
  id: string,
  flavorRef: string,
  diskConfig?: 'AUTO' | 'MANUAL',
): Promise<void> {
  const flavor = await flavorForServer(app.store.read, context, flavorRef);
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted('resize', server);
    const old = flavorOfServer(server);
    assertResizable(server, old, flavor);
    const root = rootOf(server);
    const rootGib = root === null ? null : Math.max(flavor.diskGib, root);
    const wanted = { vcpus: flavor.vcpus, memory_mib: flavor.memoryMib, disk_gib: diskOf(flavor, rootGib) };
    const both = {
      vcpus: Math.max(server.vcpus, wanted.vcpus),
      memory_mib: Math.max(server.memory_mib, wanted.memory_mib),
      disk_gib: Math.max(server.disk_gib, wanted.disk_gib),
    };
    const localDisks = fromJson<HostLocalDisk[]>(server.local_disks);
    const plugged = (await serverVolumes(tx.db, [server.id])).get(server.id) ?? [];
    const properties = metadataOfServer(server)?.properties;
    const resized = resizeLocalDisks(
      localDisks,
      { old, new: flavor },
      { ...(properties && { properties }), devices: plugged.map(({ device }) => device) },
    );
    await assertQuota(tx, server, flavor, old);
    await claimMore(tx, context, server, both);
    const patch: ServerPatch = {
      ...both,
      flavor: toJson(copyOfFlavor(flavor)),
      flavor_id: flavor.id,
      old_flavor: toJson(old),
      local_disks: toJson(resized),
      old_local_disks: server.local_disks,
      ...(diskConfig !== undefined && { disk_config: diskConfig }),
      ...(rootGib !== null && { layers: toJson([...fromJson<number[]>(server.layers), rootGib]) }),
      ...(server.power === 'running' && { boot: server.boot + 1, shutdown: 'soft' }),
    };
    await beginMigration(tx, context, server, { old_flavor: toJson(old), new_flavor: patch.flavor ?? null });
    const task = { task: 'resize_finish', action: 'resize', event: 'compute_finish_resize' } as const;
    await startTask(tx, context, server, task, patch);
  });
}

function assertResizable(server: ServerRow, old: ServerFlavor, flavor: Flavor): void {
  if (flavor.id === server.flavor_id) throw badRequest('When resizing, instances must change flavor!');
  if (flavor.disabled) throw badRequest(`Flavor ${flavor.id} could not be found.`, 'FlavorNotFound');
  const root = rootOf(server);
  if (root === null) return;
  if (flavor.diskGib === 0 && old.diskGib !== 0) {
    throw badRequest("Flavor's disk is too small: resizing to a flavor without a disk is not allowed.");
  }
  if (flavor.diskGib !== 0 && flavor.diskGib < root) {
    throw badRequest(
      `Flavor's disk is too small: the server's disk has ${root} GiB, and a disk cannot be made smaller.`,
    );
  }
}

async function assertQuota(tx: Tx, server: ServerRow, flavor: Flavor, old: ServerFlavor): Promise<void> {
  const quota = await computeQuota(tx.db, server.project_id);
  const used = await usage(tx.db, server.project_id);
  const over = (name: 'cores' | 'ram', more: number, taken: number) => {
    if (more <= 0 || quota[name] < 0 || taken + more <= quota[name]) return;
    throw forbidden(
      `Quota exceeded for ${name}: Requested ${more}, but already used ${taken} of ${quota[name]} ${name}`,
      'QuotaError',
    );
  };
  over('cores', flavor.vcpus - old.vcpus, used.cores);
  over('ram', flavor.memoryMib - old.memoryMib, used.ramMib);
}

async function claimMore(tx: Tx, context: Context, server: ServerRow, both: ReturnType<typeof claimed>): Promise<void> {
  if (server.host_id === null) return;
  const more: Amount = {
    vcpus: both.vcpus - server.vcpus,
    memoryMib: both.memory_mib - server.memory_mib,
    diskGib: both.disk_gib - server.disk_gib,
  };
  if (
    more.vcpus + more.memoryMib + more.diskGib > 0 &&
    !(await claim(tx, accountOf(server, server.host_id), more, context.now))
  ) {
    throw badRequest('No valid host was found. The host of this server has no room for the new flavor.', 'NoValidHost');
  }
}

const claimed = (flavor: ServerFlavor, rootGib: number | null) => ({
  vcpus: flavor.vcpus,
  memory_mib: flavor.memoryMib,
  disk_gib: diskOf(flavor, rootGib),
});

const accountOf = (server: ServerRow, hostId: HostId) => ({
  ...{ hostId, serverId: server.id, projectId: server.project_id, userId: server.user_id },
});

async function giveBack(tx: Tx, context: Context, server: ServerRow, kept: ReturnType<typeof claimed>): Promise<void> {
  if (server.host_id === null) return;
  const now = amountOf(server);
  const less: Amount = {
    vcpus: now.vcpus - kept.vcpus,
    memoryMib: now.memoryMib - kept.memory_mib,
    diskGib: now.diskGib - kept.disk_gib,
  };
  await release(tx, accountOf(server, server.host_id), less, context.now);
}

/** Ends a resize: the old flavor's share is free again. */
export async function confirmResize(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted('confirmResize', server);
    const running = server.power === 'running';
    const patch: ServerPatch = {
      ...(await endResize(tx, context, server)),
      vm_state: running ? 'active' : 'stopped',
      power_state: running ? POWER.running : POWER.shutdown,
    };
    await changeServer(tx, server, context.now, patch, { document: false });
    await noteAction(tx, context, server, 'confirmResize', 'compute_confirm_resize');
    await writeAudit(tx, context, 'compute:servers:confirm-resize', server.id);
  });
}

/** What of the old flavor is free again; the columns to change with it. */
export async function endResize(tx: Tx, context: Context, server: ServerRow): Promise<ServerPatch> {
  const kept = claimed(flavorOfServer(server), rootOf(server));
  await giveBack(tx, context, server, kept);
  await moveMigration(tx, server.id, 'confirmed', context.now);
  return { ...kept, old_flavor: null, old_local_disks: null };
}

/** Takes a resize back: the old flavor, and the disk as it was before it. */
export async function revertResize(app: App, context: Context, id: string): Promise<void> {
  await app.store.transaction(async (tx) => {
    const server = await serverById(tx.db, context, id);
    assertUnlocked(context, server);
    assertPermitted('revertResize', server);
    if (server.old_flavor === null) throw badRequest('Instance has not been resized.');
    const old = fromJson<ServerFlavor>(server.old_flavor);
    const layers = fromJson<number[]>(server.layers).slice(0, -1);
    const kept = claimed(old, layers.at(-1) ?? null);
    await giveBack(tx, context, server, kept);
    const patch: ServerPatch = {
      ...kept,
      flavor: server.old_flavor,
      flavor_id: old.id,
      old_flavor: null,
      layers: toJson(layers),
      // An older release kept none, and changed none.
      ...(server.old_local_disks !== null && { local_disks: server.old_local_disks, old_local_disks: null }),
      ...(server.power === 'running' && { boot: server.boot + 1, shutdown: 'soft' }),
    };
    await moveMigration(tx, server.id, 'reverting', context.now);
    const task = { task: 'resize_reverting', action: 'revertResize', event: 'compute_revert_resize' } as const;
    await startTask(tx, context, server, task, patch);
  });
}
