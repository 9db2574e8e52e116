import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { canonicalIp } from '../address.ts';
import { badL3Request, floatingIpNotFound, invalidAttribute, noAddressLeft } from '../errors.ts';
import { NO_TARGET, planTarget, targetPort, type Target } from '../floating.ts';
import { parseDomain, parseHostName } from '../dns.ts';
import { checkNotForwarding, forwardingsOf, summary } from '../forwarding.ts';
import { createPort, deletePort } from '../ports.ts';
import { policyFor } from '../qos.ts';
import { claimQuota } from '../quota.ts';
import { Address, adminOnly, projectOf, standardCreate, standardUpdate, Uuid, isGiven } from '../resource/body.ts';
import { newStandard, touched, type Changes } from '../resource/change.ts';
import { standardAttributes, text, type Collection } from '../resource/collection.ts';
import { findRow } from '../resource/list.ts';
import { OWNER, type FloatingIpsTable, type NetworksTable } from '../tables.ts';
import { networks } from './networks.ts';

const { name: _create, ...createStandard } = standardCreate;
const { name: _update, ...updateStandard } = standardUpdate;
const target = {
  port_id: Type.Optional(Nullable(Uuid)),
  fixed_ip_address: Type.Optional(Nullable(Address)),
  qos_policy_id: Type.Optional(Nullable(Uuid)),
};
const CreateBody = Strict({
  ...createStandard,
  ...target,
  floating_network_id: Uuid,
  subnet_id: Type.Optional(Nullable(Uuid)),
  floating_ip_address: Type.Optional(Nullable(Address)),
  dns_name: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
  dns_domain: Type.Optional(Nullable(Type.String({ maxLength: 255 }))),
});
const UpdateBody = Strict({ ...updateStandard, ...target });

export const floatingIps: Collection<FloatingIpsTable> = {
  singular: 'floatingip',
  plural: 'floatingips',
  path: 'floatingips',
  table: 'floating_ips',
  attributes: {
    ...standardAttributes('floatingips'),
    floating_network_id: text,
    floating_ip_address: text,
    port_id: text,
    fixed_ip_address: text,
    router_id: text,
    status: text,
    dns_name: text,
    dns_domain: text,
    qos_policy_id: text,
  },
  visible: (context) => sql`r.project_id = ${context.projectId}`,
  notFound: floatingIpNotFound,
  render: renderFloatingIps,
};

export const floatingIpChanges: Changes<FloatingIpsTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  async remove(tx, context, row) {
    await checkNotForwarding(tx.db, row.id);
    await tx.db.deleteFrom('floating_ips').where('id', '=', row.id).execute();
    await deletePort(tx, context, row.floating_port_id);
  },
};

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const network = await findRow(tx.db, context, networks, body.floating_network_id);
  if (!network.external) throw badL3Request('floatingip', `Network ${network.id} is not a valid external network`);
  const projectId = projectOf(context, body);
  if (isGiven(body.floating_ip_address)) adminOnly(context, body, 'create_floatingip', ['floating_ip_address']);
  await claimQuota(tx, projectId, 'floatingip');
  const id = newUuid();
  const port = await createPort(tx, context, network, {
    projectId: '',
    deviceId: id,
    deviceOwner: OWNER.floatingIp,
    fixedIps: await holderAddresses(tx.db, network, body),
    onlyIpv4: true,
  });
  const held = await tx.db.selectFrom('port_addresses').select('address').where('port_id', '=', port.id).execute();
  const address = held.find((one) => !one.address.includes(':'))?.address;
  if (address === undefined) throw noAddressLeft(network.id);
  const to = await targetOf(tx.db, context, { id, networkId: network.id, address }, body);
  await tx.db
    .insertInto('floating_ips')
    .values({
      id,
      ...newStandard(context, body),
      project_id: projectId,
      floating_network_id: network.id,
      floating_ip_address: address,
      floating_port_id: port.id,
      dns_name: parseHostName(body.dns_name ?? ''),
      dns_domain: parseDomain(body.dns_domain ?? ''),
      qos_policy_id: await policyFor(tx.db, context, body.qos_policy_id ?? null),
      ...to,
    })
    .execute();
  return id;
}

/** The address asked for, or one out of the IPv4 subnets of the external network. */
async function holderAddresses(db: Reader, network: NetworksTable, body: Static<typeof CreateBody>) {
  const subnetId = body.subnet_id ?? undefined;
  if (isGiven(body.floating_ip_address)) return [{ subnet_id: subnetId, ip_address: body.floating_ip_address }];
  if (subnetId !== undefined) return [{ subnet_id: subnetId }];
  const subnet = await db
    .selectFrom('subnets')
    .select('id')
    .where('network_id', '=', network.id)
    .where('ip_version', '=', 4)
    .executeTakeFirst();
  if (!subnet) throw badL3Request('floatingip', `Network ${network.id} does not contain any IPv4 subnet`);
  return null;
}

async function targetOf(
  db: Reader,
  context: Context,
  floating: { id: string; networkId: FloatingIpsTable['floating_network_id']; address: string },
  body: { port_id?: string | null | undefined; fixed_ip_address?: string | null | undefined },
): Promise<Target> {
  if (!isGiven(body.port_id)) {
    if (isGiven(body.fixed_ip_address)) {
      throw badL3Request('floatingip', 'fixed_ip_address cannot be specified without a port_id');
    }
    return NO_TARGET;
  }
  const port = await targetPort(db, body.port_id, (row) => context.isAdmin || row.project_id === context.projectId);
  const fixed = !isGiven(body.fixed_ip_address) ? null : canonicalIp(body.fixed_ip_address);
  if (fixed === null && isGiven(body.fixed_ip_address)) {
    throw invalidAttribute('fixed_ip_address', `'${body.fixed_ip_address}' is not a valid IP address.`);
  }
  return planTarget(db, floating, port, fixed);
}

async function update(tx: Tx, context: Context, row: FloatingIpsTable, body: Static<typeof UpdateBody>): Promise<void> {
  const floating = { id: row.id, networkId: row.floating_network_id, address: row.floating_ip_address };
  // Neutron: an update without port_id that changes nothing else keeps the target; a fixed address alone moves it.
  // One that says nothing at all takes it away: so clients did before there was a null.
  const blank = Object.keys(body).length === 0;
  const kept = body.port_id === undefined && body.fixed_ip_address !== undefined;
  const wish = blank ? { port_id: null } : kept ? { ...body, port_id: row.port_id } : body;
  const to = wish.port_id === undefined ? {} : await targetOf(tx.db, context, floating, wish);
  if (isGiven(wish.port_id)) await checkNotForwarding(tx.db, row.id);
  await tx.db
    .updateTable('floating_ips')
    .set({
      ...touched(context, row),
      description: body.description ?? row.description,
      ...to,
      ...(body.qos_policy_id !== undefined && {
        qos_policy_id: await policyFor(tx.db, context, body.qos_policy_id, row.qos_policy_id),
      }),
    })
    .where('id', '=', row.id)
    .execute();
}

async function renderFloatingIps(db: Reader, _context: Context, rows: readonly FloatingIpsTable[]) {
  const ids = rows.flatMap((row) => row.port_id ?? []);
  const ports = ids.length === 0 ? [] : await db.selectFrom('ports').selectAll().where('id', 'in', ids).execute();
  const forwardings = await forwardingsOf(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => {
    const port = ports.find((one) => one.id === row.port_id);
    return {
      floating_network_id: row.floating_network_id,
      floating_ip_address: row.floating_ip_address,
      port_id: row.port_id,
      fixed_ip_address: row.fixed_ip_address,
      router_id: row.router_id,
      status: row.status,
      dns_name: row.dns_name,
      dns_domain: row.dns_domain,
      qos_policy_id: row.qos_policy_id,
      port_forwardings: (forwardings.get(row.id) ?? []).map(summary),
      port_details: port
        ? {
            name: port.name,
            network_id: port.network_id,
            mac_address: port.mac_address,
            admin_state_up: port.admin_state_up === 1,
            status: port.status,
            device_id: port.device_id,
            device_owner: port.device_owner,
          }
        : null,
    };
  });
}
