import { Type } from 'typebox';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { createInvite, deleteInvite, readInvites } from '../invites.ts';
import { InviteBody, viewInvite } from '../wire.ts';

const A_DAY = 24 * 60 * 60;

export const inviteRoutes: readonly Route[] = [
  route({
    operation: 'invites:create',
    method: 'POST',
    path: '/invites',
    body: InviteBody,
    async handler({ app, context, body }) {
      const { invite, token } = await createInvite(app, context, {
        ...{ name: body.name ?? null, uses: body.uses ?? 1, replace: body.replace ?? false },
        life: (body.expires_in ?? A_DAY) * 1000,
      });
      return created({ invite: { ...viewInvite(invite), token } });
    },
  }),
  route({
    operation: 'invites:list',
    method: 'GET',
    path: '/invites',
    async handler({ app, context }) {
      return ok({ invites: (await readInvites(app.store.read, context.now)).map(viewInvite) });
    },
  }),
  route({
    operation: 'invites:delete',
    method: 'DELETE',
    path: '/invites/:invite_id',
    params: Strict({ invite_id: Type.String() }),
    async handler({ app, context, params }) {
      await deleteInvite(app, context, params.invite_id);
      return noContent();
    },
  }),
];
