import { OperatorError } from '../../core/errors.ts';
import { waitFor } from '../wait.ts';
import { list, object, text, type Json, type Session } from './client.ts';
import { IMAGE_NAME } from './cloud.ts';
import { KINDS, create, ensure, findAll, findByName } from './find.ts';

export const DEMO = 'demo';
export const FIRST_SERVER = 'hello';

/**
 * What a person finds in the project `demo`: a network behind a router, a security group that lets SSH and ping in,
 * and a key pair. Idempotent by name.
 */
export async function seedDemo(demo: Session, publicNetwork: string, publicKey: string): Promise<void> {
  const own = { project_id: demo.project };
  const network = await ensure(demo, KINDS.network, { name: DEMO }, own);
  const subnet = await ensure(
    demo,
    KINDS.subnet,
    {
      name: DEMO,
      network_id: network,
      ip_version: 4,
      cidr: '10.10.0.0/24',
      // A public resolver, because the one this machine uses is often only reachable from itself.
      dns_nameservers: ['9.9.9.9', '1.1.1.1'],
    },
    { network_id: network },
  );
  const router = await ensure(
    demo,
    KINDS.router,
    { name: DEMO, external_gateway_info: { network_id: publicNetwork } },
    own,
  );
  await plug(demo, router, subnet);
  await seedRules(demo);
  await seedKey(demo, publicKey);
}

/** Boots the first server and gives it a floating IP. Idempotent by name; one that ended in ERROR is made anew. */
export async function seedServer(demo: Session, publicNetwork: string): Promise<{ id: string; address: string }> {
  const id = await ensureServer(demo);
  const hint = 'See: potluck logs controller';
  const port = await waitFor(
    'the port of the first server',
    async () => (await failureOf(demo, id)) ?? (await portsOf(demo, id))[0],
    { timeout: 30_000, hint },
  );
  if (port instanceof OperatorError) throw port;
  const portId = text(port, 'id');
  const present = (await findAll(demo, KINDS.floatingIp)).find((ip) => ip['port_id'] === portId);
  const wanted = { floating_network_id: publicNetwork, port_id: portId };
  const floating = present ?? (await create(demo, KINDS.floatingIp, wanted));
  return { id, address: text(floating, 'floating_ip_address') };
}

/** Waits for ACTIVE; an ERROR ends the wait with the server's own reason. */
export async function waitForActive(demo: Session, id: string, detail: (text: string) => void): Promise<void> {
  const outcome = await waitFor(
    'the first server to become ACTIVE',
    async () => {
      const status = text(await serverOf(demo, id), 'status');
      detail(`the server is in ${status}`);
      return status === 'ACTIVE' || (await failureOf(demo, id));
    },
    { timeout: 300_000, every: 250, hint: `See: potluck explain ${id}, potluck logs agent` },
  );
  if (outcome instanceof OperatorError) throw outcome;
}

const serverOf = async (session: Session, id: string): Promise<Json> =>
  object(await session.get('compute/v2.1', `/servers/${id}`), 'server');

/** Why a server is in ERROR; null if it is not. */
async function failureOf(session: Session, id: string): Promise<OperatorError | null> {
  const server = await serverOf(session, id);
  if (server['status'] !== 'ERROR') return null;
  const fault = (server['fault'] ?? {}) as { message?: string };
  return new OperatorError(
    `The first server is in ERROR: ${fault.message ?? 'without a reason'}`,
    `See: potluck explain ${id}. When that is mended, \`potluck up\` makes it anew.`,
  );
}

/** The server's status and floating IP as they are now; null if there is no such server any more. */
export async function lookAtServer(
  demo: Session,
  id: string,
): Promise<{ status: string; address: string | null } | null> {
  const server = (await findAll(demo, KINDS.server)).find((one) => one['id'] === id);
  if (!server) return null;
  const detail = await serverOf(demo, id);
  const ports = new Set((await portsOf(demo, id)).map((port) => port['id']));
  const floating = (await findAll(demo, KINDS.floatingIp)).find((ip) => ports.has(ip['port_id']));
  return { status: text(detail, 'status'), address: floating ? text(floating, 'floating_ip_address') : null };
}

async function ensureServer(demo: Session): Promise<string> {
  const present = await findByName(demo, KINDS.server, FIRST_SERVER);
  if (present) {
    const id = text(present, 'id');
    if ((await failureOf(demo, id)) === null) return id;
    await demo.send('DELETE', 'compute/v2.1', `/servers/${id}`);
    const gone = async () => (await findByName(demo, KINDS.server, FIRST_SERVER)) === null;
    await waitFor('the end of a server in ERROR', gone, { timeout: 60_000, hint: `See: potluck explain ${id}` });
  }
  const image = list(await demo.get('image/v2', `/images?name=${IMAGE_NAME}`), 'images')[0];
  const flavor = await findByName(demo, KINDS.flavor, 'tiny');
  const network = await findByName(demo, KINDS.network, DEMO, { project_id: demo.project });
  if (!image || !flavor || !network)
    throw new Error('the image, the flavor or the network of the first server is gone');
  const server = await create(demo, KINDS.server, {
    name: FIRST_SERVER,
    imageRef: text(image, 'id'),
    flavorRef: text(flavor, 'id'),
    key_name: DEMO,
    networks: [{ uuid: text(network, 'id') }],
  });
  return text(server, 'id');
}

const portsOf = (session: Session, server: string) => findAll(session, KINDS.port, { device_id: server });

async function plug(demo: Session, router: string, subnet: string): Promise<void> {
  const ports = await portsOf(demo, router);
  const plugged = ports.some((port) => list(port, 'fixed_ips').some((ip) => ip['subnet_id'] === subnet));
  if (!plugged)
    await demo.send('PUT', 'network/v2.0', `/routers/${router}/add_router_interface`, { subnet_id: subnet });
}

async function seedRules(demo: Session): Promise<void> {
  const group = await findByName(demo, KINDS.securityGroup, 'default', { project_id: demo.project });
  if (!group) throw new Error('the project has no default security group');
  const wanted: Json[] = ['IPv4', 'IPv6'].flatMap((ethertype) => [
    { ethertype, protocol: 'tcp', port_range_min: 22, port_range_max: 22 },
    { ethertype, protocol: ethertype === 'IPv4' ? 'icmp' : 'ipv6-icmp' },
  ]);
  const id = text(group, 'id');
  const present = await findAll(demo, KINDS.securityGroupRule, { security_group_id: id, direction: 'ingress' });
  for (const rule of wanted) {
    const same = present.some((one) => Object.entries(rule).every(([key, value]) => one[key] === value));
    if (!same) await create(demo, KINDS.securityGroupRule, { ...rule, security_group_id: id, direction: 'ingress' });
  }
}

async function seedKey(demo: Session, publicKey: string): Promise<void> {
  const keys = list(await demo.get('compute/v2.1', '/os-keypairs'), 'keypairs').map((one) => object(one, 'keypair'));
  if (keys.some((key) => key['name'] === DEMO)) return;
  await demo.send('POST', 'compute/v2.1', '/os-keypairs', { keypair: { name: DEMO, public_key: publicKey } });
}
