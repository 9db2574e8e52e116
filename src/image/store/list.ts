import { sql, type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool } from 'kysely';
import { badRequest } from '../../core/errors.ts';
import type { Context } from '../../http/context.ts';
import type { Database } from '../../store/database.ts';
import type { Reader } from '../../store/store.ts';
import type { Filter, ListRequest, Sort, SortKey } from '../filters.ts';
import type { Image } from '../wire.ts';
import { withDetails } from './images.ts';
import { listedFor, visibleTo } from './visible.ts';

type Builder = ExpressionBuilder<Database, 'images'>;

/** One page of the images that match, in a total order, so that pages neither repeat nor skip an image. */
export async function listImages(db: Reader, context: Context, request: ListRequest): Promise<Image[]> {
  const order = totalOrder(request.sort);
  let query = db
    .selectFrom('images')
    .selectAll()
    .where('status', '!=', 'pending_delete')
    .where(listedFor(context, request.visibility, request.memberStatus))
    .where((where) => where.and(request.filters.map((filter) => condition(where, filter))));
  if (request.marker !== null) {
    const after = await markerValues(db, context, request.marker, order);
    query = query.where(() => afterMarker(order, after));
  }
  for (const { key, direction } of order) query = query.orderBy(sortable(key), direction);
  return withDetails(db, await query.limit(request.limit).execute());
}

/** The asked order, made unique by creation and id. */
function totalOrder(sort: readonly Sort[]): Sort[] {
  const direction = sort[0]?.direction ?? 'desc';
  const missing = (['created_at', 'id'] as const).filter((key) => !sort.some((one) => one.key === key));
  return [...sort, ...missing.map((key): Sort => ({ key, direction }))];
}

/** A column with its nulls made comparable, lowest. */
function sortable(key: SortKey): RawBuilder<string | number> {
  const lowest = key === 'size' || key === 'created_at' || key === 'updated_at' ? sql.lit(-1) : sql.lit('');
  return sql<string | number>`coalesce(${sql.ref(`images.${key}`)}, ${lowest})`;
}

async function markerValues(db: Reader, context: Context, marker: string, order: readonly Sort[]) {
  const row = await db
    .selectFrom('images')
    .selectAll()
    .where('id', '=', marker)
    .where(visibleTo(context))
    .executeTakeFirst();
  if (!row) throw badRequest(`No image found for marker ${marker}: take the id of the last image you received.`);
  return order.map(({ key }) => row[key] ?? (key === 'size' ? -1 : ''));
}

function afterMarker(order: readonly Sort[], values: readonly (string | number)[]): RawBuilder<SqlBool> {
  const branches = order.map((sort, index) => {
    const equal = order.slice(0, index).map((one, at) => sql`${sortable(one.key)} = ${values[at] ?? ''}`);
    const beyond = sort.direction === 'asc' ? sql`>` : sql`<`;
    return sql`(${sql.join([...equal, sql`${sortable(sort.key)} ${beyond} ${values[index] ?? ''}`], sql` and `)})`;
  });
  return sql<SqlBool>`(${sql.join(branches, sql` or `)})`;
}

function condition(where: Builder, filter: Filter): Expression<SqlBool> {
  switch (filter.kind) {
    case 'in':
      return where(filter.key, 'in', filter.values as never[]);
    case 'text':
      return where(filter.key === 'os_hash_value' ? 'sha512' : filter.key, '=', filter.value);
    case 'number':
      return where(filter.key, filter.operator, filter.value);
    case 'time':
      // Clients see whole seconds.
      return sql<SqlBool>`${sql.ref(`images.${filter.key}`)} / 1000 ${sql.raw(filter.operator)} ${Math.floor(filter.value / 1000)}`;
    case 'bit':
      return where(filter.key, '=', filter.value);
    case 'tag':
      return where.exists(
        where
          .selectFrom('image_tags')
          .select('image_id')
          .whereRef('image_id', '=', 'images.id')
          .where('tag', '=', filter.value),
      );
    case 'property':
      return where.exists(
        where
          .selectFrom('image_properties')
          .select('image_id')
          .whereRef('image_id', '=', 'images.id')
          .where('image_properties.name', '=', filter.key)
          .where('value', '=', filter.value),
      );
  }
}
