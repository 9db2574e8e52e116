import { Type } from 'typebox';
import { ApiError, conflict, forbidden, notFound, tooLarge } from '../../core/errors.ts';
import type { ProjectId } from '../../core/ids.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { writeAudit } from '../../store/audit.ts';
import { getImage, getOwnImage, mayChange } from '../store/images.ts';
import { getMember, listMembers } from '../store/members.ts';
import type { MemberStatus } from '../tables.ts';
import { ImageParams, MEMBER_STATUSES, MemberParams, memberView, MemberView, type Image } from '../wire.ts';

const MOST_MEMBERS = 128;

function checkShared(image: Image): void {
  if (image.visibility === 'shared') return;
  throw forbidden(`Only shared images have members; image ${image.id} is ${image.visibility}.`);
}

const MemberList = Type.Object({ members: Type.Array(MemberView), schema: Type.String() });

/** Clients send the member again next to its status, and more; Glance reads what it needs. */
const MemberCreate = Type.Object({ member: Type.String({ minLength: 1, maxLength: 255 }) });
const MemberUpdate = Type.Object({ status: Type.Enum([...MEMBER_STATUSES]) });

const list = route({
  operation: 'members:list',
  method: 'GET',
  path: '/images/:image_id/members',
  params: ImageParams,
  response: MemberList,
  async handler({ app, context, params }) {
    const image = await getImage(app.store.read, context, params.image_id);
    checkShared(image);
    const members = await listMembers(app.store.read, context, image);
    return ok({ members: members.map(memberView), schema: '/v2/schemas/members' });
  },
});

const create = route({
  operation: 'members:create',
  method: 'POST',
  path: '/images/:image_id/members',
  params: ImageParams,
  body: MemberCreate,
  response: MemberView,
  async handler({ app, context, params, body }) {
    const member = await app.store.transaction(async (tx) => {
      const image = await getOwnImage(tx.db, context, params.image_id, 'share');
      checkShared(image);
      const members = await listMembers(tx.db, context, image);
      if (members.some((one) => one.member_id === body.member)) {
        throw conflict(`Member ${body.member} is duplicated for image ${image.id}`);
      }
      if (members.length >= MOST_MEMBERS) throw tooLarge(`An image has at most ${MOST_MEMBERS} members.`);
      const row = {
        image_id: image.id,
        member_id: body.member as ProjectId,
        status: 'pending' as const,
        created_at: context.now,
        updated_at: context.now,
      };
      await tx.db.insertInto('image_members').values(row).execute();
      await writeAudit(tx, context, 'image:share', image.id, { member: body.member });
      return row;
    });
    return ok(memberView(member));
  },
});

const show = route({
  operation: 'members:show',
  method: 'GET',
  path: '/images/:image_id/members/:member_id',
  params: MemberParams,
  response: MemberView,
  async handler({ app, context, params }) {
    const image = await getImage(app.store.read, context, params.image_id);
    if (image.visibility !== 'shared') throw notFound('Only shared images have members.');
    return ok(memberView(await getMember(app.store.read, context, image, params.member_id)));
  },
});

const update = route({
  operation: 'members:update',
  method: 'PUT',
  path: '/images/:image_id/members/:member_id',
  params: MemberParams,
  body: MemberUpdate,
  response: MemberView,
  async handler({ app, context, params, body }) {
    const member = await app.store.transaction(async (tx) => {
      const image = await getImage(tx.db, context, params.image_id);
      checkShared(image);
      const found = await getMember(tx.db, context, image, params.member_id);
      if (!context.isAdmin && found.member_id !== context.projectId) {
        throw forbidden(`Only the project ${found.member_id} can change its status for image ${image.id}.`);
      }
      const changed = { status: body.status as MemberStatus, updated_at: context.now };
      await tx.db
        .updateTable('image_members')
        .set(changed)
        .where('image_id', '=', image.id)
        .where('member_id', '=', found.member_id)
        .execute();
      await writeAudit(tx, context, 'image:member-status', image.id, { status: body.status });
      return { ...found, ...changed };
    });
    return ok(memberView(member));
  },
});

const remove = route({
  operation: 'members:delete',
  method: 'DELETE',
  path: '/images/:image_id/members/:member_id',
  params: MemberParams,
  async handler({ app, context, params }) {
    await app.store.transaction(async (tx) => {
      const image = await getImage(tx.db, context, params.image_id);
      checkShared(image);
      if (!mayChange(context, image)) {
        throw new ApiError(403, 'Forbidden', `You cannot delete members of image ${image.id}: only its owner can.`);
      }
      const found = await getMember(tx.db, context, image, params.member_id);
      await tx.db
        .deleteFrom('image_members')
        .where('image_id', '=', image.id)
        .where('member_id', '=', found.member_id)
        .execute();
      await writeAudit(tx, context, 'image:unshare', image.id, { member: found.member_id });
    });
    return noContent();
  },
});

export const sharingRoutes: readonly Route[] = [list, create, show, update, remove];
