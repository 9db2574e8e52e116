import type { Selectable } from 'kysely';
import type { ImageId } from '../../core/ids.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { toJson } from '../../store/json.ts';
import type { Tx } from '../../store/store.ts';
import type { ImageTaskTable } from '../tables.ts';
import { STORE, type ImageRow } from '../wire.ts';

export type ImportTask = Selectable<ImageTaskTable>;

/** The method of an import with its parameters, as the client gave them. */
export interface ImportMethod {
  name: string;
  uri?: string | undefined;
  glance_image_id?: string | undefined;
  glance_region?: string | undefined;
  glance_service_interface?: string | undefined;
}

/** What is kept of the request; `asker` is who may see what is imported from. */
export interface ImportInput {
  image_id: ImageId;
  import_req: { method: ImportMethod };
  backend: readonly string[];
  asker: Pick<Context, 'userId' | 'projectId' | 'isAdmin' | 'roles'>;
}

/** Names by which clients follow an import, as Glance has them among an image's properties. */
const IMPORTING = 'os_glance_importing_to_stores';
const FAILED = 'os_glance_failed_import';

/** Writes down an import, to be carried out by the reconciler. */
export async function beginTask(
  tx: Tx,
  context: Context,
  image: ImageRow,
  id: string,
  request: { method: ImportMethod },
): Promise<void> {
  const { userId, projectId, isAdmin, roles } = context;
  const input: ImportInput = {
    image_id: image.id,
    import_req: request,
    backend: [STORE],
    asker: { userId, projectId, isAdmin, roles },
  };
  await tx.db
    .updateTable('images')
    .set({ status: 'importing', upload_id: null, upload_seen_at: null, updated_at: context.now })
    .where('id', '=', image.id)
    .execute();
  await tx.db
    .insertInto('image_tasks')
    .values({
      id,
      image_id: image.id,
      type: 'api_image_import',
      status: 'processing',
      owner: image.owner,
      user_id: context.userId,
      request_id: context.requestId,
      input: toJson(input),
      message: '',
      created_at: context.now,
      updated_at: context.now,
    })
    .execute();
  await setProperties(tx, image.id, { [IMPORTING]: STORE, [FAILED]: '' });
}

/** Ends an import in the transaction that makes the image what it is then. */
export async function endTaskIn(
  tx: Tx,
  now: number,
  imageId: ImageId,
  status: 'success' | 'failure',
  message: string,
): Promise<void> {
  await tx.db
    .updateTable('image_tasks')
    .set({ status, message, updated_at: now })
    .where('image_id', '=', imageId)
    .where('status', 'in', ['pending', 'processing'])
    .execute();
  await setProperties(tx, imageId, { [IMPORTING]: '', [FAILED]: status === 'failure' ? STORE : '' });
}

/** Ends an import whose data is in place, or that failed: then the image is queued again, without data. */
export async function endTask(
  app: App,
  image: Pick<ImageRow, 'id'>,
  status: 'success' | 'failure',
  message: string,
  change: Partial<ImageRow> = {},
): Promise<void> {
  const now = app.clock.now();
  const empty = { size: null, virtual_size: null, checksum: null, sha256: null, sha512: null };
  if (status === 'failure') app.log.warn('image-import-refused', { image: image.id, message });
  await app.store.transaction(async (tx) => {
    const { numUpdatedRows } = await tx.db
      .updateTable('images')
      .set({
        ...(status === 'failure' ? { status: 'queued' as const, ...empty } : { status: 'active' as const }),
        ...{ upload_id: null, upload_seen_at: null, updated_at: now },
        ...change,
      })
      .where('id', '=', image.id)
      .where('status', '=', 'importing')
      .executeTakeFirst();
    if (numUpdatedRows > 0n) await endTaskIn(tx, now, image.id, status, message);
  });
}

const mib = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`;

/** Says in the task how far a download is. */
export async function noteProgress(app: App, id: string, bytes: number, expected: number | null): Promise<void> {
  const message = expected === null ? `${mib(bytes)} so far` : `${mib(bytes)} of ${mib(expected)}`;
  await app.store.transaction((tx) =>
    tx.db
      .updateTable('image_tasks')
      .set({ message, updated_at: app.clock.now() })
      .where('id', '=', id)
      .where('status', '=', 'processing')
      .execute(),
  );
}

async function setProperties(tx: Tx, imageId: ImageId, properties: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(properties)) {
    await tx.db
      .insertInto('image_properties')
      .values({ image_id: imageId, name, value })
      .onConflict((on) => on.columns(['image_id', 'name']).doUpdateSet({ value }))
      .execute();
  }
}
