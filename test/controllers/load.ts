import { setTimeout as sleep } from 'node:timers/promises';
import { list, text, type Session } from '../../src/machine/seed/client.ts';
import type { Seeded } from '../../src/sim/seed.ts';

/** What a client was told, request by request. */
export interface Record {
  kind: 'list' | 'create-server' | 'delete-server' | 'create-port' | 'delete-port';
  /** The last status; 0 when nobody answered. */
  status: number;
  /** Times it was asked; more than one after a failure of the connection or a 5xx. */
  times: number;
  /** Of what was made or deleted. */
  id: string;
  requestId: string;
  milliseconds: number;
}

export interface LoadOptions {
  url: string;
  token: string;
  seeded: Seeded;
  networkId: string;
  /** Requests per second. */
  rate: number;
  random: () => number;
  /** Whether a request that failed is asked again, as clients do. */
  retry: boolean;
}

/** Most servers and ports at a time. */
const MOST = { servers: 150, ports: 300 };

/** Sends requests at a steady rate until `stop` fires, whatever becomes of them, then waits for all answers. */
export async function sendLoad(options: LoadOptions, stop: AbortSignal): Promise<Record[]> {
  const { seeded, random } = options;
  const records: Record[] = [];
  const alive = { servers: [] as string[], ports: [] as string[] };
  const making = { servers: 0, ports: 0 };
  const what = await whatToMake(seeded.demo, options.networkId);
  let number = 0;
  const one = async () => {
    const dice = random();
    if (dice < 0.6) {
      const path = random() < 0.5 ? '/compute/v2.1/servers/detail?limit=10' : '/network/v2.0/ports?limit=10';
      records.push(await ask(options, 'list', 'GET', path));
      return;
    }
    const kind = dice < 0.8 ? 'servers' : 'ports';
    const single = kind === 'servers' ? 'server' : 'port';
    const path = kind === 'servers' ? '/compute/v2.1/servers' : '/network/v2.0/ports';
    if (alive[kind].length + making[kind] < MOST[kind] / 2 || (random() < 0.5 && alive[kind].length < MOST[kind])) {
      making[kind]++;
      const body = { [single]: { ...what[kind], name: `${single}-${number++}` } };
      const record = await ask(options, `create-${single}`, 'POST', path, body);
      making[kind]--;
      records.push(record);
      if (record.id !== '') alive[kind].push(record.id);
      return;
    }
    const [id] = alive[kind].splice(Math.floor(random() * alive[kind].length), 1);
    if (id === undefined) return;
    records.push({ ...(await ask(options, `delete-${single}`, 'DELETE', `${path}/${id}`)), id });
  };
  const under: Promise<void>[] = [];
  const begun = performance.now();
  for (let sent = 0; !stop.aborted; sent++) {
    const wait = begun + (sent * 1000) / options.rate - performance.now();
    if (wait > 0) await sleep(wait);
    under.push(one());
  }
  await Promise.all(under);
  return records;
}

async function whatToMake(demo: Session, networkId: string) {
  const image = list(await demo.get('image/v2', '/images'), 'images')[0] ?? {};
  const flavors = list(await demo.get('compute/v2.1', '/flavors'), 'flavors');
  const flavorRef = text(flavors.find((one) => one['name'] === 'tiny') ?? {}, 'id');
  return {
    servers: { imageRef: text(image, 'id'), flavorRef, networks: [{ uuid: networkId }] },
    ports: { network_id: networkId },
  };
}

async function ask(
  options: LoadOptions,
  kind: Record['kind'],
  method: string,
  path: string,
  body?: unknown,
): Promise<Record> {
  const begun = performance.now();
  for (let times = 1; ; times++) {
    const headers = {
      'x-auth-token': options.token,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const reply = await fetch(options.url + path, {
      ...{ method, headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    }).catch(() => null);
    const answer = reply === null ? '' : await reply.text().catch(() => '');
    const status = reply?.status ?? 0;
    const record = { kind, status, times, id: '', requestId: reply?.headers.get('x-openstack-request-id') ?? '' };
    // A deletion that was asked for again may find that it was done.
    const done = status > 0 && status < 300 ? true : times > 1 && method === 'DELETE' && status === 404;
    if (done || !options.retry || times > 40 || (status > 0 && status < 500)) {
      const id = method === 'POST' && status < 300 && answer !== '' ? idOf(answer) : '';
      return { ...record, id, milliseconds: performance.now() - begun };
    }
    await sleep(100);
  }
}

function idOf(answer: string): string {
  const body = JSON.parse(answer) as { [name: string]: { id: string } };
  return Object.values(body)[0]?.id ?? '';
}
