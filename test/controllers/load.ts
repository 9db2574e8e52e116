import { setTimeout as sleep } from 'node:timers/promises';
import { list, text } from '../../src/machine/seed/client.ts';
import type { Seeded } from '../../src/sim/seed.ts';

/** What a client was told, request by request. */
export interface Record {
  kind: 'list' | `${'create' | 'delete'}-${'server' | 'port' | 'floatingip' | 'volume'}` | 'attach' | 'detach';
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
const MOST = { servers: 150, ports: 300, floatingips: 100 };
/** Volumes, which are never deleted: they go from server to server. */
const VOLUMES = 20;

type Kind = keyof typeof MOST;

const SINGLE = { servers: 'server', ports: 'port', floatingips: 'floatingip' } as const;
const PATHS = {
  servers: '/compute/v2.1/servers',
  ports: '/network/v2.0/ports',
  floatingips: '/network/v2.0/floatingips',
} as const;

/** Whether a request ended as none should: a volume that another server has, or a server that goes, is refused rightly. */
export const isFailure = ({ kind, status }: Record): boolean =>
  status === 0 || status >= 500 || (status >= 400 && kind !== 'attach' && kind !== 'detach');

/** Sends requests at a steady rate until `stop` fires, whatever becomes of them, then waits for all answers. */
export async function sendLoad(options: LoadOptions, stop: AbortSignal): Promise<Record[]> {
  const { seeded, random } = options;
  const records: Record[] = [];
  const alive: { [kind in Kind]: string[] } = { servers: [], ports: [], floatingips: [] };
  const making = { servers: 0, ports: 0, floatingips: 0, volumes: 0 };
  /** Volumes, and the server that each was given to. */
  const volumes = new Map<string, string | null>();
  const what = await whatToMake(seeded, options.networkId);
  let number = 0;
  const pick = (all: readonly string[]) => all[Math.floor(random() * all.length)];
  const make = async (kind: Kind) => {
    making[kind]++;
    const single = SINGLE[kind];
    // Floating addresses have no names.
    const name = kind === 'floatingips' ? {} : { name: `${single}-${number++}` };
    const body = { [single]: { ...what[kind], ...name } };
    const record = await ask(options, `create-${single}`, 'POST', PATHS[kind], body);
    making[kind]--;
    records.push(record);
    if (record.id !== '') alive[kind].push(record.id);
  };
  const remove = async (kind: Kind) => {
    const [id] = alive[kind].splice(Math.floor(random() * alive[kind].length), 1);
    if (id === undefined) return;
    records.push({ ...(await ask(options, `delete-${SINGLE[kind]}`, 'DELETE', `${PATHS[kind]}/${id}`)), id });
  };
  /** Gives a volume to two servers at once, of which one may have it; or takes it back. */
  const move = async () => {
    if (volumes.size + making.volumes < VOLUMES) {
      making.volumes++;
      const record = await ask(options, 'create-volume', 'POST', '/volume/v3/volumes', { volume: { size: 1 } });
      making.volumes--;
      records.push(record);
      if (record.id !== '') volumes.set(record.id, null);
      return;
    }
    const id = pick([...volumes.keys()]);
    const server = id === undefined ? null : (volumes.get(id) ?? null);
    if (id === undefined) return;
    if (server !== null) {
      volumes.set(id, null);
      records.push(await ask(options, 'detach', 'DELETE', `${PATHS.servers}/${server}/os-volume_attachments/${id}`));
      return;
    }
    const body = { volumeAttachment: { volumeId: id } };
    await Promise.all(
      [pick(alive.servers), pick(alive.servers)].map(async (to) => {
        if (to === undefined) return;
        const record = await ask(options, 'attach', 'POST', `${PATHS.servers}/${to}/os-volume_attachments`, body);
        records.push({ ...record, id: '' });
        if (record.status < 300) volumes.set(id, to);
      }),
    );
  };
  const one = async () => {
    const dice = random();
    if (dice < 0.5) {
      const path = random() < 0.5 ? '/compute/v2.1/servers/detail?limit=10' : '/network/v2.0/ports?limit=10';
      records.push(await ask(options, 'list', 'GET', path));
      return;
    }
    if (dice > 0.95) return move();
    const kind = dice < 0.7 ? 'servers' : dice < 0.85 ? 'ports' : 'floatingips';
    const count = alive[kind].length + making[kind];
    const more = count < MOST[kind] / 2 || (random() < 0.5 && count < MOST[kind]);
    return more ? make(kind) : remove(kind);
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

async function whatToMake({ demo, publicNetwork }: Seeded, networkId: string) {
  const image = list(await demo.get('image/v2', '/images'), 'images')[0] ?? {};
  const flavors = list(await demo.get('compute/v2.1', '/flavors'), 'flavors');
  const flavorRef = text(flavors.find((one) => one['name'] === 'tiny') ?? {}, 'id');
  return {
    servers: { imageRef: text(image, 'id'), flavorRef, networks: [{ uuid: networkId }] },
    ports: { network_id: networkId },
    floatingips: { floating_network_id: publicNetwork },
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
