import { forbidden } from '../core/errors.ts';
import { newUuid, type ServerId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { createServerPorts } from '../network/index.ts';
import { explainNoHost, explainWithNames, type HostInventory } from '../placement/index.ts';
import { writeAudit } from '../store/audit.ts';
import { bit, toJson } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { computeQuota, userLimits } from './catalogue/quotas.ts';
import { addServerGroupMember } from './catalogue/server-groups.ts';
import { newReservationId, type CreatePlan, type CreateRequest } from './create-input.ts';
import { PASSWORD_PURPOSE } from './documents.ts';
import { touchHost } from './hosts.ts';
import { bootImageOf, copyOfFlavor, placementOf, type NewServer } from './model.ts';
import { groupDemand } from './scheduling/demand.ts';
import { LookAgain, placeServer, withHosts, type Placed } from './scheduling/place.ts';
import { hostView } from './scheduling/view.ts';
import { attachDevices } from './volumes/boot.ts';
import { beginAction, finishAction } from './server-actions.ts';
import { faultJson } from './servers-store.ts';
import { POWER } from './states.ts';
import { usage, type Usage } from './usage.ts';
import { hostnameOf, isTrue } from './wire.ts';

/** How long a build may take before it counts as failed: an image may have to come over a slow line first. */
export const BUILD_WITHIN = 30 * 60_000;

/**
 * Makes the servers of a request: in one transaction quota, capacity, rows, ports and the host's generation. A server
 * that fits nowhere is made all the same, in ERROR with the reasons, as Nova's clients expect.
 */
export async function createServers(
  app: App,
  context: Context,
  body: CreateRequest,
  plan: CreatePlan,
): Promise<{ ids: ServerId[]; reservationId: string }> {
  const view = hostView(app.store);
  const reservationId = newReservationId();
  const ids = Array.from({ length: plan.most }, () => newUuid<'server'>());
  const projectId = context.projectId ?? '';
  const userId = context.userId ?? '';
  return withHosts(
    view,
    (all) => view.refresh(app.store.read, context.now, all),
    ({ last, touched }) =>
      app.store.transaction(async (tx) => {
        const count = await countWithinQuota(tx.db, context, plan);
        const made = ids.slice(0, count);
        let before: Placed | null = null;
        for (const [index, id] of made.entries()) {
          // A group's rule holds only if it is checked with nobody else placing members.
          const group = await groupDemand(tx.db, context, plan.groupId);
          const demand = { ...plan.demand, group };
          const wish = { serverId: id, projectId, userId, demand, volumesGib: plan.volumesGib };
          const placed: Placed = await placeServer(tx, view, wish, touched, group === null ? before : null);
          before = placed;
          if (placed.host === null && !last) throw new LookAgain();
          await insertServer(app, tx, context, body, plan, { id, index, reservationId, ...placed });
        }
        tx.raise('servers');
        return { ids: made, reservationId };
      }),
  );
}

type Counted = 'instances' | 'cores' | 'ram';

/** How many of the wished servers fit into the limits of the project, and into those of the user who has some. */
async function countWithinQuota(db: Reader, context: Context, plan: CreatePlan): Promise<number> {
  const projectId = context.projectId ?? '';
  const all = fitting(plan, await computeQuota(db, projectId), await usage(db, projectId));
  const { userId } = context;
  if (userId === null || (await userLimits(db, projectId, userId)).length === 0) return all;
  const own = await computeQuota(db, projectId, userId);
  return Math.min(all, fitting(plan, own, await usage(db, projectId, userId)));
}

function fitting(plan: CreatePlan, quota: Record<Counted, number>, used: Usage): number {
  const each = { instances: 1, cores: plan.flavor.vcpus, ram: plan.flavor.memoryMib };
  const taken = { instances: used.instances, cores: used.cores, ram: used.ramMib };
  const room = (['instances', 'cores', 'ram'] as const).map((name) => ({
    name,
    fit: quota[name] < 0 || each[name] === 0 ? Infinity : Math.floor((quota[name] - taken[name]) / each[name]),
  }));
  const over = room.filter(({ fit }) => fit < plan.least).map(({ name }) => name);
  if (over.length > 0) {
    const numbers = (of: (name: Counted) => number) => over.map((name) => of(name)).join(', ');
    throw forbidden(
      `Quota exceeded for ${over.join(', ')}: Requested ${numbers((name) => each[name] * plan.least)}, but already used ${numbers((name) => taken[name])} of ${numbers((name) => quota[name])} ${over.join(', ')}`,
      'QuotaError',
    );
  }
  return Math.min(plan.most, ...room.map(({ fit }) => fit));
}

async function insertServer(
  app: App,
  tx: Tx,
  context: Context,
  body: CreateRequest,
  plan: CreatePlan,
  made: { id: ServerId; index: number; reservationId: string } & Placed,
): Promise<void> {
  const { id, host, choice } = made;
  const row = newRow(app, context, body, plan, made);
  const inserted: NewServer = { ...row, placement: toJson(placementOf(context.now, host, choice)) };
  if (host) inserted.changed_generation = await touchHost(tx, host.id);
  else {
    Object.assign(inserted, { vm_state: 'error', task_state: null, deadline: null });
    inserted.fault = faultJson(explainNoHost(choice), 'controller', context.now, explainWithNames(choice).join('\n'));
    app.log.warn('no-host', { server: id, hosts: choice.hosts, reasons: explainWithNames(choice) });
  }
  await tx.db.insertInto('servers').values(inserted).execute();
  const tags = [...new Set(body.server.tags ?? [])].map((tag) => ({ server_id: id, tag }));
  if (tags.length > 0) await tx.db.insertInto('server_tags').values(tags).execute();
  if (plan.groupId !== null) await addServerGroupMember(tx, row.project_id, plan.groupId, id);
  const where = { id, host_id: host?.id ?? null };
  const action = await beginAction(tx, context, where, 'create', 'compute__do_build_and_run_instance');
  if (host === null) await finishAction(tx, action, context.now, 'Error', explainNoHost(choice));
  else {
    await tx.db.updateTable('servers').set({ action_id: action }).where('id', '=', id).execute();
    await createServerPorts(tx, context, {
      serverId: id,
      serverName: row.name,
      hostId: host.id,
      availabilityZone: host.zone,
      requested: plan.networks,
      securityGroups: plan.securityGroups,
    });
    await attachDevices(tx, context, { id, name: row.name, hostId: host.id, zone: host.zone }, plan);
  }
  await writeAudit(tx, context, 'compute:servers:create', id, { name: row.name, host: host?.name ?? null });
}

function newRow(
  app: App,
  context: Context,
  body: CreateRequest,
  plan: CreatePlan,
  made: { id: ServerId; index: number; reservationId: string; host: HostInventory | null },
): NewServer {
  const input = body.server;
  const { id, index } = made;
  const name = plan.most > 1 ? `${input.name}-${index + 1}` : input.name;
  const { flavor, image, key } = plan;
  return {
    id,
    project_id: context.projectId ?? '',
    user_id: context.userId ?? '',
    name,
    hostname: input.hostname ?? hostnameOf(name, id),
    description: input.description ?? null,
    vm_state: 'building',
    task_state: 'scheduling',
    power_state: POWER.none,
    image: image === null ? null : toJson(bootImageOf(image)),
    image_id: image?.id ?? null,
    image_metadata: plan.imageMetadata === null ? null : toJson(plan.imageMetadata),
    flavor: toJson(copyOfFlavor(flavor)),
    flavor_id: flavor.id,
    vcpus: plan.demand.vcpus,
    memory_mib: plan.demand.memoryMib,
    disk_gib: plan.demand.diskGib,
    key_name: key?.name ?? null,
    key: key === null ? null : toJson({ name: key.name, type: key.type, data: key.publicKey }),
    user_data: plan.userData,
    config_drive: bit(isTrue(input.config_drive)),
    admin_password: app.secrets.seal(PASSWORD_PURPOSE, plan.adminPassword),
    disk_config: input['OS-DCF:diskConfig'] ?? 'MANUAL',
    access_ipv4: input.accessIPv4 ?? null,
    access_ipv6: input.accessIPv6 ?? null,
    metadata: toJson(input.metadata ?? {}),
    security_groups: toJson(plan.securityGroups),
    scheduler_hints: toJson(plan.hints),
    pinned_zone: plan.zone,
    launch_index: index,
    reservation_id: made.reservationId,
    locked_by: null,
    locked_reason: null,
    host_id: made.host?.id ?? null,
    power: 'running',
    build: 1,
    boot: 1,
    shutdown: 'soft',
    soft_seconds: softSeconds(plan.imageMetadata?.properties ?? {}),
    layers: toJson(plan.layers),
    local_disks: toJson(plan.localDisks),
    changed_generation: 0,
    deadline: context.now + BUILD_WITHIN,
    reported_build: 0,
    reported_boot: 0,
    created_at: context.now,
    updated_at: context.now,
    deleted: 0,
  };
}

/** How long a guest is asked before it is ended: an image may say, as Nova's `os_shutdown_timeout`. */
export function softSeconds(properties: Record<string, unknown>): number {
  const asked = Number(properties.os_shutdown_timeout ?? 60);
  return Number.isInteger(asked) && asked >= 0 && asked <= 3600 ? asked : 60;
}
