import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Context } from '../../http/context.ts';
import type { Database } from '../../store/database.ts';

type Builder = ExpressionBuilder<Database, 'images'>;

/** Which images a context may read, by their id: its own, public and community ones, and those shared with it. */
export function visibleTo(context: Context): (where: Builder) => Expression<SqlBool> {
  return (where) => {
    if (context.isAdmin) return where.lit(true);
    const open = where('visibility', 'in', ['public', 'community']);
    if (context.projectId === null) return open;
    return where.or([open, where('owner', '=', context.projectId), sharedWith(where, context.projectId, 'all')]);
  };
}

/**
 * Which images a list shows (api-ref, "Image visibility"): not everybody's community images unless asked for, and
 * shared ones only once the member accepted them, or in the state asked for.
 */
export function listedFor(
  context: Context,
  visibility: string | null,
  memberStatus: string,
): (where: Builder) => Expression<SqlBool> {
  return (where) => {
    const conditions: Expression<SqlBool>[] = [];
    const own = context.projectId === null ? where.lit(false) : where('owner', '=', context.projectId);
    if (!context.isAdmin) {
      const shared = context.projectId === null ? where.lit(false) : sharedWith(where, context.projectId, memberStatus);
      conditions.push(where.or([where('visibility', 'in', ['public', 'community']), own, shared]));
    }
    if (visibility === null) conditions.push(where.or([where('visibility', '!=', 'community'), own]));
    else if (visibility !== 'all') conditions.push(where('visibility', '=', visibility as 'public'));
    return where.and(conditions);
  };
}

function sharedWith(where: Builder, projectId: string, memberStatus: string): Expression<SqlBool> {
  let members = where
    .selectFrom('image_members')
    .select('image_id')
    .whereRef('image_id', '=', 'images.id')
    .where('member_id', '=', projectId);
  if (memberStatus !== 'all') members = members.where('status', '=', memberStatus as 'accepted');
  return where.and([where('visibility', '=', 'shared'), where.exists(members)]);
}
