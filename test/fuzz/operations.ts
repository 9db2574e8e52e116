import type { Chance } from '../../src/sim/faults.ts';
import type { Answer, Client } from './client.ts';

const S = '/compute/v2.1/servers';
const V = '/volume/v3';
const N = '/network/v2.0';

/** What servers are made of. */
export interface Stock {
  image: string;
  network: string;
  flavors: string[];
}

/** Flavors, an image without bytes of interest, and a network with two hundred addresses. */
export async function stock(ask: Client): Promise<Stock> {
  const must = async (...request: Parameters<Client>) => {
    const answer = await ask(...request);
    if (!answer || answer.status >= 300) throw new Error(`${request.join(' ')}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const flavors = [
    { id: 'small', name: 'small', ram: 512, disk: 1, vcpus: 1 },
    { id: 'large', name: 'large', ram: 1024, disk: 2, vcpus: 2 },
    { id: 'rich', name: 'rich', ram: 512, disk: 1, vcpus: 1, 'OS-FLV-EXT-DATA:ephemeral': 1 },
  ];
  for (const flavor of flavors) await must('POST', '/compute/v2.1/flavors', { flavor }, 'admin');
  const image = { name: 'empty', disk_format: 'raw', container_format: 'bare' };
  const { id } = await must('POST', '/image/v2/images', image);
  await must('PUT', `/image/v2/images/${id}/file`, Buffer.alloc(4096, 'a'));
  const network = await must('POST', `${N}/networks`, { network: { name: 'net' } });
  const subnet = { network_id: network.network.id, cidr: '10.1.0.0/24', ip_version: 4 };
  await must('POST', `${N}/subnets`, { subnet });
  return { image: id, network: network.network.id, flavors: flavors.map((flavor) => flavor.id) };
}

type Operation = (around: { ask: Client; chance: Chance; stock: Stock }) => Promise<unknown>;

const pick = <T>(from: readonly T[], chance: Chance): T | undefined => from[chance(from.length)];

async function listed(ask: Client, path: string, member: string): Promise<Answer[]> {
  return (await ask('GET', path))?.body?.[member] ?? [];
}

const anyServer = async (ask: Client, chance: Chance) => pick(await listed(ask, `${S}/detail`, 'servers'), chance);
const anyVolume = async (ask: Client, chance: Chance) =>
  pick(await listed(ask, `${V}/volumes/detail`, 'volumes'), chance);

const onServer =
  (work: (around: { ask: Client; chance: Chance; stock: Stock; server: Answer }) => Promise<unknown>): Operation =>
  async (around) => {
    const server = await anyServer(around.ask, around.chance);
    if (server) await work({ ...around, server });
  };
const action = (body: (stock: Stock, chance: Chance) => unknown): Operation =>
  onServer(({ ask, server, stock: of, chance }) => ask('POST', `${S}/${server.id}/action`, body(of, chance)));

const create: Operation = ({ ask, chance, stock: { image, network, flavors } }) => {
  const fromVolume = chance(4) === 0;
  const disk = { uuid: image, source_type: 'image', destination_type: 'volume', volume_size: 1, boot_index: 0 };
  const ending = { delete_on_termination: chance(2) === 0 };
  const root = fromVolume ? { block_device_mapping_v2: [{ ...disk, ...ending }] } : { imageRef: image };
  const many = chance(5) === 0 ? { min_count: 1, max_count: 3 } : {};
  const server = { name: 'fuzz', flavorRef: pick(flavors, chance), networks: [{ uuid: network }], ...root, ...many };
  return ask('POST', S, { server });
};

const remove = onServer(({ ask, server }) => ask('DELETE', `${S}/${server.id}`));

/** By name, with how often each is chosen. */
export const OPERATIONS: Record<string, [weight: number, Operation]> = {
  create: [8, create],
  delete: [4, remove],
  stop: [2, action(() => ({ 'os-stop': null }))],
  start: [3, action(() => ({ 'os-start': null }))],
  reboot: [2, action((_, chance) => ({ reboot: { type: chance(2) === 0 ? 'SOFT' : 'HARD' } }))],
  pause: [1, action(() => ({ pause: null }))],
  unpause: [2, action(() => ({ unpause: null }))],
  suspend: [1, action(() => ({ suspend: null }))],
  resume: [2, action(() => ({ resume: null }))],
  resize: [3, action(({ flavors }, chance) => ({ resize: { flavorRef: pick(flavors, chance) } }))],
  confirm: [2, action(() => ({ confirmResize: null }))],
  revert: [2, action(() => ({ revertResize: null }))],
  rebuild: [1, action(({ image }) => ({ rebuild: { imageRef: image } }))],
  rescue: [1, action(() => ({ rescue: {} }))],
  unrescue: [2, action(() => ({ unrescue: null }))],
  shelve: [1, action(() => ({ shelve: null }))],
  unshelve: [2, action(() => ({ unshelve: null }))],
  snapshot: [1, action(() => ({ createImage: { name: 'fuzz' } }))],
  volume: [4, ({ ask, chance }) => ask('POST', `${V}/volumes`, { volume: { size: 1 + chance(2) } })],
  'delete volume': [
    2,
    async ({ ask, chance }) => {
      const volume = await anyVolume(ask, chance);
      if (volume) await ask('DELETE', `${V}/volumes/${volume.id}`);
    },
  ],
  extend: [
    1,
    async ({ ask, chance }) => {
      const volume = await anyVolume(ask, chance);
      const body = { 'os-extend': { new_size: Number(volume?.size ?? 1) + 1 } };
      if (volume) await ask('POST', `${V}/volumes/${volume.id}/action`, body);
    },
  ],
  'volume snapshot': [
    1,
    async ({ ask, chance }) => {
      const volume = await anyVolume(ask, chance);
      if (volume) await ask('POST', `${V}/snapshots`, { snapshot: { volume_id: volume.id, force: true } });
    },
  ],
  'delete snapshot': [
    1,
    async ({ ask, chance }) => {
      const snapshot = pick(await listed(ask, `${V}/snapshots`, 'snapshots'), chance);
      if (snapshot) await ask('DELETE', `${V}/snapshots/${snapshot.id}`);
    },
  ],
  attach: [
    4,
    onServer(async ({ ask, chance, server }) => {
      const volume = await anyVolume(ask, chance);
      const volumeAttachment = { volumeId: volume?.id };
      if (volume) await ask('POST', `${S}/${server.id}/os-volume_attachments`, { volumeAttachment });
    }),
  ],
  detach: [
    2,
    onServer(async ({ ask, chance, server }) => {
      const [first] = server['os-extended-volumes:volumes_attached'].slice(chance(2));
      if (first) await ask('DELETE', `${S}/${server.id}/os-volume_attachments/${first.id}`);
    }),
  ],
  plug: [
    1,
    onServer(({ ask, server, stock: { network } }) =>
      ask('POST', `${S}/${server.id}/os-interface`, { interfaceAttachment: { net_id: network } }),
    ),
  ],
  unplug: [
    1,
    onServer(async ({ ask, chance, server }) => {
      const port = pick(await listed(ask, `${S}/${server.id}/os-interface`, 'interfaceAttachments'), chance);
      if (port) await ask('DELETE', `${S}/${server.id}/os-interface/${port.port_id}`);
    }),
  ],
};

export function anyOperation(chance: Chance): [name: string, Operation] {
  const all = Object.entries(OPERATIONS);
  let left = chance(all.reduce((sum, [, [weight]]) => sum + weight, 0));
  for (const [name, [weight, operation]] of all) {
    left -= weight;
    if (left < 0) return [name, operation];
  }
  return ['create', create];
}
