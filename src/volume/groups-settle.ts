import { sql } from 'kysely';
import type { App } from '../http/app.ts';
import type { Tx } from '../store/store.ts';

/**
 * Groups and group snapshots follow what is in them: available once all of it is, in error when something of it is,
 * gone when they are being deleted and nothing of it is left. A status that an administrator said stays as it was said.
 */
export async function settleGroups(app: App, tx: Tx): Promise<void> {
  const now = app.clock.now();
  await sql`delete from volume_groups where status = 'deleting' and by_hand = 0
    and not exists (select 1 from volumes v where v.group_id = volume_groups.id)`.execute(tx.db);
  await sql`delete from volume_group_snapshots where status = 'deleting' and by_hand = 0
    and not exists (select 1 from volume_snapshots s where s.group_snapshot_id = volume_group_snapshots.id)`.execute(
    tx.db,
  );
  await sql`update volume_group_snapshots set updated_at = ${now}, status = case
      when exists (select 1 from volume_snapshots s where s.group_snapshot_id = volume_group_snapshots.id
        and s.status = 'error') then 'error' else 'available' end
    where status = 'creating' and by_hand = 0 and not exists (select 1 from volume_snapshots s
      where s.group_snapshot_id = volume_group_snapshots.id and s.status = 'creating')`.execute(tx.db);
  await sql`update volume_groups set updated_at = ${now}, status = case
      when exists (select 1 from volumes v where v.group_id = volume_groups.id and v.status = 'error')
      then 'error' else 'available' end
    where status = 'creating' and by_hand = 0 and (group_snapshot_id is not null or source_group_id is not null)
      and not exists (select 1 from volumes v where v.group_id = volume_groups.id and v.status = 'creating')`.execute(
    tx.db,
  );
}
