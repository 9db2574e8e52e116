import { Type } from 'typebox';
import { badRequest, conflict, forbidden, notFound } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';
import type { Context } from '../../http/context.ts';
import { accepted, ok, route, type Route } from '../../http/route.ts';
import { Nullable, Strict } from '../../http/schemas.ts';
import { serverPorts } from '../../network/index.ts';
import { action, type Action } from '../routes/action.ts';
import { assertUnlocked } from '../delete.ts';
import { serverById } from '../servers-store.ts';
import { assertProxy, asNova, networkCall, type Caller, type Json } from './network-call.ts';

const Params = Strict({ floating_ip_id: Type.String() });

/** Names of the external networks by id: what Nova calls pools. */
async function pools(caller: Caller): Promise<Map<string, string>> {
  const query = { 'router:external': 'true' };
  const { networks } = await networkCall(caller, 'GET', '/networks', { query });
  return new Map((networks as { id: string; name: string }[]).map(({ id, name }) => [id, name || id]));
}

function view(floating: Json, names: ReadonlyMap<string, string>): Json {
  const port = floating.port_details as { device_id?: string } | null;
  return {
    id: floating.id,
    ip: floating.floating_ip_address,
    fixed_ip: floating.fixed_ip_address ?? null,
    instance_id: port?.device_id ?? null,
    pool: names.get(String(floating.floating_network_id)) ?? floating.floating_network_id,
  };
}

/** The project's addresses, an administrator's own too: the proxy never showed those of others. */
async function ownAddresses(caller: Caller, filter: Record<string, string> = {}): Promise<Json[]> {
  const query = { ...filter, project_id: caller.context.projectId ?? '' };
  return (await networkCall(caller, 'GET', '/floatingips', { query })).floatingips as Json[];
}

async function oneAddress(caller: Caller, id: string): Promise<Json> {
  if (!isUuid(id)) throw badRequest(`Invalid ID received ${id}.`);
  return (await networkCall(caller, 'GET', `/floatingips/${id}`)).floatingip as Json;
}

const list = route({
  operation: 'floating-ips:list',
  method: 'GET',
  path: '/os-floating-ips',
  async handler({ app, context, request, version }) {
    assertProxy(version);
    const caller = { app, context, request };
    const names = await pools(caller);
    return ok({ floating_ips: (await ownAddresses(caller)).map((floating) => view(floating, names)) });
  },
});

const show = route({
  operation: 'floating-ips:show',
  method: 'GET',
  path: '/os-floating-ips/:floating_ip_id',
  params: Params,
  async handler({ app, context, request, params, version }) {
    assertProxy(version);
    const caller = { app, context, request };
    const floating = await oneAddress(caller, params.floating_ip_id);
    return ok({ floating_ip: view(floating, await pools(caller)) });
  },
});

const create = route({
  operation: 'floating-ips:create',
  method: 'POST',
  path: '/os-floating-ips',
  body: Nullable(Strict({ pool: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 255 }))) })),
  async handler({ app, context, request, body, version }) {
    assertProxy(version);
    const caller = { app, context, request };
    const names = await pools(caller);
    const wished = body?.pool ?? null;
    const pool = [...names].find(([id, name]) => wished === null || name === wished || id === wished);
    if (!pool) throw notFound(`Floating IP pool ${wished ?? ''} not found: see os-floating-ip-pools.`);
    const made = await asNova({ 409: 403 }, () =>
      networkCall(caller, 'POST', '/floatingips', { body: { floatingip: { floating_network_id: pool[0] } } }),
    );
    return ok({ floating_ip: view(made.floatingip as Json, names) });
  },
});

const remove = route({
  operation: 'floating-ips:delete',
  method: 'DELETE',
  path: '/os-floating-ips/:floating_ip_id',
  params: Params,
  async handler({ app, context, request, params, version }) {
    assertProxy(version);
    const caller = { app, context, request };
    await oneAddress(caller, params.floating_ip_id);
    await networkCall(caller, 'DELETE', `/floatingips/${params.floating_ip_id}`);
    return accepted();
  },
});

const poolList = route({
  operation: 'floating-ip-pools:list',
  method: 'GET',
  path: '/os-floating-ip-pools',
  async handler({ app, context, request, version }) {
    assertProxy(version);
    const names = await pools({ app, context, request });
    return ok({ floating_ip_pools: [...names.values()].map((name) => ({ name })) });
  },
});

export const floatingIpRoutes: Route[] = [list, show, create, remove, poolList];

/** The project's floating address of that text. Throws ApiError 404. */
async function byAddress(caller: Caller, address: string): Promise<Json> {
  const [found] = await ownAddresses(caller, { floating_ip_address: address });
  if (!found) throw notFound('floating IP not found');
  return found;
}

const Address = Type.String({ pattern: '^[0-9a-fA-F.:]{2,45}$' });

const associate = action({
  name: 'addFloatingIp',
  until: '2.44',
  body: Strict({ address: Address, fixed_address: Type.Optional(Nullable(Address)) }),
  async handler({ app, context, request, params }, body) {
    const caller = { app, context, request };
    const { port, fixed } = await targetOf(caller, context, params.server_id, body.fixed_address ?? null);
    const floating = await byAddress(caller, body.address);
    await asNova({ 404: 400, 409: 400 }, () =>
      networkCall(caller, 'PUT', `/floatingips/${String(floating.id)}`, {
        body: { floatingip: { port_id: port, fixed_ip_address: fixed } },
      }),
    );
    return accepted();
  },
});

/** The port and the IPv4 address of a server that a floating address leads to. */
async function targetOf({ app }: Caller, context: Context, serverId: string, wished: string | null) {
  const server = await serverById(app.store.read, context, serverId);
  assertUnlocked(context, server);
  const ports = (await serverPorts(app.store.read, [server.id])).get(server.id) ?? [];
  const all = ports.flatMap((port) =>
    port.addresses.map(({ address, version }) => ({ port: port.id, address, version })),
  );
  if (all.length === 0) throw badRequest('No fixed IPs associated to instance');
  const found = all.find(({ address, version }) => (wished === null ? version === 4 : address === wished));
  if (!found && wished !== null) throw badRequest('Specified fixed address not assigned to instance');
  if (!found) throw badRequest(`Instance ${server.id} has no fixed IPv4 addresses to associate.`);
  return { port: found.port, fixed: found.address };
}

const disassociate = action({
  name: 'removeFloatingIp',
  until: '2.44',
  body: Strict({ address: Address }),
  async handler({ app, context, request, params }, body) {
    const caller = { app, context, request };
    const server = await serverById(app.store.read, context, params.server_id);
    if (context.projectId === null) throw forbidden('The token is not scoped to a project.');
    assertUnlocked(context, server);
    const floating = await byAddress(caller, body.address);
    const port = floating.port_details as { device_id?: string } | null;
    if (port?.device_id !== server.id) {
      throw conflict(`Floating IP ${body.address} is not associated with instance ${server.id}.`);
    }
    const id = String(floating.id);
    await networkCall(caller, 'PUT', `/floatingips/${id}`, { body: { floatingip: { port_id: null } } });
    return accepted();
  },
});

export const floatingIpActions: readonly Action[] = [associate, disassociate];
