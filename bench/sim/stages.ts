import { setTimeout as pause } from 'node:timers/promises';
import { signIn, text, list, type Session } from '../../src/machine/seed/client.ts';
import { seedProject } from '../../src/machine/seed/cloud.ts';
import { percentile } from '../statistics.ts';
import { createClient, type Client } from './client.ts';

/** A project with a network of its own, and somebody who makes servers in it. */
export interface Tenant {
  client: Client;
  network: string;
}

const COMPUTE = '/compute/v2.1';
const PASSWORD = 'of a bench only';
/** Servers asked for in one request. */
const BATCH = 100;

/** What it takes to make servers in each project: an account, quota without limits, a network. */
export async function makeTenants(url: string, port: number, admin: Session, count: number): Promise<Tenant[]> {
  const tenants: Tenant[] = [];
  for (let number = 1; number <= count; number++) {
    const name = `bench-${number}`;
    await seedProject(admin, name, PASSWORD);
    const own = await signIn(url, { username: name, password: PASSWORD, project: name });
    const quota_set = { instances: -1, cores: -1, ram: -1 };
    await admin.send('PUT', 'compute/v2.1', `/os-quota-sets/${own.project}`, { quota_set });
    await admin.send('PUT', 'network/v2.0', `/quotas/${own.project}`, { quota: { port: -1 } });
    const { network } = (await own.send('POST', 'network/v2.0', '/networks', { network: { name } })) as {
      network: { id: string };
    };
    const subnet = { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/16' };
    await own.send('POST', 'network/v2.0', '/subnets', { subnet });
    const token = await tokenOf(url, name, PASSWORD, name);
    tenants.push({ client: createClient(port, token), network: network.id });
  }
  return tenants;
}

/** A token for the client that measures. */
export async function tokenOf(url: string, user: string, password: string, project: string): Promise<string> {
  const domain = { id: 'default' };
  const identity = { methods: ['password'], password: { user: { name: user, domain, password } } };
  const body = JSON.stringify({ auth: { identity, scope: { project: { name: project, domain } } } });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/identity/v3/auth/tokens`, { method: 'POST', headers, body });
  return answer.headers.get('x-subject-token') ?? '';
}

/** What every server here is made of. */
export async function kindOf(admin: Session): Promise<{ imageRef: string; flavorRef: string }> {
  const image = list(await admin.get('image/v2', '/images'), 'images')[0] ?? {};
  const flavors = list(await admin.get('compute/v2.1', '/flavors'), 'flavors');
  const flavor = flavors.find((one) => one['name'] === 'tiny') ?? {};
  return { imageRef: text(image, 'id'), flavorRef: text(flavor, 'id') };
}

export type Kind = Awaited<ReturnType<typeof kindOf>>;

async function create(tenant: Tenant, kind: Kind, name: string, count = 1): Promise<void> {
  const many = count > 1 ? { min_count: count, max_count: count } : {};
  const server = { name, ...kind, ...many, networks: [{ uuid: tenant.network }] };
  await tenant.client.call('POST', `${COMPUTE}/servers`, { server });
}

/** Asks for servers, many in a request. Answers the seconds until the last was answered. */
export async function placeMany(tenants: readonly Tenant[], kind: Kind, count: number): Promise<number> {
  const begun = performance.now();
  for (let made = 0; made < count; made += BATCH) {
    const tenant = tenants[(made / BATCH) % tenants.length];
    if (tenant) await create(tenant, kind, `many-${made}`, Math.min(BATCH, count - made));
  }
  return (performance.now() - begun) / 1000;
}

/** Asks for servers one by one, eight requests at a time. Answers the seconds until the last was answered. */
export async function placeSingly(tenants: readonly Tenant[], kind: Kind, count: number): Promise<number> {
  const begun = performance.now();
  let next = 0;
  const clients = Array.from({ length: 8 }, async () => {
    while (next < count) {
      const number = next++;
      const tenant = tenants[number % tenants.length];
      if (tenant) await create(tenant, kind, `one-${number}`);
    }
  });
  await Promise.all(clients);
  return (performance.now() - begun) / 1000;
}

/** Milliseconds of each request, counted from when it should have been sent: one that waits for others waits too. */
export async function openLoop(perSecond: number, seconds: number, ask: (number: number) => Promise<void>) {
  const begun = performance.now();
  const samples: number[] = [];
  const under: Promise<void>[] = [];
  for (let number = 0; number < perSecond * seconds; number++) {
    const due = begun + (number * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    under.push(ask(number).then(() => void samples.push(performance.now() - due)));
  }
  await Promise.all(under);
  return { samples, seconds: (performance.now() - begun) / 1000 };
}

export const createUnderLoad = (tenants: readonly Tenant[], kind: Kind, perSecond: number, seconds: number) =>
  openLoop(perSecond, seconds, async (number) => {
    const tenant = tenants[number % tenants.length];
    if (tenant) await create(tenant, kind, `load-${number}`);
  });

/** Until no server of the cloud is in `status`. Answers the seconds. */
export async function untilNone(admin: Client, status: string): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { text: body } = await admin.call('GET', `${COMPUTE}/servers?all_tenants=1&limit=1&status=${status}`);
    if ((JSON.parse(body) as { servers: unknown[] }).servers.length === 0) return (performance.now() - begun) / 1000;
    await pause(250);
  }
}

/** Until nothing is left of servers that were deleted, or until every host was heard of. Answers the seconds. */
export async function untilHosts(admin: Client, up: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { text: body } = await admin.call('GET', `${COMPUTE}/os-services?binary=nova-compute`);
    const hosts = (JSON.parse(body) as { services: { state: string }[] }).services;
    if (hosts.filter((one) => one.state === 'up').length >= up) return (performance.now() - begun) / 1000;
    // A list of thousands is not asked for all the time.
    await pause(Math.max(500, up));
  }
}

/** Milliseconds of `rounds` requests, one after the other, and how many bytes an answer has. */
export async function repeat(client: Client, path: string, rounds: number) {
  const samples: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    bytes = (await client.call('GET', path)).text.length;
    samples.push(performance.now() - begun);
  }
  return { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99), bytes };
}

/** Deletes all servers of the cloud, eight requests at a time. Answers the seconds until the last was answered. */
export async function deleteAll(tenants: readonly Tenant[]): Promise<number> {
  const begun = performance.now();
  for (const { client } of tenants) {
    for (;;) {
      const { text: body } = await client.call('GET', `${COMPUTE}/servers?limit=1000&status=ACTIVE`);
      const { servers } = JSON.parse(body) as { servers: { id: string }[] };
      if (servers.length === 0) break;
      const left = servers.map(({ id }) => id);
      const workers = Array.from({ length: 8 }, async () => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) {
          await client.call('DELETE', `${COMPUTE}/servers/${id}`);
        }
      });
      await Promise.all(workers);
    }
  }
  return (performance.now() - begun) / 1000;
}
