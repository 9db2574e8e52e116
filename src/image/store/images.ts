import { conflict, forbidden, notFound } from '../../core/errors.ts';
import type { ImageId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import type { Reader, Tx } from '../../store/store.ts';
import type { Fields } from '../fields.ts';
import type { Image, ImageRow } from '../wire.ts';
import { visibleTo } from './visible.ts';

/** SQLite takes some 32,000 parameters in one statement; longer lists are asked for in parts. */
const CHUNK = 1000;

/** Adds properties and tags to rows, in as many queries as there are thousands of rows, not as there are rows. */
export async function withDetails(db: Reader, rows: readonly ImageRow[]): Promise<Image[]> {
  const images = new Map<string, Image>(rows.map((row) => [row.id, { ...row, properties: {}, tags: [] }]));
  const ids = rows.map((row) => row.id);
  for (let start = 0; start < ids.length; start += CHUNK) {
    const some = ids.slice(start, start + CHUNK);
    const properties = await db.selectFrom('image_properties').selectAll().where('image_id', 'in', some).execute();
    for (const { image_id, name, value } of properties) {
      const image = images.get(image_id);
      if (image) image.properties[name] = value;
    }
    const tags = await db.selectFrom('image_tags').selectAll().where('image_id', 'in', some).orderBy('tag').execute();
    for (const { image_id, tag } of tags) images.get(image_id)?.tags.push(tag);
  }
  return [...images.values()];
}

/** The image as the context sees it; undefined when it does not. */
export async function findImage(db: Reader, context: Context, id: string): Promise<Image | undefined> {
  const row = await db
    .selectFrom('images')
    .selectAll()
    .where('id', '=', id)
    .where('status', '!=', 'pending_delete')
    .where(visibleTo(context))
    .executeTakeFirst();
  return row && (await withDetails(db, [row]))[0];
}

/** The same; throws ApiError 404 when the context does not see it. */
export async function getImage(db: Reader, context: Context, id: string): Promise<Image> {
  const image = await findImage(db, context, id);
  if (!image) throw notFound(`No image found with ID ${id}`);
  return image;
}

/** The image whoever asks: for the answer to who has just written it, and may have given it away. */
export async function loadImage(db: Reader, id: ImageId): Promise<Image> {
  const row = await db.selectFrom('images').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const [image] = await withDetails(db, [row]);
  return image ?? { ...row, properties: {}, tags: [] };
}

/** The same for who is about to change it: throws ApiError 403 when it is another project's. */
export async function getOwnImage(db: Reader, context: Context, id: string, what: string): Promise<Image> {
  const image = await getImage(db, context, id);
  if (!mayChange(context, image)) {
    throw forbidden(`You are not allowed to ${what} image ${id}: it belongs to another project.`);
  }
  return image;
}

export const mayChange = (context: Context, image: ImageRow) =>
  context.isAdmin || (context.projectId !== null && image.owner === context.projectId);

/** Writes a new image without data. Throws ApiError 409 when the id is taken. */
export async function insertImage(tx: Tx, id: ImageId, fields: Fields, now: number): Promise<void> {
  const taken = await tx.db.selectFrom('images').select('id').where('id', '=', id).executeTakeFirst();
  if (taken) throw conflict(`Image ID ${id} already exists!`);
  const { properties, tags, ...columns } = fields;
  await tx.db
    .insertInto('images')
    .values({
      ...columns,
      id,
      status: 'queued',
      size: null,
      virtual_size: null,
      checksum: null,
      sha512: null,
      sha256: null,
      created_at: now,
      updated_at: now,
      upload_id: null,
      upload_seen_at: null,
    })
    .execute();
  await insertDetails(tx, id, { properties, tags });
}

/** Writes the changed fields of an image. */
export async function updateFields(tx: Tx, id: ImageId, fields: Fields, now: number): Promise<void> {
  const { properties, tags, ...columns } = fields;
  await tx.db
    .updateTable('images')
    .set({ ...columns, updated_at: now })
    .where('id', '=', id)
    .execute();
  await tellMembers(tx, id);
  await tx.db.deleteFrom('image_properties').where('image_id', '=', id).execute();
  await tx.db.deleteFrom('image_tags').where('image_id', '=', id).execute();
  await insertDetails(tx, id, { properties, tags });
}

/** That an image changed is news for the projects it is shared with too: its own row tells its owner alone (store/watched.ts). */
export async function tellMembers(tx: Tx, id: ImageId): Promise<void> {
  await tx.db
    .updateTable('image_members')
    .set((row) => ({ image_id: row.ref('image_id') }))
    .where('image_id', '=', id)
    .execute();
}

async function insertDetails(tx: Tx, id: ImageId, { properties, tags }: Pick<Fields, 'properties' | 'tags'>) {
  const pairs = Object.entries(properties).map(([name, value]) => ({ image_id: id, name, value }));
  if (pairs.length > 0) await tx.db.insertInto('image_properties').values(pairs).execute();
  const rows = tags.map((tag) => ({ image_id: id, tag }));
  if (rows.length > 0) await tx.db.insertInto('image_tags').values(rows).execute();
}

/** Only what a client may set, for changing it. */
export function fieldsOfImage(image: Image): Fields {
  const { name, visibility, owner, container_format, disk_format, min_disk, min_ram, tags, properties } = image;
  const { protected: kept, os_hidden } = image;
  return {
    name,
    visibility,
    protected: kept,
    os_hidden,
    owner,
    container_format,
    disk_format,
    min_disk,
    min_ram,
    tags,
    properties,
  };
}
