import { randomBytes } from 'node:crypto';
import { conflict } from '../core/errors.ts';
import { newUuid, type HostId, type NetworkId, type PortId, type ProjectId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import { bit, toJson, type Bit } from '../store/json.ts';
import type { Reader, Tx } from '../store/store.ts';
import { takeAddresses, type FixedIpRequest } from './allocation.ts';
import { macInUse, portNotFound } from './errors.ts';
import { claimQuota } from './quota.ts';
import { planForPort } from './routed.ts';
import { newStandard } from './resource/change.ts';
import { OWNER, type NetworksTable, type PortsTable } from './tables.ts';
import { touchPorts } from './touched.ts';

/** A port to be made; what is left out gets Neutron's default. */
export interface NewPort {
  /** Whose quota it counts against; empty for ports that are the cloud's own (gateways, floating addresses). */
  projectId: ProjectId | '';
  name?: string;
  description?: string;
  mac?: string;
  adminUp?: boolean;
  deviceId?: string;
  deviceOwner?: string;
  hostId?: HostId | '';
  vnicType?: string;
  profile?: Record<string, unknown>;
  /** Null for the default: one address of each version. */
  fixedIps?: readonly FixedIpRequest[] | null;
  /** Choose from IPv4 subnets alone. */
  onlyIpv4?: boolean;
  /** Ids, checked already. */
  securityGroups?: readonly string[];
  portSecurity?: boolean;
  addressPairs?: readonly { ip_address: string; mac_address: string }[];
  dhcpOptions?: readonly { opt_name: string; opt_value: string; ip_version: 4 | 6 }[];
  dnsName?: string;
  dnsDomain?: string;
  qosPolicyId?: string | null;
  deviceIndex?: number;
  deviceTag?: string | null;
  madeForServer?: Bit;
}

/** Makes a port with its MAC and addresses, and claims its quota. Throws ApiError 400 or 409 as Neutron does. */
export async function createPort(
  tx: Tx,
  context: Context,
  network: NetworksTable,
  input: NewPort,
): Promise<PortsTable> {
  const owner = input.deviceOwner ?? '';
  if (input.projectId !== '' && owner !== OWNER.metadata) await claimQuota(tx, input.projectId, 'port');
  const addresses = { hostId: input.hostId ?? '', owner, onlyIpv4: input.onlyIpv4 === true };
  const plan = await planForPort(tx.db, network.id, addresses, input.fixedIps ?? null);
  const port: PortsTable = {
    id: newUuid<'port'>(),
    ...newStandard(context, input),
    project_id: input.projectId,
    network_id: network.id,
    name: input.name ?? '',
    mac_address: await takeMac(tx.db, network.id, input.mac),
    admin_state_up: bit(input.adminUp ?? true),
    status: 'DOWN',
    device_id: input.deviceId ?? '',
    device_owner: owner,
    binding_host_id: input.hostId ?? '',
    binding_vnic_type: input.vnicType ?? 'normal',
    binding_profile: toJson(input.profile ?? {}),
    port_security_enabled: bit(input.portSecurity ?? (network.port_security_enabled === 1 && !isNetworkOwner(owner))),
    allowed_address_pairs: toJson(input.addressPairs ?? []),
    extra_dhcp_opts: toJson(input.dhcpOptions ?? []),
    dns_name: input.dnsName ?? '',
    dns_domain: input.dnsDomain ?? '',
    qos_policy_id: input.qosPolicyId ?? null,
    ip_allocation: plan.allocation,
    status_reason: null,
    device_index: input.deviceIndex ?? 0,
    device_tag: input.deviceTag ?? null,
    made_for_server: input.madeForServer ?? 0,
  };
  await tx.db.insertInto('ports').values(port).execute();
  await takeAddresses(tx, port, plan.wants);
  await joinGroups(tx, port.id, input.securityGroups ?? []);
  await touchPorts(tx, [port.id]);
  return port;
}

/** Whether the owner is a part of the network service itself, which no security group filters. */
export const isNetworkOwner = (owner: string) => owner.startsWith('network:');

/** Replaces the groups of a port. */
export async function setSecurityGroups(tx: Tx, portId: PortId, groups: readonly string[]): Promise<void> {
  await tx.db.deleteFrom('port_security_groups').where('port_id', '=', portId).execute();
  await joinGroups(tx, portId, groups);
}

/** Puts a port that is in no group into some. Throws ApiError 409 for groups that cannot go together. */
async function joinGroups(tx: Tx, portId: PortId, groups: readonly string[]): Promise<void> {
  const unique = [...new Set(groups)];
  if (unique.length === 0) return;
  if (unique.length > 1) await checkOneKind(tx.db, unique);
  await tx.db
    .insertInto('port_security_groups')
    .values(unique.map((id) => ({ port_id: portId, security_group_id: id })))
    .execute();
}

async function checkOneKind(db: Reader, groups: readonly string[]): Promise<void> {
  const kinds = await db
    .selectFrom('security_groups')
    .select('stateful')
    .distinct()
    .where('id', 'in', groups)
    .execute();
  if (kinds.length > 1) {
    throw conflict(
      'Error using security groups: Cannot apply both stateful and stateless security groups on the same port at the same time.',
      'SecurityGroupConflict',
    );
  }
}

/** Deletes a port with all that hangs on it: its addresses go back, floating addresses stay without a target. */
export async function deletePort(tx: Tx, context: Context, portId: PortId): Promise<void> {
  await releaseFloatingIps(tx, context, portId);
  await tx.db.deleteFrom('network_tags').where('resource_id', '=', portId).execute();
  await tx.db.deleteFrom('ports').where('id', '=', portId).execute();
  await touchPorts(tx, [portId]);
}

/** Throws ApiError 409 while a floating address leads one of its ports to this one: Neutron asks to delete that first. */
export async function checkPortFree(db: Reader, portId: PortId): Promise<void> {
  const one = await db
    .selectFrom('port_forwardings')
    .select(['id', 'floating_ip_id'])
    .where('internal_port_id', '=', portId)
    .executeTakeFirst();
  if (one) {
    throw conflict(
      `Port ${portId} is in use by port forwarding ${one.id} of floating IP ${one.floating_ip_id}. Delete that first.`,
      'ServicePortInUse',
    );
  }
}

/** Takes floating addresses off a port; with `except`, only those whose fixed address is not among these. */
export async function releaseFloatingIps(
  tx: Tx,
  context: Context,
  portId: PortId,
  except: readonly string[] = [],
): Promise<void> {
  let update = tx.db
    .updateTable('floating_ips')
    .set((row) => ({
      port_id: null,
      fixed_ip_address: null,
      router_id: null,
      status: 'DOWN' as const,
      revision_number: row('revision_number', '+', 1),
      updated_at: context.now,
    }))
    .where('port_id', '=', portId);
  if (except.length > 0) update = update.where('fixed_ip_address', 'not in', [...except]);
  const released = await update.executeTakeFirst();
  let drop = tx.db.deleteFrom('port_forwardings').where('internal_port_id', '=', portId);
  if (except.length > 0) drop = drop.where('internal_ip_address', 'not in', [...except]);
  const dropped = await drop.executeTakeFirst();
  if (released.numUpdatedRows + dropped.numDeletedRows > 0n) tx.raise('ovn');
  if (dropped.numDeletedRows > 0n) await releaseIdleFloatingIps(tx, context);
}

/** A floating address whose last forwarded port is gone belongs to no router any more. */
export async function releaseIdleFloatingIps(tx: Tx, context: Context): Promise<void> {
  await tx.db
    .updateTable('floating_ips')
    .set((row) => ({
      router_id: null,
      status: 'DOWN' as const,
      revision_number: row('revision_number', '+', 1),
      updated_at: context.now,
    }))
    .where('port_id', 'is', null)
    .where('router_id', 'is not', null)
    .where('id', 'not in', (query) => query.selectFrom('port_forwardings').select('floating_ip_id'))
    .execute();
}

export async function portById(db: Reader, id: string): Promise<PortsTable> {
  const row = await db
    .selectFrom('ports')
    .selectAll()
    .where('id', '=', id as PortId)
    .executeTakeFirst();
  if (!row) throw portNotFound(id);
  return row;
}

/** The given MAC if nobody in the network has it, or a fresh one of OpenStack's range. Throws ApiError 409. */
export async function takeMac(db: Reader, networkId: NetworkId, wanted?: string): Promise<string> {
  for (;;) {
    const mac = wanted ?? `fa:16:3e${randomBytes(3).toString('hex').replace(/../g, ':$&')}`;
    const holder = await db
      .selectFrom('ports')
      .select('id')
      .where('network_id', '=', networkId)
      .where('mac_address', '=', mac)
      .executeTakeFirst();
    if (!holder) return mac;
    if (wanted !== undefined) throw macInUse(networkId, wanted);
  }
}
