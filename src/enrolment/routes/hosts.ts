import { Type } from 'typebox';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { readEnrolled, removeHost, revokeHost } from '../hosts.ts';
import { viewHost } from '../wire.ts';

const params = Strict({ host: Type.String() });

/** `:host` is a name or an id. */
export const hostRoutes: readonly Route[] = [
  route({
    operation: 'hosts:list',
    method: 'GET',
    path: '/hosts',
    async handler({ app, context }) {
      return ok({ hosts: (await readEnrolled(app.store.read, context.now)).map(viewHost) });
    },
  }),
  route({
    operation: 'hosts:revoke',
    method: 'POST',
    path: '/hosts/:host/revoke',
    params,
    async handler({ app, context, params: { host } }) {
      await revokeHost(app, context, host);
      return noContent();
    },
  }),
  route({
    operation: 'hosts:remove',
    method: 'DELETE',
    path: '/hosts/:host',
    params,
    async handler({ app, context, params: { host } }) {
      await removeHost(app, context, host);
      return noContent();
    },
  }),
];
