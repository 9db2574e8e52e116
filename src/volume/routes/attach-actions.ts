import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import type { ServerId } from '../../core/ids.ts';
import { accepted } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { action, type Action } from '../actions.ts';
import {
  assertAttachable,
  assertNotPlugged,
  dropAttachment,
  findAttachment,
  insertAttachment,
} from '../attachments.ts';
import { detachFromServer } from '../servers.ts';
import { changeVolume, volumeById } from '../volumes-store.ts';
import { checkUuid } from '../wire.ts';
import { statusOfAttachments } from '../model.ts';
import { attachmentsOf } from '../volumes-store.ts';

const Nothing = Type.Unknown();
const Optional = Type.Optional(Nullable(Type.String({ maxLength: 255 })));

/** Statuses without an attachment that only Nova's old steps put a volume into. */
const STEPS: readonly string[] = ['attaching', 'detaching', 'in-use'];

/** A note that somebody uses the volume; who plugs it in is compute, through its own API. */
const attach = action('os-attach', {
  body: Strict({
    instance_uuid: Optional,
    host_name: Optional,
    mountpoint: Type.String({ minLength: 1 }),
    mode: Optional,
  }),
  async run({ app, context, id, input }) {
    const serverId = input.instance_uuid ?? null;
    if (serverId === null && !input.host_name) throw badRequest('Name an instance_uuid or a host_name.');
    if (serverId !== null) checkUuid('instance_uuid', serverId);
    const mode = input.mode ?? 'rw';
    if (mode !== 'rw' && mode !== 'ro') throw badRequest(`Invalid attach mode ${mode}: it must be 'rw' or 'ro'.`);
    await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, id);
      if (volume.read_only === 1 && mode === 'rw') {
        throw badRequest(`Invalid volume attach mode: Volume ${id} is read-only: attach it with mode ro.`);
      }
      await assertAttachable(tx.db, volume, serverId as ServerId | null, { reserved: true });
      // What os-reserve has said is now so.
      if (volume.status === 'attaching') await changeVolume(tx, volume, context.now, { status: 'available' });
      await insertAttachment(tx, context, {
        volume,
        serverId: serverId as ServerId | null,
        hostId: null,
        plugged: false,
        state: 'attached',
        readOnly: mode === 'ro',
        device: input.mountpoint,
        hostName: input.host_name ?? null,
      });
      await writeAudit(tx, context, 'volume:volumes:attach', volume.id, { server: serverId });
    });
    return accepted();
  },
});

const detach = action('os-detach', {
  body: Type.Union([Strict({ attachment_id: Optional }), Type.Null()]),
  async run({ app, context, id, input }) {
    await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, id);
      const found = await findAttachment(tx.db, volume, input?.attachment_id ?? null);
      // Nothing to detach is fine: clients ask again to be sure.
      if (!found) {
        if (!STEPS.includes(volume.status)) return;
        await changeVolume(tx, volume, context.now, { status: 'available' });
        await writeAudit(tx, context, 'volume:volumes:detach', volume.id);
        return;
      }
      assertNotPlugged(found);
      if (volume.status === 'detaching') await changeVolume(tx, volume, context.now, { status: 'in-use' });
      await dropAttachment(tx, found, context.now);
      await writeAudit(tx, context, 'volume:volumes:detach', volume.id);
    });
    return accepted();
  },
});

const forceDetach = action('os-force_detach', {
  body: Strict({ attachment_id: Optional, connector: Type.Optional(Nullable(Type.Object({}))) }),
  async run({ app, context, id, input }) {
    await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, id);
      const found = await findAttachment(tx.db, volume, input.attachment_id ?? null);
      if (found?.plugged === 1) {
        // A disk that a server uses is really taken out of it.
        await changeVolume(tx, volume, context.now, { status: 'detaching' });
        await detachFromServer(tx, found, context.now);
      } else {
        if (found) await tx.db.deleteFrom('volume_attachments').where('id', '=', found.id).execute();
        const users = (await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? [];
        await changeVolume(tx, volume, context.now, { status: statusOfAttachments(users) });
      }
      await writeAudit(tx, context, 'volume:volumes:force-detach', volume.id);
    });
    return accepted();
  },
});

/** The statuses that Nova of old put a volume into, step by step, while it attached it. */
function step(name: string, from: readonly string[], to: 'attaching' | 'detaching' | 'available' | 'in-use'): Action {
  return action(name, {
    body: Nothing,
    async run({ app, context, id }) {
      await app.store.transaction(async (tx) => {
        const volume = await volumeById(tx.db, context, id);
        const allowed = volume.multiattach === 1 && name === 'os-reserve' ? [...from, 'in-use'] : from;
        if (!allowed.includes(volume.status)) {
          throw badRequest(
            `Invalid volume: Volume ${id} status must be ${allowed.join(' or ')} for ${name}, but it is ${volume.status}.`,
          );
        }
        const users = (await attachmentsOf(tx.db, [volume.id])).get(volume.id) ?? [];
        const used = users.find((one) => one.plugged === 1);
        if (used) assertNotPlugged(used);
        const status = to === 'available' ? statusOfAttachments(users) : to;
        await changeVolume(tx, volume, context.now, { status });
        await writeAudit(tx, context, `volume:volumes:${name.replace('os-', '').replaceAll('_', '-')}`, volume.id);
      });
      return accepted();
    },
  });
}

const noConnection = (name: string) =>
  action(name, {
    body: Type.Object({ connector: Type.Optional(Nullable(Type.Object({}))) }),
    async run({ app, context, id }) {
      const volume = await volumeById(app.store.read, context, id);
      throw badRequest(
        `Volume ${volume.id} is not exported over the network: its host plugs it into servers itself. Attach it with the compute API.`,
      );
    },
  });

export const attachActions: readonly Action[] = [
  attach,
  detach,
  forceDetach,
  step('os-reserve', ['available'], 'attaching'),
  step('os-unreserve', ['attaching', 'available', 'in-use'], 'available'),
  step('os-begin_detaching', ['in-use'], 'detaching'),
  step('os-roll_detaching', ['detaching'], 'in-use'),
  noConnection('os-initialize_connection'),
  noConnection('os-terminate_connection'),
];
