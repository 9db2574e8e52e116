import { sql } from 'kysely';
import { Type, type Static } from 'typebox';
import { badRequest, conflict, notFound } from '../../core/errors.ts';
import { newUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Route } from '../../http/route.ts';
import { Repeatable, Strict } from '../../http/schemas.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { canonicalIp } from '../address.ts';
import { portNotFound } from '../errors.ts';
import { routerBetween } from '../floating.ts';
import { checkRanges, parseRange, view, type Range } from '../forwarding.ts';
import { ports } from './port-view.ts';
import { releaseIdleFloatingIps } from '../ports.ts';
import { Address, Int, isGiven, toInt, Uuid } from '../resource/body.ts';
import { change, changeable, newStandard, touched } from '../resource/change.ts';
import { integer, text, type Collection } from '../resource/collection.ts';
import { findRow, listRows, pageLinks, selectFields } from '../resource/list.ts';
import { PREFIX } from '../resource/routes.ts';
import type { FloatingIpsTable, PortForwardingsTable } from '../tables.ts';
import { floatingIps } from './floating-ips.ts';

const PORTS = Type.String({ maxLength: 16 });
const values = {
  protocol: Type.Optional(Type.Union((['tcp', 'udp', 'sctp'] as const).map((name) => Type.Literal(name)))),
  external_port: Type.Optional(Int),
  external_port_range: Type.Optional(PORTS),
  internal_port: Type.Optional(Int),
  internal_port_range: Type.Optional(PORTS),
  internal_port_id: Type.Optional(Uuid),
  internal_ip_address: Type.Optional(Address),
  description: Type.Optional(Type.String({ maxLength: 255 })),
};
const Body = Strict({ port_forwarding: Strict(values) });
type Input = Static<typeof Body>['port_forwarding'];
const Params = Strict({ floatingip_id: Type.String({ maxLength: 255 }) });
const OneParams = Strict({ floatingip_id: Type.String({ maxLength: 255 }), id: Type.String({ maxLength: 255 }) });
const Query = Type.Record(Type.String(), Repeatable);
const BASE = '/floatingips/:floatingip_id/port_forwardings';

const missing = (id: string) => notFound(`Port Forwarding ${id} could not be found.`, 'PortForwardingNotFound');

/** Below one floating address, whose rows alone are ever asked for. */
const forwardings: Collection<PortForwardingsTable> = {
  singular: 'port_forwarding',
  plural: 'port_forwardings',
  path: 'port_forwardings',
  table: 'port_forwardings',
  attributes: {
    id: text,
    floating_ip_id: text,
    protocol: text,
    internal_port_id: text,
    internal_ip_address: text,
    description: text,
    created_at: integer,
    external_port: { kind: 'integer', column: 'external_first' },
    internal_port: { kind: 'integer', column: 'internal_first' },
    external_port_range: { kind: 'text', filter: (ranges) => rangeFilter('external', ranges) },
    internal_port_range: { kind: 'text', filter: (ranges) => rangeFilter('internal', ranges) },
  },
  visible: (context) => sql`exists (select 1 from floating_ips f where f.id = r.floating_ip_id
    and f.project_id = ${context.projectId})`,
  notFound: missing,
  render: async (_db, _context, rows) => rows.map(view),
};

const rangeFilter = (side: 'external' | 'internal', ranges: readonly string[]) =>
  sql`(${sql.ref(`r.${side}_first`)} || ':' || ${sql.ref(`r.${side}_last`)}) in (${sql.join(ranges)})`;

async function findOne(db: Reader, context: Context, params: Static<typeof OneParams>): Promise<PortForwardingsTable> {
  await findRow(db, context, floatingIps, params.floatingip_id);
  const row = await findRow(db, context, forwardings, params.id);
  if (row.floating_ip_id !== params.floatingip_id) throw missing(params.id);
  return row;
}

/** https://docs.openstack.org/api-ref/network/v2/#floating-ips-port-forwarding */
export const portForwardingRoutes: Route[] = [
  route({
    operation: 'port_forwardings:list',
    method: 'GET',
    path: BASE,
    params: Params,
    query: Query,
    async handler({ app, context, params, query }) {
      const floating = await findRow(app.store.read, context, floatingIps, params.floatingip_id);
      const own = { ...query, floating_ip_id: floating.id };
      const { rows, paging } = await listRows(app.store.read, context, forwardings, own);
      const base = `${app.config.publicUrl}${PREFIX}/floatingips/${floating.id}/port_forwardings`;
      const links = pageLinks(base, query, paging, rows);
      return ok({
        port_forwardings: rows.map((row) => selectFields(view(row), query)),
        ...(links.length > 0 && { port_forwardings_links: links }),
      });
    },
  }),
  route({
    operation: 'port_forwarding:show',
    method: 'GET',
    path: `${BASE}/:id`,
    params: OneParams,
    query: Query,
    async handler({ app, context, params, query }) {
      return ok({ port_forwarding: selectFields(view(await findOne(app.store.read, context, params)), query) });
    },
  }),
  route({
    operation: 'port_forwarding:create',
    method: 'POST',
    path: BASE,
    params: Params,
    body: Body,
    async handler({ app, context, params, body }) {
      const id = newUuid();
      await change(app, context, 'port_forwarding:create', async (tx) => {
        const floating = await changeable(tx, context, floatingIps, {}, params.floatingip_id, 'update');
        await create(tx, context, floating, id, body.port_forwarding);
        return [id, floating.id];
      });
      return created({ port_forwarding: view(await findRow(app.store.read, context, forwardings, id)) });
    },
  }),
  route({
    operation: 'port_forwarding:update',
    method: 'PUT',
    path: `${BASE}/:id`,
    params: OneParams,
    body: Body,
    async handler({ app, context, params, body }) {
      await change(app, context, 'port_forwarding:update', async (tx) => {
        const floating = await changeable(tx, context, floatingIps, {}, params.floatingip_id, 'update');
        await update(tx, context, floating, await findOne(tx.db, context, params), body.port_forwarding);
        return [params.id, floating.id];
      });
      return ok({ port_forwarding: view(await findRow(app.store.read, context, forwardings, params.id)) });
    },
  }),
  route({
    operation: 'port_forwarding:delete',
    method: 'DELETE',
    path: `${BASE}/:id`,
    params: OneParams,
    async handler({ app, context, params }) {
      await change(app, context, 'port_forwarding:delete', async (tx) => {
        await changeable(tx, context, floatingIps, {}, params.floatingip_id, 'update');
        const row = await findOne(tx.db, context, params);
        await tx.db.deleteFrom('port_forwardings').where('id', '=', row.id).execute();
        await releaseIdleFloatingIps(tx, context);
        return [row.id, row.floating_ip_id];
      });
      return noContent();
    },
  }),
];

type Outside = Pick<PortForwardingsTable, 'protocol' | 'external_first' | 'external_last'>;
type Inside = Pick<
  PortForwardingsTable,
  'internal_port_id' | 'internal_ip_address' | 'internal_first' | 'internal_last'
>;

async function create(tx: Tx, context: Context, floating: FloatingIpsTable, id: string, input: Input): Promise<void> {
  const { protocol, internal_port_id: portId } = input;
  if (protocol === undefined || portId === undefined) {
    const name = protocol === undefined ? 'protocol' : 'internal_port_id';
    throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`, 'HTTPBadRequest');
  }
  if (floating.port_id !== null) {
    throw conflict(
      `The Floating IP ${floating.id} with fixed IP is already associated with port ${floating.port_id}.`,
      'FloatingIpInUse',
    );
  }
  const external = rangeOf('external_port', input);
  const internal = rangeOf('internal_port', input);
  checkRanges(external, internal);
  const outside = { protocol, external_first: external.first, external_last: external.last };
  await checkOutsideFree(tx.db, floating.id, outside, id);
  const to = await insideOf(tx.db, context, floating, portId, input.internal_ip_address, internal);
  await checkInsideFree(tx.db, protocol, to.inside, id);
  await tx.db
    .insertInto('port_forwardings')
    .values({
      id,
      ...newStandard(context, input),
      project_id: floating.project_id,
      floating_ip_id: floating.id,
      ...outside,
      ...to.inside,
    })
    .execute();
  await tx.db
    .updateTable('floating_ips')
    .set({ ...touched(context, floating), router_id: to.router, status: 'ACTIVE' })
    .where('id', '=', floating.id)
    .execute();
}

async function update(
  tx: Tx,
  context: Context,
  floating: FloatingIpsTable,
  row: PortForwardingsTable,
  input: Input,
): Promise<void> {
  const given = (side: 'external' | 'internal') =>
    isGiven(input[`${side}_port`]) || isGiven(input[`${side}_port_range`]);
  const external = given('external')
    ? rangeOf('external_port', input)
    : { first: row.external_first, last: row.external_last };
  const internal = given('internal')
    ? rangeOf('internal_port', input)
    : { first: row.internal_first, last: row.internal_last };
  checkRanges(external, internal);
  const outside = {
    protocol: input.protocol ?? row.protocol,
    external_first: external.first,
    external_last: external.last,
  };
  await checkOutsideFree(tx.db, floating.id, outside, row.id);
  const moved = input.internal_port_id !== undefined && input.internal_port_id !== row.internal_port_id;
  const address = input.internal_ip_address ?? (moved ? undefined : row.internal_ip_address);
  const portId = input.internal_port_id ?? row.internal_port_id;
  const to = await insideOf(tx.db, context, floating, portId, address, internal);
  await checkInsideFree(tx.db, outside.protocol, to.inside, row.id);
  await tx.db
    .updateTable('port_forwardings')
    .set({ ...touched(context, row), description: input.description ?? row.description, ...outside, ...to.inside })
    .where('id', '=', row.id)
    .execute();
}

function rangeOf(attribute: 'external_port' | 'internal_port', input: Input): Range {
  const port = input[attribute];
  return parseRange(attribute, isGiven(port) ? toInt(port) : undefined, input[`${attribute}_range`]);
}

async function checkOutsideFree(db: Reader, floatingId: string, wanted: Outside, self: string): Promise<void> {
  const other = await db
    .selectFrom('port_forwardings')
    .select('id')
    .where('floating_ip_id', '=', floatingId)
    .where('protocol', '=', wanted.protocol)
    .where('external_first', '<=', wanted.external_last)
    .where('external_last', '>=', wanted.external_first)
    .where('id', '<>', self)
    .executeTakeFirst();
  if (other) {
    throw badRequest(
      `Invalid input for operation: A duplicate port forwarding entry with same attributes already exists: ${other.id} leads the same ${wanted.protocol} port on.`,
      'BadRequest',
    );
  }
}

/** A server's port is led to once, and not at all from a floating address that leads to the server as a whole. */
async function checkInsideFree(db: Reader, protocol: Outside['protocol'], to: Inside, self: string): Promise<void> {
  const other = await db
    .selectFrom('port_forwardings')
    .select('id')
    .where('internal_port_id', '=', to.internal_port_id)
    .where('internal_ip_address', '=', to.internal_ip_address)
    .where('protocol', '=', protocol)
    .where('internal_first', '<=', to.internal_last)
    .where('internal_last', '>=', to.internal_first)
    .where('id', '<>', self)
    .executeTakeFirst();
  if (other) {
    throw badRequest(
      `Invalid input for operation: A duplicate port forwarding entry with same attributes already exists: ${other.id} leads to the same port.`,
      'BadRequest',
    );
  }
  const whole = await db
    .selectFrom('floating_ips')
    .select(['id', 'floating_ip_address'])
    .where('port_id', '=', to.internal_port_id)
    .where('fixed_ip_address', '=', to.internal_ip_address)
    .executeTakeFirst();
  if (whole) {
    throw conflict(
      `Port ${to.internal_port_id} is already associated with floating IP ${whole.floating_ip_address} (${whole.id}).`,
      'PortHasBindingFloatingIP',
    );
  }
}

/** Where it leads: a port the caller sees, one of its IPv4 addresses, and the router between. Throws 400 or 404. */
async function insideOf(
  db: Reader,
  context: Context,
  floating: FloatingIpsTable,
  portId: string,
  wanted: string | undefined,
  range: Range,
): Promise<{ inside: Inside; router: NonNullable<FloatingIpsTable['router_id']> }> {
  const port = await findRow(db, context, ports, portId);
  if (!context.isAdmin && port.project_id !== context.projectId) throw portNotFound(portId);
  const held = await db
    .selectFrom('port_addresses')
    .select(['address', 'subnet_id'])
    .where('port_id', '=', port.id)
    .orderBy('position')
    .execute();
  const candidates = held.filter((one) => !one.address.includes(':'));
  const address = wanted === undefined ? null : canonicalIp(wanted);
  const fixed = wanted === undefined ? candidates[0] : candidates.find((one) => one.address === address);
  if (!fixed) {
    throw badRequest(
      `Bad port_forwarding request: Port ${port.id} does not have fixed ip ${wanted ?? 'of IPv4'}`,
      'BadRequest',
    );
  }
  const router = await routerBetween(db, fixed.subnet_id, floating.floating_network_id);
  if (router === null || (floating.router_id !== null && floating.router_id !== router)) {
    throw notFound(
      `External network ${floating.floating_network_id} is not reachable from subnet ${fixed.subnet_id}. Therefore, cannot associate Port ${port.id} with a Floating IP.`,
      'ExternalGatewayForFloatingIPNotFound',
    );
  }
  return {
    inside: {
      internal_port_id: port.id,
      internal_ip_address: fixed.address,
      internal_first: range.first,
      internal_last: range.last,
    },
    router,
  };
}
