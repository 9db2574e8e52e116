import { badRequest, notFound } from '../core/errors.ts';
import type { HostId, PortId, ProjectId, ServerId } from '../core/ids.ts';
import { systemContext, type Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import type { FixedIpRequest } from './allocation.ts';
import { ensureMetadataPort } from './metadata-port.ts';
import { createPort, deletePort } from './ports.ts';
import { bindAddresses, checkWired } from './routed.ts';
import { serverPorts, SERVER_OWNER, type ServerPort } from './server-ports.ts';
import {
  asNova,
  checkHasSubnet,
  groupByName,
  groupNotFound,
  groupsForServer,
  namedGroups,
  networkForServer,
  onlyNetwork,
  portForServer,
} from './server-requests.ts';
import type { NetworksTable } from './tables.ts';
import { touchPorts } from './touched.ts';

/** One interface as a server's request describes it. */
export interface RequestedNetwork {
  networkId?: string;
  portId?: string;
  fixedIp?: string;
  tag?: string;
}

export type RequestedNetworks = 'auto' | 'none' | RequestedNetwork[];

export interface ServerInput {
  serverId: ServerId;
  serverName: string;
  hostId: HostId;
  availabilityZone: string;
}

/**
 * Makes and binds the ports of a new server: `auto` is the project's only network (none if it has none). Addresses and
 * MACs are chosen here. Throws ApiError 400, 403 or 409 as Nova does.
 */
export async function createServerPorts(
  tx: Tx,
  context: Context,
  input: ServerInput & {
    requested: RequestedNetworks;
    /** Names or ids; none for the default. */ securityGroups: string[];
  },
): Promise<void> {
  const projectId = projectOf(context);
  const groups = await groupsForServer(tx, context, projectId, input.securityGroups);
  const requested = await spellOut(tx, projectId, input.requested);
  let index = 0;
  for (const wish of requested) await plug(tx, context, input, wish, groups, index++);
}

/**
 * Checks what a request for a server says about networks, before a host is looked for: what `createServerPorts` would
 * refuse whatever the host. Throws ApiError 400, 403 or 409 as Nova does.
 */
export async function checkServerNetworks(
  db: Reader,
  context: Context,
  requested: RequestedNetworks,
  securityGroups: readonly string[],
): Promise<void> {
  const projectId = projectOf(context);
  await namedGroups(db, projectId, securityGroups);
  if (requested === 'auto') await onlyNetwork(db, projectId);
  for (const wish of typeof requested === 'string' ? [] : requested) {
    if (wish.portId !== undefined) await portForServer(db, context, wish.portId);
    else await checkHasSubnet(db, await networkForServer(db, context, wish.networkId ?? ''));
  }
}

/** Gives a running server one more interface. Throws ApiError 400, 403 or 409 as Nova does. */
export async function attachPort(
  tx: Tx,
  context: Context,
  input: ServerInput & { requested: RequestedNetwork },
): Promise<ServerPort> {
  const projectId = projectOf(context);
  const before = (await serverPorts(tx.db, [input.serverId])).get(input.serverId) ?? [];
  const groups = await groupsForServer(tx, context, projectId, []);
  const index = before.reduce((highest, port) => Math.max(highest, port.index + 1), 0);
  const { networkId, portId } = input.requested;
  const [only] = networkId === undefined && portId === undefined ? await spellOut(tx, projectId, 'auto') : [];
  const id = await plug(tx, context, input, { ...only, ...input.requested }, groups, index);
  const after = (await serverPorts(tx.db, [input.serverId])).get(input.serverId) ?? [];
  const port = after.find((one) => one.id === id);
  if (!port) throw new Error(`port ${id} was attached and is not there`);
  return port;
}

/** Takes one interface off a server: a port compute made is deleted, another is the user's again. Throws 404. */
export async function detachPort(tx: Tx, serverId: ServerId, portId: PortId, now = Date.now()): Promise<void> {
  const row = await tx.db
    .selectFrom('ports')
    .select(['id', 'made_for_server'])
    .where('id', '=', portId)
    .where('device_id', '=', serverId)
    .where('device_owner', 'like', `${SERVER_OWNER}%`)
    .where('binding_host_id', '<>', '')
    .executeTakeFirst();
  if (!row) throw notFound(`Port ${portId} is not attached to instance ${serverId}`, 'PortNotFound');
  if (row.made_for_server) await deletePort(tx, systemContext(now), row.id);
  else await unbind(tx, row.id, now);
}

/** Deletes the ports that compute made for a server, and gives back those the user brought. */
export async function deleteServerPorts(tx: Tx, serverId: ServerId, now = Date.now()): Promise<void> {
  const rows = await tx.db
    .selectFrom('ports')
    .select(['id', 'made_for_server'])
    .where('device_id', '=', serverId)
    .where('device_owner', 'like', `${SERVER_OWNER}%`)
    .where('binding_host_id', '<>', '')
    .execute();
  for (const row of rows) {
    if (row.made_for_server) await deletePort(tx, systemContext(now), row.id);
    else await unbind(tx, row.id, now);
  }
}

/**
 * Binds a server's ports to the host it moves to; they are down until that host has plugged them. Throws ApiError 409 for
 * a host that is not on the wires of their networks.
 */
export async function moveServerPorts(tx: Tx, serverId: ServerId, hostId: HostId): Promise<void> {
  const ports = await tx.db
    .selectFrom('ports')
    .selectAll()
    .where('device_id', '=', serverId)
    .where('device_owner', 'like', `${SERVER_OWNER}%`)
    .where('binding_host_id', 'not in', ['', hostId])
    .execute();
  for (const port of ports) {
    await checkWired(tx.db, await networkOfPort(tx.db, port.network_id), hostId);
    await bindAddresses(tx, port, hostId);
  }
  await tx.db
    .updateTable('ports')
    .set({ binding_host_id: hostId, status: 'DOWN' })
    .where('device_id', '=', serverId)
    .where('device_owner', 'like', `${SERVER_OWNER}%`)
    .where('binding_host_id', 'not in', ['', hostId])
    .execute();
  await touchPorts(
    tx,
    ports.map((port) => port.id),
  );
}

/** Puts every port of a server into a group of the project. Throws ApiError 404 or 409. */
export async function addServerSecurityGroup(
  tx: Tx,
  context: Context,
  serverId: ServerId,
  nameOrId: string,
): Promise<void> {
  const group = await groupByName(tx.db, projectOf(context), nameOrId);
  if (!group) throw groupNotFound(nameOrId);
  const ports = (await securedPorts(tx, serverId)).map((port) => ({ port_id: port.id, security_group_id: group.id }));
  if (ports.length === 0) {
    throw badRequest(`Security group ${nameOrId} cannot be applied: no port of the server has port security.`);
  }
  await tx.db
    .insertInto('port_security_groups')
    .values(ports)
    .onConflict((clash) => clash.doNothing())
    .execute();
  await touchPorts(
    tx,
    ports.map((port) => port.port_id),
  );
}

/** Takes every port of a server out of a group. Throws ApiError 404 when none is in it. */
export async function removeServerSecurityGroup(
  tx: Tx,
  context: Context,
  serverId: ServerId,
  nameOrId: string,
): Promise<void> {
  const group = await groupByName(tx.db, projectOf(context), nameOrId);
  if (!group) throw groupNotFound(nameOrId);
  const ids = (await securedPorts(tx, serverId)).map((port) => port.id);
  const gone =
    ids.length === 0
      ? undefined
      : await tx.db
          .deleteFrom('port_security_groups')
          .where('security_group_id', '=', group.id)
          .where('port_id', 'in', ids)
          .executeTakeFirst();
  if (!gone?.numDeletedRows) {
    throw notFound(
      `Security group ${nameOrId} not associated with the instance ${serverId}`,
      'SecurityGroupNotExistsForInstance',
    );
  }
  await touchPorts(tx, ids);
}

function projectOf(context: Context): ProjectId {
  if (context.projectId === null) throw badRequest('The token is not scoped to a project.');
  return context.projectId;
}

async function spellOut(tx: Tx, projectId: ProjectId, requested: RequestedNetworks): Promise<RequestedNetwork[]> {
  if (requested === 'none') return [];
  if (requested !== 'auto') return requested;
  const network = await onlyNetwork(tx.db, projectId);
  return network ? [{ networkId: network.id }] : [];
}

async function plug(
  tx: Tx,
  context: Context,
  server: ServerInput,
  wish: RequestedNetwork,
  groups: readonly string[],
  index: number,
): Promise<PortId> {
  const owner = `${SERVER_OWNER}${server.availabilityZone}`;
  if (wish.portId !== undefined) {
    if (wish.fixedIp !== undefined) {
      throw badRequest(
        `Specified Fixed IP '${wish.fixedIp}' cannot be used with port '${wish.portId}': the two cannot be specified together.`,
      );
    }
    const port = await portForServer(tx.db, context, wish.portId);
    await ensureMetadataPort(tx, context, port.network_id);
    await checkWired(tx.db, await networkOfPort(tx.db, port.network_id), server.hostId);
    await bindAddresses(tx, port, server.hostId);
    await tx.db
      .updateTable('ports')
      .set((row) => ({
        device_id: server.serverId,
        device_owner: owner,
        binding_host_id: server.hostId,
        dns_name: hostName(server.serverName),
        device_index: index,
        device_tag: wish.tag ?? null,
        revision_number: row('revision_number', '+', 1),
        updated_at: context.now,
      }))
      .where('id', '=', port.id)
      .execute();
    await touchPorts(tx, [port.id]);
    return port.id;
  }
  const network = await networkForServer(tx.db, context, wish.networkId ?? '');
  await checkHasSubnet(tx.db, network);
  await checkWired(tx.db, network, server.hostId);
  await ensureMetadataPort(tx, context, network.id);
  return makePort(tx, context, network, server, {
    owner,
    groups: network.port_security_enabled ? groups : [],
    fixedIps: wish.fixedIp === undefined ? null : [{ ip_address: wish.fixedIp }],
    index,
    tag: wish.tag ?? null,
  });
}

const networkOfPort = (db: Reader, id: NetworksTable['id']) =>
  db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

async function makePort(
  tx: Tx,
  context: Context,
  network: NetworksTable,
  server: ServerInput,
  detail: {
    owner: string;
    groups: readonly string[];
    fixedIps: readonly FixedIpRequest[] | null;
    index: number;
    tag: string | null;
  },
): Promise<PortId> {
  try {
    const port = await createPort(tx, context, network, {
      projectId: projectOf(context),
      deviceId: server.serverId,
      deviceOwner: detail.owner,
      hostId: server.hostId,
      fixedIps: detail.fixedIps,
      securityGroups: detail.groups,
      dnsName: hostName(server.serverName),
      deviceIndex: detail.index,
      deviceTag: detail.tag,
      madeForServer: 1,
    });
    return port.id;
  } catch (error) {
    throw asNova(error);
  }
}

/** The server's name as a DNS label (RFC 1123), as Nova makes hostnames; empty when nothing of it is left. */
export function hostName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[ _]/g, '-')
    .replace(/[^a-z0-9.-]+/g, '')
    .replace(/\./g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}

async function unbind(tx: Tx, portId: PortId, now: number): Promise<void> {
  await tx.db
    .updateTable('ports')
    .set((row) => ({
      device_id: '',
      device_owner: '',
      binding_host_id: '' as const,
      dns_name: '',
      device_index: 0,
      device_tag: null,
      status: 'DOWN' as const,
      revision_number: row('revision_number', '+', 1),
      updated_at: now,
    }))
    .where('id', '=', portId)
    .execute();
  await touchPorts(tx, [portId]);
}

const securedPorts = (tx: Tx, serverId: ServerId) =>
  tx.db
    .selectFrom('ports')
    .select('id')
    .where('device_id', '=', serverId)
    .where('device_owner', 'like', `${SERVER_OWNER}%`)
    .where('binding_host_id', '<>', '')
    .where('port_security_enabled', '=', 1)
    .execute();
