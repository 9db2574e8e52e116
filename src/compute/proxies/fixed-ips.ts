import { Type } from 'typebox';
import { badRequest } from '../../core/errors.ts';
import { accepted } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { serverPorts, type ServerPort } from '../../network/index.ts';
import { assertUnlocked } from '../delete.ts';
import { action, type Action } from '../routes/action.ts';
import { serverById } from '../servers-store.ts';
import { networkCall, type Caller, type Json } from './network-call.ts';

async function portsOf(caller: Caller, id: string): Promise<ServerPort[]> {
  const { app, context } = caller;
  const server = await serverById(app.store.read, context, id);
  assertUnlocked(context, server);
  return (await serverPorts(app.store.read, [server.id])).get(server.id) ?? [];
}

interface FixedIp {
  subnet_id: string;
  ip_address?: string;
}

/** Gives a port other addresses, through the network service's own update. */
async function setAddresses(caller: Caller, id: string, change: (now: FixedIp[]) => FixedIp[]): Promise<void> {
  const { port } = await networkCall(caller, 'GET', `/ports/${id}`);
  const fixed = change((port as { fixed_ips: FixedIp[] }).fixed_ips);
  await networkCall(caller, 'PUT', `/ports/${id}`, { body: { port: { fixed_ips: fixed } } });
}

const add = action({
  name: 'addFixedIp',
  until: '2.44',
  body: Strict({ networkId: Type.Union([Type.String(), Type.Integer()]) }),
  async handler({ app, context, request, params }, body) {
    const caller = { app, context, request };
    const networkId = String(body.networkId);
    const port = (await portsOf(caller, params.server_id)).find((one) => one.networkId === networkId);
    if (!port) throw badRequest(`Network ${networkId} is not one of the server's: attach an interface to it instead.`);
    const { subnets } = await networkCall(caller, 'GET', '/subnets', { query: { network_id: networkId } });
    const subnet = (subnets as Json[]).find((one) => one.ip_version === 4) ?? (subnets as Json[])[0];
    if (!subnet) throw badRequest(`Network ${networkId} has no subnet to take an address from.`);
    await setAddresses(caller, port.id, (now) => [...now, { subnet_id: String(subnet.id) }]);
    return accepted();
  },
});

const remove = action({
  name: 'removeFixedIp',
  until: '2.44',
  body: Strict({ address: Type.String({ pattern: '^[0-9a-fA-F.:]{2,45}$' }) }),
  async handler({ app, context, request, params }, body) {
    const caller = { app, context, request };
    const ports = await portsOf(caller, params.server_id);
    const port = ports.find((one) => one.addresses.some(({ address }) => address === body.address));
    if (!port) throw badRequest(`Fixed IP ${body.address} is not one of the server's.`);
    await setAddresses(caller, port.id, (now) => now.filter(({ ip_address: address }) => address !== body.address));
    return accepted();
  },
});

export const fixedIpActions: readonly Action[] = [add, remove];
