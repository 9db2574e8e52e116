import { sql, type Selectable, type SqlBool } from 'kysely';
import type { Context } from '../http/context.ts';
import { overseesAll } from '../policy/rules.ts';
import type { AuditTable } from '../store/database.ts';
import type { Reader, Store } from '../store/store.ts';

export type AuditRow = Selectable<AuditTable>;

/** Columns that a list is filtered by as they are. */
type Same = 'user_id' | 'project_id' | 'domain_id' | 'target' | 'operation' | 'request_id' | 'address';

export interface Wanted {
  same: { [name in Same]?: string };
  refused: boolean | null;
  /** Milliseconds since 1970. */
  since: number | null;
  until: number | null;
  /** Events older than this one. */
  before: number | null;
  limit: number;
}

/** What of the trail a caller sees: all of it, or what was done in their domain or project. */
function seen(db: Reader, context: Context) {
  const query = db.selectFrom('audit').selectAll();
  if (overseesAll(context)) return query;
  if (context.domainId !== null) return query.where('domain_id', '=', context.domainId);
  return query.where('project_id', '=', context.projectId ?? '');
}

/** Events that the caller sees, newest first. */
export async function listEvents(db: Reader, context: Context, wanted: Wanted): Promise<AuditRow[]> {
  let query = seen(db, context);
  for (const [name, value] of Object.entries(wanted.same) as [Same, string][]) {
    if (name === 'operation' && value.endsWith('*')) {
      const start = value.slice(0, -1).replaceAll(/[!%_]/g, '!$&');
      query = query.where(sql<SqlBool>`operation like ${`${start}%`} escape '!'`);
    } else query = query.where(name, '=', value);
  }
  if (wanted.refused !== null) query = query.where('status', wanted.refused ? 'is not' : 'is', null);
  if (wanted.since !== null) query = query.where('at', '>=', wanted.since);
  if (wanted.until !== null) query = query.where('at', '<', wanted.until);
  if (wanted.before !== null) query = query.where('id', '<', wanted.before);
  return query.orderBy('id', 'desc').limit(wanted.limit).execute();
}

export async function findEvent(db: Reader, context: Context, id: number): Promise<AuditRow | undefined> {
  return seen(db, context).where('id', '=', id).executeTakeFirst();
}

/** Rows taken away in one transaction: others write in between. */
const BATCH = 1000;

/** Takes away what is older than `before` (milliseconds since 1970); the only thing that ever leaves the trail. */
export async function trimTrail(store: Store, before: number): Promise<number> {
  for (let removed = 0; ;) {
    const old = await store.read
      .selectFrom('audit')
      .select('id')
      .where('at', '<', before)
      .orderBy('at')
      .limit(BATCH)
      .execute();
    if (old.length === 0) return removed;
    const ids = old.map((row) => row.id);
    await store.transaction((tx) => tx.db.deleteFrom('audit').where('id', 'in', ids).execute());
    removed += ids.length;
  }
}
