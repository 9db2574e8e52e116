import type { Selectable } from 'kysely';
import { notFound } from '../../core/errors.ts';
import type { ProjectId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import type { Reader } from '../../store/store.ts';
import type { ImageMemberTable } from '../tables.ts';
import { mayChange } from './images.ts';
import type { Image } from '../wire.ts';

/** The projects an image is shared with: all for its owner, only itself for a member. */
export function listMembers(db: Reader, context: Context, image: Image): Promise<Selectable<ImageMemberTable>[]> {
  let query = db.selectFrom('image_members').selectAll().where('image_id', '=', image.id);
  if (!mayChange(context, image)) query = query.where('member_id', '=', context.projectId ?? '');
  return query.orderBy('created_at').orderBy('member_id').execute();
}

/** One of them. Throws ApiError 404. */
export async function getMember(
  db: Reader,
  context: Context,
  image: Image,
  memberId: string,
): Promise<Selectable<ImageMemberTable>> {
  const found = (await listMembers(db, context, image)).find((member) => member.member_id === memberId);
  if (!found) throw notFound(`${memberId} not found in the member list of the image ${image.id}.`);
  return found;
}

export const isMember = (context: Context, memberId: string) => context.projectId === (memberId as ProjectId);
