import type { Reader } from '../store/store.ts';

export interface Usage {
  instances: number;
  cores: number;
  ramMib: number;
}

/** What a project's servers, or one user's of them, take of its quota; a server counts until its host has removed it,
 * or until it is deleted though it may yet be restored. */
export async function usage(db: Reader, projectId: string, userId: string | null = null): Promise<Usage> {
  const row = await db
    .selectFrom('servers')
    .select((select) => [
      select.fn.countAll<number>().as('instances'),
      select.fn.coalesce(select.fn.sum<number>('vcpus'), select.val(0)).as('cores'),
      select.fn.coalesce(select.fn.sum<number>('memory_mib'), select.val(0)).as('ramMib'),
    ])
    .where('project_id', '=', projectId)
    .where('deleted', '=', 0)
    .where('vm_state', '<>', 'soft-delete')
    .$if(userId !== null, (query) => query.where('user_id', '=', userId ?? ''))
    .executeTakeFirstOrThrow();
  return row;
}
