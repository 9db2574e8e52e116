import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { login, type Api } from '../support/api.ts';
import { untilGreets } from '../support/greeting.ts';
import { difference, takeInventory } from './inventory.ts';
import { matching, VICTIMS } from './processes.ts';

// Servers are made and deleted while a random process of ours or of the engines is killed. Needs a running cloud.
// Ends with an inventory of what is left over, which must be empty. Prints its seed; the same seed makes the same
// choices, though not the same timing.

const PER_ROUND = 10;
const { values } = parseArgs({ options: { seed: { type: 'string' }, rounds: { type: 'string', default: '20' } } });
const seed = Number(values.seed ?? randomInt(1, 2 ** 31));
const rounds = Number(values.rounds);
const random = mulberry32(seed);

/** A small seeded generator (mulberry32, public domain by Tommy Ettinger): numbers in [0, 1). */
function mulberry32(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];

/** Kills one random process; a QEMU only if it is of the servers made here. Answers what it was. */
function killSomething(ours: ReadonlySet<string>): string {
  const name = pick(Object.keys(VICTIMS)) ?? 'controller';
  const candidates = matching(VICTIMS[name] ?? /^$/).filter(
    ({ command }) => name !== 'qemu' || [...ours].some((id) => command.includes(id)),
  );
  const victim = pick(candidates);
  if (!victim) return `${name} (not running)`;
  process.kill(victim.pid, 'SIGKILL');
  return `${name} ${victim.pid}`;
}

interface Shown {
  server: { status: string; fault?: { message: string }; 'OS-EXT-STS:task_state': string | null };
}

async function settled<T>(what: string, ask: () => Promise<T | null>, seconds: number): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error(`seed ${seed}: ${what} did not happen within ${seconds} s`);
    await pause(300);
  }
}

async function createServers(demo: Api, round: number, template: object): Promise<string[]> {
  const ids: string[] = [];
  await Promise.all(
    Array.from({ length: PER_ROUND }, async (_, index) => {
      const name = `kill-${round}-${index}`;
      const url = `${demo.url('compute')}/servers`;
      // A request that nobody answered may have been carried out: look before asking again.
      const id = await settled(
        `create ${name}`,
        async () => {
          const listed = await demo.probe('GET', `${url}?name=^${name}$`);
          if (listed?.status !== 200) return null;
          const [found] = (listed.body as { servers: { id: string }[] }).servers;
          if (found) return found.id;
          const made = await demo.probe('POST', url, { server: { ...template, name } });
          if (made && made.status >= 400 && made.status < 500) throw new Error(`create: ${JSON.stringify(made.body)}`);
          return made?.status === 202 ? (made.body as { server: { id: string } }).server.id : null;
        },
        120,
      );
      ids.push(id);
    }),
  );
  return ids;
}

/** Waits until the server rests in a state that is right: ACTIVE, or SHUTOFF when its QEMU was the victim. */
function waitUntilRests(demo: Api, id: string): Promise<string> {
  return settled(
    `server ${id} comes to rest`,
    async () => {
      const answer = await demo.probe('GET', `${demo.url('compute')}/servers/${id}`);
      if (answer?.status !== 200) return null;
      const { server } = answer.body as Shown;
      if (server.status === 'ERROR') throw new Error(`seed ${seed}: ${id} is in ERROR: ${server.fault?.message}`);
      const resting = server['OS-EXT-STS:task_state'] === null && /^(ACTIVE|SHUTOFF)$/.test(server.status);
      return resting ? server.status : null;
    },
    180,
  );
}

function deleteServer(demo: Api, id: string): Promise<true> {
  return settled(
    `delete ${id}`,
    async () => {
      const answer = await demo.probe('DELETE', `${demo.url('compute')}/servers/${id}`);
      return answer?.status === 404 ? true : null;
    },
    180,
  );
}

/** Kills `count` processes, a random moment apart, while `work` goes on. */
async function underFire<T>(work: Promise<T>, ours: ReadonlySet<string>, count: number, killed: string[]): Promise<T> {
  for (let shot = 0; shot < count; shot++) {
    await pause(random() * 2500);
    killed.push(killSomething(ours));
  }
  return work;
}

const admin = await login('potluck');
const demo = await login('potluck-demo');
const { flavors } = await demo.call<{ flavors: { id: string; name: string }[] }>(
  'GET',
  `${demo.url('compute')}/flavors`,
);
const { images } = await demo.call<{ images: { id: string }[] }>('GET', `${demo.url('image')}/images?name=tiny`);
const { networks } = await demo.call<{ networks: { id: string }[] }>(
  'GET',
  `${demo.url('network')}/networks?name=demo`,
);
const template = {
  imageRef: images[0]?.id,
  flavorRef: flavors.find((flavor) => flavor.name === 'tiny')?.id,
  networks: [{ uuid: networks[0]?.id }],
};
await admin.call('PUT', `${admin.url('compute')}/os-quota-sets/${demo.projectId}`, {
  quota_set: { instances: 50, cores: 100, ram: 102400 },
});

console.log(`kill test: seed ${seed}, ${rounds} rounds of ${PER_ROUND} servers`);
const before = await takeInventory(admin);
for (let round = 1; round <= rounds; round++) {
  const started = Date.now();
  const killed: string[] = [];
  const ids = await underFire(createServers(demo, round, template), new Set(), 1, killed);
  const ours = new Set(ids);
  const states = await underFire(Promise.all(ids.map((id) => waitUntilRests(demo, id))), ours, 1, killed);
  await underFire(Promise.all(ids.map((id) => deleteServer(demo, id))), ours, 1, killed);
  const off = states.filter((state) => state !== 'ACTIVE').length;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(
    `round ${round}: ${states.length - off} active, ${off} shut off, ${seconds} s; killed ${killed.join(', ')}`,
  );
}
const left = await settled(
  'the inventory is as before',
  async () => {
    // The last victim may still be starting, and its tools find nobody.
    const now = await takeInventory(admin).catch(() => null);
    const found = now && difference(before, now);
    return found?.length === 0 ? found : null;
  },
  60,
).catch(async () => difference(before, await takeInventory(admin)));
console.log(left.length === 0 ? 'nothing is left over' : left.join('\n'));
process.exitCode = left.length === 0 ? 0 : 1;

// What nobody touched is as reachable as before.
const { floatingips } = await demo.call<{ floatingips: { floating_ip_address: string; port_id: string | null }[] }>(
  'GET',
  `${demo.url('network')}/floatingips`,
);
for (const { floating_ip_address: address, port_id: port } of floatingips) {
  if (port === null) continue;
  await untilGreets(address, 22, 60);
  console.log(`${address} answers SSH`);
}
