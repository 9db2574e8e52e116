import type { UnderWay } from '../operations/contract.ts';
import type { Reader } from '../store/store.ts';

/** Images whose data comes: uploads, and imports that were asked for. */
export async function imagesUnderWay(db: Reader, limit: number): Promise<UnderWay[]> {
  const rows = await db
    .selectFrom('images')
    .leftJoin('image_tasks', (join) =>
      join.onRef('image_tasks.image_id', '=', 'images.id').on('image_tasks.status', 'in', ['pending', 'processing']),
    )
    .select(['images.id', 'images.name', 'images.owner', 'images.status', 'images.updated_at'])
    .select(['image_tasks.type', 'image_tasks.created_at as asked_at', 'image_tasks.user_id', 'image_tasks.request_id'])
    .where((where) =>
      where.or([
        where('images.status', 'in', ['saving', 'uploading', 'importing']),
        where('image_tasks.id', 'is not', null),
      ]),
    )
    .orderBy('images.updated_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...{ kind: 'images', id: row.id, name: row.name, projectId: row.owner, host: null },
    ...{ doing: row.type ?? row.status, since: row.asked_at ?? row.updated_at, deadline: null },
    ...{ userId: row.user_id, requestId: row.request_id },
  }));
}
