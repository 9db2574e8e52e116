import { badRequest, conflict } from '../core/errors.ts';
import { isUuid, type BackupId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import { systemContext, type Context } from '../http/context.ts';
import { seeImage } from '../image/index.ts';
import { writeAudit } from '../store/audit.ts';
import { toJson } from '../store/json.ts';
import { backupById, backupOwner, type BackupRow } from './backups.ts';

/** What the record of an exported backup is to be read by: in Cinder's manner, though it is ours. */
export const BACKUP_SERVICE = 'cinder.backup.drivers.potluck';

/** All that is known of a backup besides its bytes, to be put back should the database be lost. Throws ApiError 404. */
export async function exportBackup(app: App, context: Context, id: string) {
  const row = await backupById(app.store.read, context, id);
  if (row.status !== 'available')
    throw badRequest(`Invalid backup: Backup ${id} is ${row.status}; it must be available.`);
  const { number: _number, ...record } = row;
  return { backup_service: BACKUP_SERVICE, backup_url: Buffer.from(JSON.stringify(record)).toString('base64') };
}

/** Puts a backup back from its record. Throws ApiError 400 for one that is not ours or has no bytes, 409 for a known one. */
export async function importBackup(app: App, context: Context, service: string, url: string): Promise<BackupRow> {
  if (service !== BACKUP_SERVICE)
    throw badRequest(`Records of ${service} cannot be read here, only those of ${BACKUP_SERVICE}.`);
  const record = parse(url);
  return app.store.transaction(async (tx) => {
    const known = await tx.db.selectFrom('volume_backups').select('id').where('id', '=', record.id).executeTakeFirst();
    if (known) throw conflict(`Backup already exists: ${record.id}.`);
    const image = await seeImage(tx.db, systemContext(context.now), record.image_id ?? '');
    if (!image || image.status !== 'active' || image.owner !== backupOwner(record.project_id)) {
      throw badRequest(`Backup ${record.id} has no data here: the image ${record.image_id} that held it is not there.`);
    }
    const row = await tx.db
      .insertInto('volume_backups')
      .values({
        ...record,
        // It is the importer's: whose it was may be gone with the database.
        project_id: context.projectId ?? record.project_id,
        user_id: context.userId,
        updated_at: context.now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await writeAudit(tx, context, 'volume:backups:import', row.id);
    return row;
  });
}

/** A record's fields, each of the kind that its column takes. Throws ApiError 400. */
function parse(url: string): Omit<BackupRow, 'number'> {
  const bad = (why: string) => badRequest(`Invalid input received: backup_url is not a record of a backup: ${why}.`);
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(url, 'base64').toString('utf8'));
  } catch {
    throw bad('it is not JSON in base64');
  }
  if (typeof raw !== 'object' || raw === null) throw bad('it is not an object');
  const fields = raw as Record<string, unknown>;
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value !== 'string' || value.length > 65_536) throw bad(`${name} is missing`);
    return value;
  };
  const textOrNull = (name: string) => (typeof fields[name] === 'string' ? text(name) : null);
  const whole = (name: string): number => {
    const value = fields[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw bad(`${name} is not a number`);
    return value;
  };
  if (!isUuid(text('id'))) throw bad('id is not a UUID');
  const json = (name: string): string => {
    try {
      return toJson(JSON.parse(text(name)));
    } catch {
      throw bad(`${name} is not JSON`);
    }
  };
  return {
    id: text('id') as BackupId,
    project_id: text('project_id') as BackupRow['project_id'],
    user_id: textOrNull('user_id') as BackupRow['user_id'],
    name: textOrNull('name'),
    description: textOrNull('description'),
    status: 'available',
    volume_id: text('volume_id') as BackupRow['volume_id'],
    snapshot_id: textOrNull('snapshot_id') as BackupRow['snapshot_id'],
    container: textOrNull('container'),
    availability_zone: textOrNull('availability_zone'),
    size_gib: whole('size_gib'),
    image_id: text('image_id') as BackupRow['image_id'],
    copy_volume_id: null,
    restore_volume_id: null,
    volume_record: json('volume_record'),
    metadata: json('metadata'),
    fail_reason: null,
    created_at: whole('created_at'),
    updated_at: null,
    data_timestamp: whole('data_timestamp'),
  };
}
