import { isIP } from 'node:net';
import { Type } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { isUuid, type PortId } from '../../core/ids.ts';
import { atLeast, type Version } from '../../http/microversions.ts';
import { accepted, ok, route, type Route } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { attachPort, detachPort, serverPorts, type ServerPort } from '../../network/index.ts';
import { writeAudit } from '../../store/audit.ts';
import { DEFAULT_ZONE, hostZones } from '../catalogue/aggregates.ts';
import { assertUnlocked } from '../delete.ts';
import { noteAction } from '../server-actions.ts';
import { changeServer, serverById } from '../servers-store.ts';
import { assertPermitted } from '../states.ts';
import { ServerParams, Tag } from '../wire.ts';

const PortParams = Strict({ server_id: Type.String(), port_id: Type.String() });

function interfaceView(port: ServerPort, version: Version) {
  return {
    port_id: port.id,
    port_state: port.status,
    net_id: port.networkId,
    mac_addr: port.mac,
    fixed_ips: port.addresses.map(({ address, subnetId }) => ({ subnet_id: subnetId, ip_address: address })),
    ...(atLeast(version, '2.70') && { tag: port.tag }),
  };
}

const AttachBody = Strict({
  interfaceAttachment: Type.Optional(
    Strict({
      net_id: Type.Optional(Type.String()),
      port_id: Type.Optional(Type.String()),
      fixed_ips: Type.Optional(Type.Array(Strict({ ip_address: Type.String() }), { minItems: 1, maxItems: 1 })),
      tag: Type.Optional(Tag),
    }),
  ),
});

/** https://docs.openstack.org/api-ref/compute/#port-interfaces-servers-os-interface */
export const interfaceRoutes: Route[] = [
  route({
    operation: 'servers:interfaces:list',
    method: 'GET',
    path: '/servers/:server_id/os-interface',
    params: ServerParams,
    async handler({ app, context, params, version }) {
      const server = await serverById(app.store.read, context, params.server_id);
      const ports = (await serverPorts(app.store.read, [server.id])).get(server.id) ?? [];
      return ok({ interfaceAttachments: ports.map((port) => interfaceView(port, version)) });
    },
  }),
  route({
    operation: 'servers:interfaces:show',
    method: 'GET',
    path: '/servers/:server_id/os-interface/:port_id',
    params: PortParams,
    async handler({ app, context, params, version }) {
      const server = await serverById(app.store.read, context, params.server_id);
      const ports = (await serverPorts(app.store.read, [server.id])).get(server.id) ?? [];
      const port = ports.find((one) => one.id === params.port_id);
      if (!port) throw notFound(`Instance ${server.id} does not have a port with id ${params.port_id}`);
      return ok({ interfaceAttachment: interfaceView(port, version) });
    },
  }),
  route({
    operation: 'servers:interfaces:attach',
    method: 'POST',
    path: '/servers/:server_id/os-interface',
    params: ServerParams,
    body: AttachBody,
    async handler({ app, context, params, body, version }) {
      const asked = body.interfaceAttachment ?? {};
      if (asked.tag !== undefined && !atLeast(version, '2.49')) {
        throw badRequest("Additional properties are not allowed ('tag' was unexpected).");
      }
      for (const id of [asked.net_id, asked.port_id]) {
        if (id !== undefined && !isUuid(id))
          throw badRequest(`Invalid input: '${id}' is not the id of a network or port.`);
      }
      const address = asked.fixed_ips?.[0]?.ip_address;
      if (asked.net_id !== undefined && asked.port_id !== undefined) {
        throw badRequest('Must not input both network_id and port_id');
      }
      if (address !== undefined && asked.net_id === undefined) {
        throw badRequest('Must input network_id when request IP address');
      }
      if (address !== undefined && isIP(address) === 0)
        throw badRequest(`Invalid input: '${address}' is not an address.`);
      const port = await app.store.transaction(async (tx) => {
        const server = await serverById(tx.db, context, params.server_id);
        assertUnlocked(context, server);
        assertPermitted('attach_interface', server);
        const { host_id: hostId } = server;
        if (hostId === null) throw conflict(`Instance ${server.id} is on no host.`);
        const host = await tx.db.selectFrom('hosts').select('name').where('id', '=', hostId).executeTakeFirstOrThrow();
        const made = await attachPort(tx, context, {
          serverId: server.id,
          serverName: server.name,
          hostId,
          availabilityZone: (await hostZones(tx.db)).get(host.name) ?? DEFAULT_ZONE,
          requested: {
            ...(asked.net_id !== undefined && { networkId: asked.net_id }),
            ...(asked.port_id !== undefined && { portId: asked.port_id }),
            ...(address !== undefined && { fixedIp: address }),
            ...(asked.tag !== undefined && { tag: asked.tag }),
          },
        });
        await changeServer(tx, server, context.now, {}, { document: true });
        await noteAction(tx, context, server, 'attach_interface', 'compute_attach_interface');
        await writeAudit(tx, context, 'compute:servers:attach-interface', server.id, { port: made.id });
        return made;
      });
      return ok({ interfaceAttachment: interfaceView(port, version) });
    },
  }),
  route({
    operation: 'servers:interfaces:detach',
    method: 'DELETE',
    path: '/servers/:server_id/os-interface/:port_id',
    params: PortParams,
    async handler({ app, context, params }) {
      await app.store.transaction(async (tx) => {
        const server = await serverById(tx.db, context, params.server_id);
        assertUnlocked(context, server);
        assertPermitted('detach_interface', server);
        await detachPort(tx, server.id, params.port_id as PortId, context.now);
        await changeServer(tx, server, context.now, {}, { document: true });
        await noteAction(tx, context, server, 'detach_interface', 'compute_detach_interface');
        await writeAudit(tx, context, 'compute:servers:detach-interface', server.id, { port: params.port_id });
      });
      return accepted();
    },
  }),
];
