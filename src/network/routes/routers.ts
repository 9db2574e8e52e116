import { Type, type Static } from 'typebox';
import { sql } from 'kysely';
import { badRequest, conflict } from '../../core/errors.ts';
import { newUuid, type NetworkId } from '../../core/ids.ts';
import type { Call, Reply } from '../../http/route.ts';
import type { Context } from '../../http/context.ts';
import { ok, route, type Route as ApiRoute } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { bit, fromJson, toJson } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/store.ts';
import { deletePort } from '../ports.ts';
import { notAuthorized, routerNotFound } from '../errors.ts';
import { policyFor } from '../qos.ts';
import { claimQuota } from '../quota.ts';
import {
  Address,
  adminOnly,
  Bool,
  projectOf,
  Route,
  Routes,
  standardCreate,
  standardUpdate,
  toBool,
  Uuid,
  isGiven,
} from '../resource/body.ts';
import { change, changeable, IdParams, newStandard, touched, type Changes } from '../resource/change.ts';
import { bit as bitAttribute, standardAttributes, text, type Collection } from '../resource/collection.ts';
import { findRow } from '../resource/list.ts';
import {
  addInterfaceByPort,
  addInterfaceBySubnet,
  checkRoutes,
  removeInterface,
  routerLegs,
  setGateway,
  type InterfaceChange,
} from '../routers.ts';
import { parseRoutes, type HostRoute } from '../subnet-input.ts';
import type { RoutersTable } from '../tables.ts';
import { checkZones } from '../zones.ts';
import { networks } from './networks.ts';
import { ports } from './port-view.ts';
import { subnets } from './subnets.ts';

const GatewayInfo = Nullable(
  Strict({
    network_id: Type.Optional(Uuid),
    enable_snat: Type.Optional(Bool),
    qos_policy_id: Type.Optional(Nullable(Uuid)),
    external_fixed_ips: Type.Optional(
      Type.Array(Strict({ subnet_id: Type.Optional(Uuid), ip_address: Type.Optional(Address) })),
    ),
  }),
);
const common = {
  admin_state_up: Type.Optional(Bool),
  external_gateway_info: Type.Optional(GatewayInfo),
  // This cloud has one kind of router; a client may say so, and nothing else.
  distributed: Type.Optional(Nullable(Bool)),
  ha: Type.Optional(Nullable(Bool)),
};
const CreateBody = Strict({
  ...standardCreate,
  ...common,
  availability_zone_hints: Type.Optional(Type.Array(Type.String({ maxLength: 255 }))),
});
const UpdateBody = Strict({ ...standardUpdate, ...common, routes: Type.Optional(Nullable(Routes)) });

export const routers: Collection<RoutersTable> = {
  singular: 'router',
  plural: 'routers',
  path: 'routers',
  table: 'routers',
  attributes: {
    ...standardAttributes('routers'),
    name: text,
    admin_state_up: bitAttribute,
    status: text,
    enable_snat: bitAttribute,
  },
  visible: (context) => sql`r.project_id = ${context.projectId}`,
  notFound: routerNotFound,
  render: renderRouters,
};

export const routerChanges: Changes<RoutersTable, typeof CreateBody, typeof UpdateBody> = {
  create: { body: CreateBody, bulk: true, run: create },
  update: { body: UpdateBody, run: update },
  remove,
};

async function create(tx: Tx, context: Context, body: Static<typeof CreateBody>): Promise<string> {
  const projectId = projectOf(context, body);
  checkKind(context, body, 'create_router');
  checkZones(body.availability_zone_hints ?? []);
  await claimQuota(tx, projectId, 'router');
  const row: RoutersTable = {
    id: newUuid<'router'>(),
    ...newStandard(context, body),
    project_id: projectId,
    name: body.name ?? '',
    admin_state_up: bit(toBool(body.admin_state_up ?? true, 'admin_state_up')),
    status: 'ACTIVE',
    gateway_network_id: null,
    gateway_port_id: null,
    enable_snat: 1,
    gateway_qos_policy_id: null,
    routes: toJson([]),
    availability_zone_hints: toJson(body.availability_zone_hints ?? []),
  };
  await tx.db.insertInto('routers').values(row).execute();
  if (isGiven(body.external_gateway_info)) {
    const gateway = await changeGateway(tx, context, row, body.external_gateway_info, 'create_router');
    await tx.db.updateTable('routers').set(gateway).where('id', '=', row.id).execute();
  }
  return row.id;
}

async function update(tx: Tx, context: Context, row: RoutersTable, body: Static<typeof UpdateBody>): Promise<void> {
  checkKind(context, body, 'update_router');
  const gateway =
    body.external_gateway_info === undefined
      ? {}
      : await changeGateway(tx, context, row, body.external_gateway_info, 'update_router');
  const routes = body.routes === undefined ? null : parseRoutes('routes', body.routes ?? [], null);
  if (routes) checkRoutes(row.id, routes, await routerLegs(tx.db, row.id, true));
  await tx.db
    .updateTable('routers')
    .set({
      ...touched(context, row),
      ...gateway,
      name: body.name ?? row.name,
      description: body.description ?? row.description,
      admin_state_up: bit(toBool(body.admin_state_up ?? row.admin_state_up === 1, 'admin_state_up')),
      ...(routes && { routes: toJson(routes) }),
    })
    .where('id', '=', row.id)
    .execute();
}

function checkKind(
  context: Context,
  body: { distributed?: Static<typeof Bool> | null | undefined; ha?: Static<typeof Bool> | null | undefined },
  operation: string,
): void {
  adminOnly(context, body, operation, ['distributed', 'ha']);
  for (const attribute of ['distributed', 'ha'] as const) {
    const value = body[attribute];
    if (!isGiven(value) || !toBool(value, attribute)) continue;
    throw badRequest(
      `Invalid input for ${attribute}. Reason: this cloud's routers are not ${attribute}.`,
      'HTTPBadRequest',
    );
  }
}

type Gateway = NonNullable<Static<typeof GatewayInfo>>;

async function changeGateway(tx: Tx, context: Context, row: RoutersTable, info: Gateway | null, operation: string) {
  if (info === null || Object.keys(info).length === 0) {
    return { ...(await setGateway(tx, context, row, null)), enable_snat: 1 as const, gateway_qos_policy_id: null };
  }
  adminOnly(context, info, `${operation}:external_gateway_info`, ['enable_snat', 'external_fixed_ips']);
  const networkId = info.network_id ?? row.gateway_network_id;
  if (networkId === null) {
    throw badRequest(
      "Invalid input for external_gateway_info. Reason: Validation of dictionary's keys failed. 'network_id' is required.",
      'HTTPBadRequest',
    );
  }
  await findRow(tx.db, context, networks, networkId);
  const fixedIps = info.external_fixed_ips?.length ? info.external_fixed_ips : null;
  return {
    ...(await setGateway(tx, context, row, { networkId: networkId as NetworkId, fixedIps })),
    enable_snat: bit(toBool(info.enable_snat ?? row.enable_snat === 1, 'enable_snat')),
    ...(info.qos_policy_id !== undefined && {
      gateway_qos_policy_id: await policyFor(tx.db, context, info.qos_policy_id, row.gateway_qos_policy_id),
    }),
  };
}

async function remove(tx: Tx, context: Context, row: RoutersTable): Promise<void> {
  if ((await routerLegs(tx.db, row.id, false)).length > 0) {
    throw conflict(`Router ${row.id} still has ports`, 'RouterInUse');
  }
  await setGateway(tx, context, row, null);
  const ports = await tx.db.selectFrom('ports').select('id').where('device_id', '=', row.id).execute();
  for (const port of ports) await deletePort(tx, context, port.id);
  await tx.db.deleteFrom('routers').where('id', '=', row.id).execute();
}

async function renderRouters(db: Reader, context: Context, rows: readonly RoutersTable[]) {
  const gatewayPorts = rows.flatMap((row) => row.gateway_port_id ?? []);
  const addresses =
    gatewayPorts.length === 0
      ? []
      : await db
          .selectFrom('port_addresses')
          .selectAll()
          .where('port_id', 'in', gatewayPorts)
          .orderBy('position')
          .execute();
  return rows.map((row) => ({
    name: row.name,
    admin_state_up: row.admin_state_up === 1,
    status: row.status,
    external_gateway_info:
      row.gateway_network_id === null
        ? null
        : {
            network_id: row.gateway_network_id,
            enable_snat: row.enable_snat === 1,
            qos_policy_id: row.gateway_qos_policy_id,
            external_fixed_ips: addresses
              .filter((address) => address.port_id === row.gateway_port_id)
              .map(({ subnet_id, address }) => ({ subnet_id, ip_address: address })),
          },
    routes: fromJson<HostRoute[]>(row.routes),
    availability_zone_hints: fromJson<string[]>(row.availability_zone_hints),
    availability_zones: ['nova'],
    flavor_id: null,
    ...(context.isAdmin && { distributed: false, ha: false }),
  }));
}

const InterfaceBody = Strict({ subnet_id: Type.Optional(Uuid), port_id: Type.Optional(Uuid) });
const RoutesBody = Strict({ router: Strict({ routes: Type.Array(Route) }) });

type InterfaceCall = Call<Static<typeof IdParams>, unknown, Static<typeof InterfaceBody>>;

/** The operations that are no plain create, read, update or delete. */
export const routerActionRoutes: ApiRoute[] = [
  route({
    operation: 'router:add-interface',
    method: 'PUT',
    path: '/routers/:id/add_router_interface',
    params: IdParams,
    body: InterfaceBody,
    handler: (call) => interfaceAction(call, 'router:add-interface', addInterface),
  }),
  route({
    operation: 'router:remove-interface',
    method: 'PUT',
    path: '/routers/:id/remove_router_interface',
    params: IdParams,
    body: InterfaceBody,
    handler: (call) =>
      interfaceAction(call, 'router:remove-interface', (tx, context, router, body) =>
        removeInterface(tx, context, router, { portId: body.port_id ?? null, subnetId: body.subnet_id ?? null }),
      ),
  }),
  ...(['add', 'remove'] as const).map((verb) =>
    route({
      operation: `router:${verb}-extraroutes`,
      method: 'PUT',
      path: `/routers/:id/${verb}_extraroutes`,
      params: IdParams,
      body: RoutesBody,
      async handler({ app, context, params, body }) {
        await change(app, context, `router:${verb}-extraroutes`, async (tx) => {
          const row = await changeable(tx, context, routers, {}, params.id, 'update');
          await changeRoutes(tx, context, row, verb, parseRoutes('routes', body.router.routes, null));
          return [row.id];
        });
        const row = await findRow(app.store.read, context, routers, params.id);
        return ok({ router: { id: row.id, name: row.name, routes: fromJson<HostRoute[]>(row.routes) } });
      },
    }),
  ),
];

async function interfaceAction(
  { app, context, params, body }: InterfaceCall,
  operation: string,
  work: (
    tx: Tx,
    context: Context,
    router: RoutersTable,
    body: Static<typeof InterfaceBody>,
  ) => Promise<InterfaceChange>,
): Promise<Reply> {
  if (body.port_id === undefined && body.subnet_id === undefined) {
    throw badRequest('Bad router request: Either subnet_id or port_id must be specified.', 'BadRequest');
  }
  let done: { router: RoutersTable; result: InterfaceChange } | null = null;
  await change(app, context, operation, async (tx) => {
    const router = await changeable(tx, context, routers, {}, params.id, 'update');
    const result = await work(tx, context, router, body);
    await tx.db.updateTable('routers').set(touched(context, router)).where('id', '=', router.id).execute();
    done = { router, result };
    return [router.id];
  });
  return ok(interfaceView(done));
}

function interfaceView(done: { router: RoutersTable; result: InterfaceChange } | null): object {
  if (!done) return {};
  const { router, result } = done;
  return {
    id: router.id,
    project_id: router.project_id,
    tenant_id: router.project_id,
    port_id: result.port.id,
    network_id: result.port.network_id,
    subnet_id: result.subnetIds[0],
    subnet_ids: result.subnetIds,
    tags: [],
  };
}

async function addInterface(
  tx: Tx,
  context: Context,
  router: RoutersTable,
  body: Static<typeof InterfaceBody>,
): Promise<InterfaceChange> {
  if (body.port_id !== undefined && body.subnet_id !== undefined) {
    throw badRequest('Bad router request: Cannot specify both subnet-id and port-id.', 'BadRequest');
  }
  if (body.port_id !== undefined) {
    const port = await findRow(tx.db, context, ports, body.port_id);
    if (!context.isAdmin && port.project_id !== context.projectId) throw notAuthorized('add_router_interface');
    return addInterfaceByPort(tx, router, port);
  }
  const subnet = await findRow(tx.db, context, subnets, body.subnet_id ?? '');
  // Who takes the gateway address of a shared network is everybody's gateway: that is for the network's owner.
  const network = await findRow(tx.db, context, networks, subnet.network_id);
  if (!context.isAdmin && network.project_id !== context.projectId)
    throw notAuthorized('add_router_interface:subnet_id');
  return addInterfaceBySubnet(tx, context, router, subnet);
}

async function changeRoutes(
  tx: Tx,
  context: Context,
  row: RoutersTable,
  verb: 'add' | 'remove',
  input: readonly HostRoute[],
): Promise<void> {
  const before = fromJson<HostRoute[]>(row.routes);
  const same = (a: HostRoute) => (b: HostRoute) => a.destination === b.destination && a.nexthop === b.nexthop;
  const routes =
    verb === 'add'
      ? [...before, ...input.filter((one) => !before.some(same(one)))]
      : before.filter((one) => !input.some(same(one)));
  if (verb === 'add') checkRoutes(row.id, routes, await routerLegs(tx.db, row.id, true));
  await tx.db
    .updateTable('routers')
    .set({ ...touched(context, row), routes: toJson(routes) })
    .where('id', '=', row.id)
    .execute();
}
