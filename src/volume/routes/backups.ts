import { Type } from 'typebox';
import { isoNaive } from '../../core/clock.ts';
import { badRequest } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import { accepted, created, ok, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { fromJson, toJson } from '../../store/json.ts';
import { action } from '../actions.ts';
import { exportBackup, importBackup } from '../backup-records.ts';
import { backupById, createBackup, deleteBackup, restoreBackup, type BackupRow } from '../backups.ts';
import { listRows } from '../list.ts';
import { cleanName } from '../model.ts';
import { checkProperties } from '../properties.ts';
import { BACKUPS } from '../specs.ts';
import { since, viewFor, type View } from '../versions.ts';
import { linksTo, timeOrNull, type Seen } from '../views.ts';
import { AnyQuery, Metadata, MaybeId, Name, Truth, truth } from '../wire.ts';
import { actionRoute } from './action.ts';

const Params = Strict({ backup_id: Type.String() });

const summary = ({ app }: Pick<Seen, 'app'>, row: BackupRow): View => ({
  id: row.id,
  name: row.name,
  links: linksTo(app, 'backups', row.id),
});

const view = (seen: Seen, row: BackupRow): View =>
  viewFor(seen.version, 'backup', {
    ...summary(seen, row),
    description: row.description,
    status: row.status,
    size: row.size_gib,
    volume_id: row.volume_id,
    snapshot_id: row.snapshot_id,
    container: row.container,
    availability_zone: row.availability_zone,
    object_count: 1,
    fail_reason: row.fail_reason,
    is_incremental: false,
    has_dependent_backups: false,
    created_at: isoNaive(row.created_at),
    updated_at: timeOrNull(row.updated_at),
    data_timestamp: isoNaive(row.data_timestamp),
    metadata: fromJson<Record<string, string>>(row.metadata),
    user_id: row.user_id,
    ...(seen.context.isAdmin && { 'os-backup-project-attr:project_id': row.project_id }),
  });

const list = (detail: boolean) =>
  since('3.0', {
    operation: detail ? 'backups:detail' : 'backups:list',
    method: 'GET',
    path: detail ? '/backups/detail' : '/backups',
    query: AnyQuery,
    async handler(call) {
      const { app, context, version, query } = call;
      const path = detail ? 'backups/detail' : 'backups';
      const { rows, count, links } = await listRows<BackupRow>(app, context, version, query, BACKUPS, { path });
      const backups = rows.map((row) => (detail ? view(call, row) : summary(call, row)));
      return ok({ backups, ...links, ...(count !== null && { count }) });
    },
  });

const create = since('3.0', {
  operation: 'backups:create',
  method: 'POST',
  path: '/backups',
  body: Strict({
    backup: Strict({
      volume_id: Type.String(),
      snapshot_id: MaybeId,
      name: Name,
      description: Name,
      container: Name,
      availability_zone: Name,
      incremental: Type.Optional(Nullable(Truth)),
      force: Type.Optional(Nullable(Truth)),
      metadata: Type.Optional(Nullable(Metadata)),
    }),
  }),
  async handler(call) {
    const { app, context, body, version } = call;
    const { backup } = body;
    if (truth('incremental', backup.incremental ?? undefined)) {
      throw badRequest('Invalid backup: there are only full backups here: leave out incremental.');
    }
    const row = await createBackup(app, context, {
      volumeId: backup.volume_id,
      snapshotId: backup.snapshot_id ?? null,
      name: cleanName(backup.name),
      description: cleanName(backup.description),
      container: cleanName(backup.container),
      force: truth('force', backup.force ?? undefined),
      metadata: checkProperties(backup.metadata ?? {}),
    });
    const metadata = atLeast(version, '3.43') && { metadata: fromJson<object>(row.metadata) };
    return accepted({ backup: { ...summary(call, row), ...metadata } });
  },
});

const show = since('3.0', {
  operation: 'backups:show',
  method: 'GET',
  path: '/backups/:backup_id',
  params: Params,
  handler: async (call) =>
    ok({ backup: view(call, await backupById(call.app.store.read, call.context, call.params.backup_id)) }),
});

const update = since('3.9', {
  operation: 'backups:update',
  method: 'PUT',
  path: '/backups/:backup_id',
  params: Params,
  body: Strict({ backup: Strict({ name: Name, description: Name, metadata: Type.Optional(Nullable(Metadata)) }) }),
  async handler(call) {
    const { app, context, params, body } = call;
    const { name, description, metadata } = body.backup;
    if (name === undefined && description === undefined && metadata === undefined) {
      throw badRequest('Give a name, a description or metadata to change.');
    }
    const row = await app.store.transaction(async (tx) => {
      const found = await backupById(tx.db, context, params.backup_id);
      await writeAudit(tx, context, 'volume:backups:update', found.id);
      return tx.db
        .updateTable('volume_backups')
        .set({
          updated_at: context.now,
          ...(name !== undefined && { name: cleanName(name) }),
          ...(description !== undefined && { description: cleanName(description) }),
          ...(metadata && { metadata: toJson(checkProperties(metadata)) }),
        })
        .where('id', '=', found.id)
        .returningAll()
        .executeTakeFirstOrThrow();
    });
    return ok({ backup: summary(call, row) });
  },
});

const remove = since('3.0', {
  operation: 'backups:delete',
  method: 'DELETE',
  path: '/backups/:backup_id',
  params: Params,
  async handler({ app, context, params }) {
    await deleteBackup(app, context, params.backup_id, false);
    return accepted();
  },
});

const restore = since('3.0', {
  operation: 'backups:restore',
  method: 'POST',
  path: '/backups/:backup_id/restore',
  params: Params,
  body: Strict({ restore: Strict({ volume_id: MaybeId, name: Name }) }),
  async handler({ app, context, params, body }) {
    const { volume_id, name } = body.restore;
    const into = { volumeId: volume_id ?? null, name: cleanName(name) };
    const made = await restoreBackup(app, context, params.backup_id, into);
    return accepted({
      restore: { backup_id: params.backup_id, volume_id: made.volumeId, volume_name: made.name },
    });
  },
});

const exportRecord = since('3.0', {
  operation: 'backups:export-record',
  method: 'GET',
  path: '/backups/:backup_id/export_record',
  params: Params,
  handler: async ({ app, context, params }) =>
    ok({ 'backup-record': await exportBackup(app, context, params.backup_id) }),
});

const importRecord = since('3.0', {
  operation: 'backups:import-record',
  method: 'POST',
  path: '/backups/import_record',
  body: Strict({
    'backup-record': Strict({ backup_service: Type.String(), backup_url: Type.String({ minLength: 1 }) }),
  }),
  async handler(call) {
    const { backup_service, backup_url } = call.body['backup-record'];
    const row = await importBackup(call.app, call.context, backup_service, backup_url);
    return created({ backup: summary(call, row) });
  },
});

const actions = [
  action('os-reset_status', {
    body: Strict({ status: Type.String() }),
    async run({ app, context, id, input }) {
      const status = (['available', 'error'] as const).find((one) => one === input.status);
      if (!status) throw badRequest(`Must specify a valid status: available or error, not ${input.status}.`);
      await app.store.transaction(async (tx) => {
        const row = await backupById(tx.db, context, id);
        const change = { status, updated_at: context.now };
        await tx.db.updateTable('volume_backups').set(change).where('id', '=', row.id).execute();
        await writeAudit(tx, context, 'volume:backups:reset-status', row.id, { status });
      });
      return accepted();
    },
  }),
  action('os-force_delete', {
    body: Type.Unknown(),
    async run({ app, context, id }) {
      await deleteBackup(app, context, id, true);
      return accepted();
    },
  }),
];

export const backupRoutes: Route[] = [
  list(false),
  list(true),
  create,
  importRecord,
  show,
  update,
  remove,
  restore,
  exportRecord,
  actionRoute('backups', actions),
];
