import { ApiError, badRequest, conflict, forbidden, notFound } from '../core/errors.ts';
import type { ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Reader, Tx } from '../store/store.ts';
import { ensureDefaultGroup } from './groups.ts';
import { EVERYBODY, isSharedWith } from './rbac.ts';
import type { NetworksTable, PortsTable, SecurityGroupsTable } from './tables.ts';

// What a server's request names, looked up as Nova does it, with Nova's statuses and words.

/** The one network that a server gets when its maker names none; null when the project has none at all. */
export async function onlyNetwork(db: Reader, projectId: ProjectId): Promise<NetworksTable | null> {
  const rows = await db
    .selectFrom('networks')
    .selectAll()
    .where((match) =>
      match.or([
        match('id', 'in', sharedObjects(db, projectId)),
        match.and([match('project_id', '=', projectId), match('external', '=', 0)]),
      ]),
    )
    .where('admin_state_up', '=', 1)
    .orderBy('created_at')
    .limit(2)
    .execute();
  if (rows.length > 1) {
    throw conflict('Multiple possible networks found, use a Network ID to be more specific.', 'NetworkAmbiguous');
  }
  return rows[0] ?? null;
}

/** What others share with the project, networks and groups alike: their ids never meet. */
const sharedObjects = (db: Reader, projectId: ProjectId) =>
  db
    .selectFrom('network_rbac')
    .select('object_id')
    .where('action', '=', 'access_as_shared')
    .where('target_project', 'in', [EVERYBODY, projectId]);

/** A network named by id. Throws ApiError 400 when it is not seen or has no subnet, 403 when it is external. */
export async function networkForServer(db: Reader, context: Context, id: string): Promise<NetworksTable> {
  const row = await db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirst();
  const own =
    row !== undefined &&
    (context.isAdmin || row.project_id === context.projectId || (await isSharedWith(db, context, row.id)));
  if (row?.external && !own) {
    throw forbidden(
      `It is not allowed to create an interface on external network ${id}`,
      'ExternalNetworkAttachForbidden',
    );
  }
  if (!row || !own) throw badRequest(`Network ${id} could not be found.`, 'NetworkNotFound');
  return row;
}

export async function checkHasSubnet(db: Reader, network: NetworksTable): Promise<void> {
  const subnet = await db.selectFrom('subnets').select('id').where('network_id', '=', network.id).executeTakeFirst();
  if (!subnet) {
    throw badRequest(`Network ${network.id} requires a subnet in order to boot instances on.`, 'NetworkRequiresSubnet');
  }
}

/** A port the user brings. Throws ApiError 400 when it is not seen or has no address, 409 when it is in use. */
export async function portForServer(db: Reader, context: Context, id: string): Promise<PortsTable> {
  const row = await db.selectFrom('ports').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || !(context.isAdmin || row.project_id === context.projectId)) {
    throw badRequest(`Port id ${id} could not be found.`, 'PortNotFound');
  }
  if (row.device_id !== '') throw conflict(`Port ${id} is still in use.`, 'PortInUse');
  const address = await db.selectFrom('port_addresses').select('address').where('port_id', '=', id).executeTakeFirst();
  if (!address && row.ip_allocation !== 'deferred') {
    throw badRequest(`Port ${id} requires a FixedIP in order to be used.`, 'PortRequiresFixedIP');
  }
  return row;
}

/** The project's group of this name or id, or null. Throws ApiError 409 when several have the name. */
export async function groupByName(
  db: Reader,
  projectId: ProjectId,
  nameOrId: string,
): Promise<SecurityGroupsTable | null> {
  const rows = await db
    .selectFrom('security_groups')
    .selectAll()
    .where((match) => match.or([match('project_id', '=', projectId), match('id', 'in', sharedObjects(db, projectId))]))
    .where((match) => match.or([match('id', '=', nameOrId), match('name', '=', nameOrId)]))
    .execute();
  const exact = rows.find((row) => row.id === nameOrId);
  if (exact) return exact;
  if (rows.length > 1) {
    throw conflict(
      `Multiple security groups found matching '${nameOrId}'. Use an ID to be more specific.`,
      'NoUniqueMatch',
    );
  }
  return rows[0] ?? null;
}

/** The ids of a server's groups; the default one when none is named. Throws ApiError 400 or 409. */
export async function groupsForServer(
  tx: Tx,
  context: Context,
  projectId: ProjectId,
  names: readonly string[],
): Promise<string[]> {
  const fallback = await ensureDefaultGroup(tx, context, projectId);
  const ids = await namedGroups(tx.db, projectId, names);
  return ids.length === 0 ? [fallback] : ids;
}

/** The ids of groups given by name or id. `default` needs not be there yet. Throws ApiError 400 or 409. */
export async function namedGroups(db: Reader, projectId: ProjectId, names: readonly string[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const name of names) {
    const group = await groupByName(db, projectId, name);
    if (group) ids.add(group.id);
    else if (name !== 'default') throw badRequest(`Security group ${name} not found.`, 'SecurityGroupNotFound');
  }
  return [...ids];
}

/** A failure of the network API as Nova tells it to whoever asked for a server. */
export function asNova(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  switch (error.type) {
    case 'OverQuota':
      return forbidden('Maximum number of ports exceeded', 'PortLimitExceeded');
    case 'IpAddressAlreadyAllocated':
      return badRequest(`${error.publicMessage}. Choose another fixed IP address.`, 'FixedIpAlreadyInUse');
    case 'IpAddressGenerationFailure':
      return badRequest(`${error.publicMessage} Delete unused ports, or add a subnet.`, 'NoMoreFixedIps');
    default:
      return error;
  }
}

export const groupNotFound = (name: string) => notFound(`Security group ${name} not found.`, 'SecurityGroupNotFound');
