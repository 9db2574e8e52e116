import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import type { AttachmentId, ServerId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { noContent, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import type { Reader } from '../../store/store.ts';
import { action } from '../actions.ts';
import { assertAttachable, assertNotPlugged, dropAttachment, insertAttachment, settleVolume } from '../attachments.ts';
import { listRows } from '../list.ts';
import type { AttachmentRow } from '../model.ts';
import { ATTACHMENTS } from '../specs.ts';
import { since, viewFor, type View } from '../versions.ts';
import { timeOrNull, type Seen } from '../views.ts';
import { attachmentsOf, volumeById } from '../volumes-store.ts';
import { AnyQuery, checkUuid } from '../wire.ts';
import { actionRoute } from './action.ts';

// Who uses a volume: https://docs.openstack.org/api-ref/block-storage/v3/#attachments. Compute of this cloud writes its
// own; others reserve a volume here and complete it, and no connection is given out: nothing is exported to them yet.

const Params = Strict({ attachment_id: Type.String() });
const Connector = Type.Optional(Nullable(Type.Record(Type.String(), Type.Unknown())));

const summary = (row: AttachmentRow): View => ({
  id: row.id,
  status: row.state === 'error' ? 'error_attaching' : row.state,
  instance: row.server_id,
  volume_id: row.volume_id,
});

const view = ({ version }: Pick<Seen, 'version'>, row: AttachmentRow): View =>
  viewFor(version, 'attachment', {
    ...summary(row),
    attached_at: timeOrNull(row.attached_at) ?? '',
    detached_at: '',
    attach_mode: row.mode,
    connection_info: {},
  });

async function find(db: Reader, context: Context, id: string): Promise<AttachmentRow> {
  const row = await db
    .selectFrom('volume_attachments')
    .selectAll()
    .where('id', '=', id as AttachmentId)
    .$if(!context.isAdmin, (query) => query.where('project_id', '=', context.projectId ?? ''))
    .executeTakeFirst();
  if (!row) throw notFound(`Volume attachment could not be found with filter: attachment_id = ${id}.`);
  return row;
}

function refuseConnector(connector: unknown): void {
  if (connector === undefined || connector === null) return;
  if (typeof connector === 'object' && Object.keys(connector).length === 0) return;
  throw badRequest(
    'Volumes are not exported over the network: their host plugs them into servers itself. Reserve without a connector, or attach with the compute API.',
  );
}

const list = (detail: boolean) =>
  since('3.27', {
    operation: detail ? 'attachments:detail' : 'attachments:list',
    method: 'GET',
    path: detail ? '/attachments/detail' : '/attachments',
    query: AnyQuery,
    async handler(call) {
      const { app, context, version, query } = call;
      const path = detail ? 'attachments/detail' : 'attachments';
      const { rows, links } = await listRows<AttachmentRow>(app, context, version, query, ATTACHMENTS, { path });
      return ok({ attachments: rows.map((row) => (detail ? view(call, row) : summary(row))), ...links });
    },
  });

const show = since('3.27', {
  operation: 'attachments:show',
  method: 'GET',
  path: '/attachments/:attachment_id',
  params: Params,
  handler: async (call) =>
    ok({ attachment: view(call, await find(call.app.store.read, call.context, call.params.attachment_id)) }),
});

const create = since('3.27', {
  operation: 'attachments:create',
  method: 'POST',
  path: '/attachments',
  body: Strict({
    attachment: Strict({
      volume_uuid: Type.String(),
      instance_uuid: Type.Optional(Nullable(Type.String())),
      connector: Connector,
      mode: Type.Optional(Type.Enum(['rw', 'ro'])),
    }),
  }),
  async handler(call) {
    const { app, context, body } = call;
    const { volume_uuid, instance_uuid, connector, mode } = body.attachment;
    const serverId = (instance_uuid ?? null) as ServerId | null;
    if (serverId !== null) checkUuid('instance_uuid', serverId);
    refuseConnector(connector);
    const row = await app.store.transaction(async (tx) => {
      const volume = await volumeById(tx.db, context, volume_uuid);
      await assertAttachable(tx.db, volume, serverId);
      const made = await insertAttachment(tx, context, {
        ...{ volume, serverId, hostId: null, plugged: false, state: 'reserved', device: null },
        readOnly: mode === 'ro' || volume.read_only === 1,
      });
      await writeAudit(tx, context, 'volume:attachments:create', made.id, { volume: volume.id, server: serverId });
      return made;
    });
    return ok({ attachment: view(call, row) });
  },
});

const update = since('3.27', {
  operation: 'attachments:update',
  method: 'PUT',
  path: '/attachments/:attachment_id',
  params: Params,
  body: Strict({ attachment: Strict({ connector: Type.Record(Type.String(), Type.Unknown()) }) }),
  async handler({ app, context, params, body }) {
    await find(app.store.read, context, params.attachment_id);
    refuseConnector({ connector: 'asked for', ...body.attachment.connector });
    return noContent();
  },
});

const remove = since('3.27', {
  operation: 'attachments:delete',
  method: 'DELETE',
  path: '/attachments/:attachment_id',
  params: Params,
  async handler({ app, context, params }) {
    const left = await app.store.transaction(async (tx) => {
      const row = await find(tx.db, context, params.attachment_id);
      assertNotPlugged(row);
      await dropAttachment(tx, row, context.now);
      await writeAudit(tx, context, 'volume:attachments:delete', row.id, { volume: row.volume_id });
      return (await attachmentsOf(tx.db, [row.volume_id])).get(row.volume_id) ?? [];
    });
    return ok({ attachments: left.map(summary) });
  },
});

const complete = action('os-complete', {
  since: '3.44',
  body: Type.Unknown(),
  async run({ app, context, id }) {
    await app.store.transaction(async (tx) => {
      const row = await find(tx.db, context, id);
      assertNotPlugged(row);
      await tx.db
        .updateTable('volume_attachments')
        .set({ state: 'attached', attached_at: row.attached_at ?? context.now })
        .where('id', '=', row.id)
        .execute();
      await settleVolume(tx, row.volume_id, context.now);
      await writeAudit(tx, context, 'volume:attachments:complete', row.id);
    });
    return noContent();
  },
});

export const attachmentRoutes: Route[] = [
  list(false),
  list(true),
  create,
  show,
  update,
  remove,
  actionRoute('attachments', [complete], { from: '3.44' }),
];
