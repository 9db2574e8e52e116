import { Type } from 'typebox';
import { badRequest, notFound } from '../../core/errors.ts';
import { atLeast } from '../../http/microversions.ts';
import { noContent, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { serverPorts } from '../../network/index.ts';
import { writeAudit } from '../../store/audit.ts';
import { consoleOfToken, openVnc } from '../console-tokens.ts';
import { serverDiagnostics } from '../diagnostics.ts';
import { explainServer, Explanation } from '../explain.ts';
import { clearGuestPassword, guestPassword } from '../guest-passwords.ts';
import { serverById } from '../servers-store.ts';
import { addressesOf } from '../view.ts';
import { ServerParams } from '../wire.ts';
import { viewGroups } from './security-groups.ts';

/** Kinds of remote consoles that Nova knows, by protocol. */
const CONSOLES = {
  vnc: ['novnc', 'xvpvnc'],
  spice: ['spice-html5'],
  rdp: ['rdp-html5'],
  serial: ['serial'],
  mks: ['webmks'],
};

/** What hangs on a server: addresses, interfaces, groups, consoles. */
export const partRoutes: Route[] = [
  route({
    operation: 'servers:ips:list',
    method: 'GET',
    path: '/servers/:server_id/ips',
    params: ServerParams,
    async handler({ app, context, params }) {
      const server = await serverById(app.store.read, context, params.server_id);
      const ports = (await serverPorts(app.store.read, [server.id])).get(server.id) ?? [];
      return ok({ addresses: addressesOf(ports, false) });
    },
  }),
  route({
    operation: 'servers:ips:show',
    method: 'GET',
    path: '/servers/:server_id/ips/:network',
    params: Strict({ server_id: Type.String(), network: Type.String() }),
    async handler({ app, context, params }) {
      const server = await serverById(app.store.read, context, params.server_id);
      const ports = (await serverPorts(app.store.read, [server.id])).get(server.id) ?? [];
      const addresses = addressesOf(ports, false)[params.network];
      if (!addresses) throw notFound('Instance is not a member of specified network');
      return ok({ [params.network]: addresses });
    },
  }),
  route({
    operation: 'servers:security-groups:list',
    method: 'GET',
    path: '/servers/:server_id/os-security-groups',
    params: ServerParams,
    async handler({ app, context, params }) {
      const db = app.store.read;
      const server = await serverById(db, context, params.server_id);
      const ports = (await serverPorts(db, [server.id])).get(server.id) ?? [];
      const ids = ports.flatMap((port) => port.securityGroups.map((group) => group.id));
      const view = await viewGroups(db, [...new Set(ids)]);
      return ok({ security_groups: view });
    },
  }),
  route({
    operation: 'servers:password:show',
    method: 'GET',
    path: '/servers/:server_id/os-server-password',
    params: ServerParams,
    async handler({ app, context, params }) {
      const server = await serverById(app.store.read, context, params.server_id);
      // What the guest has encrypted for its owner.
      return ok({ password: await guestPassword(app.store.read, server.id) });
    },
  }),
  route({
    operation: 'servers:password:clear',
    method: 'DELETE',
    path: '/servers/:server_id/os-server-password',
    params: ServerParams,
    async handler({ app, context, params }) {
      await app.store.transaction(async (tx) => {
        const server = await serverById(tx.db, context, params.server_id);
        await clearGuestPassword(tx, server.id);
        await writeAudit(tx, context, 'compute:servers:password:clear', server.id);
      });
      return noContent();
    },
  }),
  route({
    operation: 'servers:remote-consoles:create',
    method: 'POST',
    path: '/servers/:server_id/remote-consoles',
    params: ServerParams,
    body: Strict({
      remote_console: Strict({
        protocol: Type.Enum(['vnc', 'spice', 'rdp', 'serial', 'mks']),
        type: Type.Enum(Object.values(CONSOLES).flat()),
      }),
    }),
    async handler({ app, context, params, body, version }) {
      if (!atLeast(version, '2.6')) throw notFound('The resource could not be found.');
      const { protocol, type } = body.remote_console;
      if (protocol === 'mks' && !atLeast(version, '2.8')) {
        throw badRequest('Invalid input for field/attribute protocol. Value: mks. It needs version 2.8.');
      }
      const fits = protocol === 'vnc' && CONSOLES.vnc.includes(type);
      const url = await openVnc(app, context, params.server_id, fits ? type : `${protocol} ${type}`);
      return ok({ remote_console: { protocol, type, url } });
    },
  }),
  route({
    operation: 'servers:diagnostics',
    method: 'GET',
    path: '/servers/:server_id/diagnostics',
    params: ServerParams,
    handler: async ({ app, context, params, version }) =>
      ok(await serverDiagnostics(app, context, version, params.server_id)),
  }),
  route({
    operation: 'servers:topology',
    method: 'GET',
    path: '/servers/:server_id/topology',
    params: ServerParams,
    async handler({ app, context, params, version }) {
      if (!atLeast(version, '2.78')) throw notFound('The resource could not be found.');
      await serverById(app.store.read, context, params.server_id);
      // Guests have one node, and nothing of the host's is pinned to them: what Nova shows of such servers.
      return ok({ nodes: [], pagesize_kb: null });
    },
  }),
  route({
    operation: 'console-auth-tokens:show',
    method: 'GET',
    path: '/os-console-auth-tokens/:token',
    params: Strict({ token: Type.String() }),
    async handler({ app, params, version }) {
      // Before 2.31 this was for RDP alone.
      if (!atLeast(version, '2.31')) throw notFound('The resource could not be found.');
      return ok({ console: await consoleOfToken(app, params.token) });
    },
  }),
  // Ours, not Nova's: what `potluck explain` prints.
  route({
    operation: 'servers:explain',
    method: 'GET',
    path: '/servers/:server_id/potluck-explain',
    params: ServerParams,
    response: Explanation,
    handler: async ({ app, params }) => ok(await explainServer(app.store.read, params.server_id)),
  }),
];
