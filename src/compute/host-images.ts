import { Type } from 'typebox';
import { badRequest, notFound } from '../core/errors.ts';
import type { HostId, ImageId } from '../core/ids.ts';
import type { HostImage } from '../host/document.ts';
import type { App } from '../http/app.ts';
import { atLeast } from '../http/microversions.ts';
import { accepted, route, type Route } from '../http/route.ts';
import { Strict } from '../http/schemas.ts';
import { imageForServer, imageStatuses } from '../image/index.ts';
import { writeAudit } from '../store/audit.ts';
import { fromJson, toJson } from '../store/json.ts';
import type { Reader } from '../store/store.ts';
import { findAggregate } from './catalogue/aggregates.ts';
import { touchHost } from './hosts.ts';
import { bootImageOf } from './model.ts';

/** An image that a host was asked to have at hand before a server needs it. */
export interface HostImageTable {
  host_id: HostId;
  image_id: ImageId;
  /** JSON of HostImage. */
  image: string;
  asked_at: number;
}

/** How long an image is kept that no server uses: as long as Nova's image cache keeps one. */
const KEPT_FOR = 24 * 3600_000;

/** The images a host is to fetch ahead, for its document; what was deleted meanwhile is not among them. */
export async function hostImages(db: Reader, hostId: HostId): Promise<HostImage[]> {
  const rows = await db
    .selectFrom('host_images')
    .select(['image_id', 'image'])
    .where('host_id', '=', hostId)
    .orderBy('image_id')
    .execute();
  if (rows.length === 0) return [];
  const statuses = await imageStatuses(
    db,
    rows.map((row) => row.image_id),
  );
  return rows.flatMap((row) => (statuses.get(row.image_id) === 'active' ? [fromJson<HostImage>(row.image)] : []));
}

/** Whether a host was asked to have the image: it may then read its data. */
export async function hostHasImage(db: Reader, hostId: HostId, imageId: string): Promise<boolean> {
  return (await hostImages(db, hostId)).some(({ id }) => id === imageId);
}

/** Forgets what was asked for a day ago: what no server uses by then is removed from the hosts. */
export async function forgetHostImages(app: App, now: number): Promise<void> {
  const due = await app.store.read
    .selectFrom('host_images')
    .select('host_id')
    .distinct()
    .where('asked_at', '<', now - KEPT_FOR)
    .execute();
  if (due.length === 0) return;
  await app.store.transaction(async (tx) => {
    await tx.db
      .deleteFrom('host_images')
      .where('asked_at', '<', now - KEPT_FOR)
      .execute();
    for (const { host_id } of due) await touchHost(tx, host_id);
  });
}

/** https://docs.openstack.org/api-ref/compute/#request-image-pre-caching-for-aggregate */
export const hostImageRoutes: readonly Route[] = [
  route({
    operation: 'aggregates:images',
    method: 'POST',
    path: '/os-aggregates/:aggregate_id/images',
    params: Strict({ aggregate_id: Type.String() }),
    body: Strict({
      cache: Type.Array(Strict({ id: Type.String({ format: 'uuid' }) }), { minItems: 1 }),
    }),
    async handler({ app, context, version, params, body }) {
      if (!atLeast(version, '2.81')) throw notFound('The resource could not be found.');
      const ids = body.cache.map(({ id }) => id);
      if (new Set(ids).size !== ids.length) throw badRequest('Duplicate images in request');
      const { hosts: names } = await findAggregate(app.store.read, params.aggregate_id);
      const images: HostImage[] = [];
      for (const id of ids) images.push(bootImageOf(await imageForServer(app.store.read, context, id)));
      await app.store.transaction(async (tx) => {
        const hosts =
          names.length === 0 ? [] : await tx.db.selectFrom('hosts').select('id').where('name', 'in', names).execute();
        for (const host of hosts) {
          const rows = images.map((image) => ({
            host_id: host.id,
            image_id: image.id,
            image: toJson(image),
            asked_at: context.now,
          }));
          await tx.db
            .deleteFrom('host_images')
            .where('host_id', '=', host.id)
            .where('image_id', 'in', ids as ImageId[])
            .execute();
          await tx.db.insertInto('host_images').values(rows).execute();
          await touchHost(tx, host.id);
        }
        await writeAudit(tx, context, 'compute:aggregates:images', params.aggregate_id, { images: ids });
      });
      return accepted();
    },
  }),
];
