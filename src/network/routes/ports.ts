import { Type, type Static } from 'typebox';
import { conflict } from '../../core/errors.ts';
import type { HostId } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { invalidAttribute, notAuthorized, portInUse } from '../errors.ts';
import { ensureDefaultGroup, resolveGroups } from '../groups.ts';
import { parseDomain, parseHostName } from '../dns.ts';
import { removeMetadataPort } from '../metadata-port.ts';
import { replaceAddresses } from '../port-addresses.ts';
import {
  checkPortPolicy,
  checkPortSecurity,
  mergeDhcpOptions,
  OWN_PORTS,
  parseAddressPairs,
  parseMac,
  type DhcpOption,
} from '../port-input.ts';
import { checkPortFree, createPort, deletePort, isNetworkOwner, setSecurityGroups, takeMac } from '../ports.ts';
import { policyFor } from '../qos.ts';
import { isSharedWith } from '../rbac.ts';
import {
  Address,
  adminOnly,
  Bool,
  Int,
  NullableArray,
  projectOf,
  standardCreate,
  standardUpdate,
  toBool,
  Uuid,
  isGiven,
} from '../resource/body.ts';
import { bindAddresses } from '../routed.ts';
import { touched, type Changes } from '../resource/change.ts';
import { findRow } from '../resource/list.ts';
import { OWNER, type NetworksTable, type PortsTable } from '../tables.ts';
import { networks } from './networks.ts';

const FixedIp = Strict({ subnet_id: Type.Optional(Uuid), ip_address: Type.Optional(Address) });
const VnicType = Type.Union([Type.Literal('normal')]);
const common = {
  admin_state_up: Type.Optional(Bool),
  device_id: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  device_owner: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  fixed_ips: Type.Optional(NullableArray(FixedIp)),
  security_groups: Type.Optional(Nullable(Type.Array(Uuid, { uniqueItems: true }))),
  mac_address: Type.Optional(Nullable(Type.String({ maxLength: 32 }))),
  port_security_enabled: Type.Optional(Bool),
  allowed_address_pairs: Type.Optional(
    NullableArray(
      Strict({ ip_address: Type.String({ maxLength: 64 }), mac_address: Type.Optional(Nullable(Type.String())) }),
    ),
  ),
  extra_dhcp_opts: Type.Optional(
    NullableArray(
      Strict({
        opt_name: Type.String({ minLength: 1, maxLength: 64 }),
        opt_value: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
        ip_version: Type.Optional(Int),
      }),
    ),
  ),
  'binding:host_id': Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  'binding:profile': Type.Optional(Nullable(Type.Record(Type.String(), Type.Unknown()))),
  'binding:vnic_type': Type.Optional(VnicType),
  dns_name: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  dns_domain: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  qos_policy_id: Type.Optional(Nullable(Uuid)),
};
const CreateBody = Strict({ ...standardCreate, ...common, network_id: Uuid });
const UpdateBody = Strict({ ...standardUpdate, ...common });
const ADMIN_ONLY = ['binding:host_id', 'binding:profile'];

export const portChanges: Changes<PortsTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  remove,
  mayChange: async (db, context, row) => (await networkOf(db, row)).project_id === context.projectId,
};

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const network = await findRow(tx.db, context, networks, body.network_id);
  if (
    !context.isAdmin &&
    network.project_id !== context.projectId &&
    !(await isSharedWith(tx.db, context, network.id))
  ) {
    throw notAuthorized('create_port');
  }
  const projectId = projectOf(context, body);
  adminOnly(context, body, 'create_port', ADMIN_ONLY);
  checkPortPolicy(context, network, 'create_port', body);
  const owner = body.device_owner ?? '';
  const portSecurity = toBool(
    body.port_security_enabled ?? (network.port_security_enabled === 1 && !isNetworkOwner(owner)),
    'port_security_enabled',
  );
  const groups = !isGiven(body.security_groups)
    ? portSecurity && !isNetworkOwner(owner)
      ? [await ensureDefaultGroup(tx, context, projectId)]
      : []
    : await resolveGroups(tx.db, context, body.security_groups);
  const mac = await takeMac(tx.db, network.id, !isGiven(body.mac_address) ? undefined : parseMac(body.mac_address));
  const pairs = parseAddressPairs(body.allowed_address_pairs ?? [], mac);
  checkPortSecurity({ enabled: portSecurity, groups: groups.length, pairs: pairs.length });
  const port = await createPort(tx, context, network, {
    projectId,
    ...(body.name !== undefined && { name: body.name }),
    ...(body.description !== undefined && { description: body.description }),
    mac,
    adminUp: toBool(body.admin_state_up ?? true, 'admin_state_up'),
    deviceId: body.device_id ?? '',
    deviceOwner: owner,
    hostId: (body['binding:host_id'] ?? '') as HostId,
    profile: body['binding:profile'] ?? {},
    fixedIps: body.fixed_ips ?? null,
    securityGroups: groups,
    portSecurity,
    addressPairs: pairs,
    dhcpOptions: mergeDhcpOptions([], body.extra_dhcp_opts ?? []),
    dnsName: parseHostName(body.dns_name ?? ''),
    dnsDomain: parseDomain(body.dns_domain ?? ''),
    qosPolicyId: await policyFor(tx.db, context, body.qos_policy_id ?? null),
  });
  return port.id;
}

const networkOf = (db: Reader, row: PortsTable): Promise<NetworksTable> =>
  db.selectFrom('networks').selectAll().where('id', '=', row.network_id).executeTakeFirstOrThrow();

async function update(tx: Tx, context: Context, row: PortsTable, body: Static<typeof UpdateBody>): Promise<void> {
  const network = await networkOf(tx.db, row);
  adminOnly(context, body, 'update_port', ADMIN_ONLY);
  checkDevice(context, row, body);
  const { device_owner: owner, ...rest } = body;
  checkPortPolicy(context, network, 'update_port', owner === row.device_owner ? rest : body);
  const mac = await newMac(tx.db, row, body.mac_address);
  const enabled = toBool(body.port_security_enabled ?? row.port_security_enabled === 1, 'port_security_enabled');
  const before = await tx.db.selectFrom('port_security_groups').selectAll().where('port_id', '=', row.id).execute();
  const known = before.map((group) => group.security_group_id);
  const groups =
    body.security_groups === undefined ? known : await resolveGroups(tx.db, context, body.security_groups ?? [], known);
  const pairs =
    body.allowed_address_pairs === undefined
      ? fromJson<{ ip_address: string; mac_address: string }[]>(row.allowed_address_pairs)
      : parseAddressPairs(body.allowed_address_pairs ?? [], mac);
  checkPortSecurity({ enabled, groups: groups.length, pairs: pairs.length });
  await tx.db
    .updateTable('ports')
    .set({
      ...touched(context, row),
      name: body.name ?? row.name,
      description: body.description ?? row.description,
      mac_address: mac,
      admin_state_up: bit(toBool(body.admin_state_up ?? row.admin_state_up === 1, 'admin_state_up')),
      ...(body.device_id !== undefined && { device_id: body.device_id ?? '' }),
      ...(body.device_owner !== undefined && { device_owner: body.device_owner ?? '' }),
      ...(body['binding:host_id'] !== undefined && { binding_host_id: (body['binding:host_id'] ?? '') as HostId }),
      ...(body['binding:profile'] !== undefined && { binding_profile: toJson(body['binding:profile'] ?? {}) }),
      port_security_enabled: bit(enabled),
      allowed_address_pairs: toJson(pairs),
      ...(body.extra_dhcp_opts !== undefined && {
        extra_dhcp_opts: toJson(
          body.extra_dhcp_opts === null
            ? []
            : mergeDhcpOptions(fromJson<DhcpOption[]>(row.extra_dhcp_opts), body.extra_dhcp_opts),
        ),
      }),
      ...(body.dns_name !== undefined && { dns_name: parseHostName(body.dns_name ?? '') }),
      ...(body.dns_domain !== undefined && { dns_domain: parseDomain(body.dns_domain ?? '') }),
      ...(body.qos_policy_id !== undefined && {
        qos_policy_id: await policyFor(tx.db, context, body.qos_policy_id, row.qos_policy_id),
      }),
    })
    .where('id', '=', row.id)
    .execute();
  const host = body['binding:host_id'];
  if (isGiven(host) && host !== row.binding_host_id) {
    await bindAddresses(tx, { ...row, mac_address: mac, device_owner: owner ?? row.device_owner }, host);
  }
  if (body.security_groups !== undefined) await setSecurityGroups(tx, row.id, groups);
  if (body.fixed_ips !== undefined || mac !== row.mac_address) {
    const bound = { ...row, mac_address: mac, binding_host_id: (host ?? row.binding_host_id) as HostId };
    await replaceAddresses(tx, context, bound, body.fixed_ips ?? null);
  }
}

/** A plugged port belongs to the server or router that has it: nobody hands it to another by its attributes. */
function checkDevice(context: Context, row: PortsTable, body: Static<typeof UpdateBody>): void {
  const own = OWN_PORTS.includes(row.device_owner);
  const plugged = row.binding_host_id !== '' && !context.isAdmin;
  for (const attribute of ['device_id', 'device_owner'] as const) {
    const value = body[attribute];
    if ((own || plugged) && value !== undefined && value !== row[attribute]) {
      throw portInUse(row.network_id, row.id, row.device_id);
    }
  }
}

/** A null asks for a fresh one (Neutron's extension port-mac-address-regenerate). */
async function newMac(db: Reader, row: PortsTable, text: string | null | undefined): Promise<string> {
  if (text === undefined) return row.mac_address;
  const mac = text === null ? undefined : parseMac(text);
  if (mac === row.mac_address) return mac;
  if (row.binding_host_id !== '') throw portInUse(row.network_id, row.id, row.device_id);
  if (OWN_PORTS.includes(row.device_owner))
    throw invalidAttribute('mac_address', `of a ${row.device_owner} port is fixed.`);
  return takeMac(db, row.network_id, mac);
}

async function remove(tx: Tx, context: Context, row: PortsTable): Promise<void> {
  if (row.device_owner === OWNER.metadata) return removeMetadataPort(tx, context, row);
  if (OWN_PORTS.includes(row.device_owner)) {
    throw conflict(
      `Port ${row.id} cannot be deleted directly via the port API: has device owner ${row.device_owner}.`,
      'ServicePortInUse',
    );
  }
  await checkPortFree(tx.db, row.id);
  await deletePort(tx, context, row.id);
}
