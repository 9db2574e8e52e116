import { sql } from 'kysely';
import { newUuid, type ServerId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Tx } from '../store/store.ts';
import type { ServerMigrationTable } from './action-tables.ts';
import type { ServerRow } from './model.ts';

/** Writes down that a server gets another flavor. */
export async function beginMigration(
  tx: Tx,
  context: Context,
  server: ServerRow,
  change: Pick<ServerMigrationTable, 'old_flavor' | 'new_flavor'>,
): Promise<void> {
  const host =
    server.host_id === null
      ? undefined
      : await tx.db.selectFrom('hosts').select('name').where('id', '=', server.host_id).executeTakeFirst();
  await tx.db
    .insertInto('server_migrations')
    .values({
      uuid: newUuid(),
      server_id: server.id,
      project_id: server.project_id,
      user_id: context.userId,
      kind: 'resize',
      status: 'migrating',
      source_host: host?.name ?? null,
      dest_host: host?.name ?? null,
      ...change,
      created_at: context.now,
      updated_at: null,
    })
    .execute();
}

/** The newest one that is not over moves on. */
export async function moveMigration(tx: Tx, serverId: ServerId, status: 'confirmed' | 'reverting', now: number) {
  await sql`update server_migrations set status = ${status}, updated_at = ${now}
    where id = (select max(id) from server_migrations where server_id = ${serverId} and status = 'migrating')`.execute(
    tx.db,
  );
}
