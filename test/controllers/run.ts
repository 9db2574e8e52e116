import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { text, type Json } from '../../src/machine/seed/client.ts';
import { check } from './check.ts';
import { listen, type Heard } from './listener.ts';
import { isFailure, sendLoad, type Record } from './load.ts';
import { makeWorld, type World } from './world.ts';

/**
 * Two controllers behind HAProxy: who listens to changes hears them, also after the controller that told them is killed or
 * ends. Then under load: each is restarted in order, and no request may fail; then one after the
 * other is killed at random, and nothing that was answered may be lost, nothing given twice.
 */
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '5160' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const random = seeded(Number(values.seed));
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Most milliseconds from a change to its news: HAProxy must pass on what it gets at once. */
const NEWS_WITHIN = 2_000;
/** Most milliseconds until a listener whose controller is gone hears another: it waits for up to 4 seconds before it comes back. */
const BACK_WITHIN = 8_000;

const world = await makeWorld(Number(values.port), 2);
try {
  const failures = [...(await listening(world)), ...(await rolling(world)), ...(await killing(world))];
  for (const line of failures.slice(0, 20)) say(`  ${line}`);
  say(failures.length === 0 ? 'controllers: all is well' : `controllers: ${failures.length} things are wrong`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  await world.close();
}

async function listening({ url, seeded: { demo }, controllers }: World): Promise<string[]> {
  const made = await demo.send('POST', 'network/v2.0', '/security-groups', { security_group: { name: 'listening' } });
  const id = text((made as { security_group: Json }).security_group, 'id');
  const listener = listen(url, demo.token);
  const times: number[] = [];
  const wrong: string[] = [];
  const hears = async (what: string, from: number, within: number, isNews: (one: Heard) => boolean) => {
    const begun = performance.now();
    while (!listener.heard.slice(from).some(isNews)) {
      if (performance.now() - begun > within)
        return void wrong.push(`listening: not heard within ${within} ms: ${what}`);
      await sleep(10);
    }
    times.push(Math.round(performance.now() - begun));
  };
  /** Who was away when it happened is told to read all anew. */
  const change = async (what: string, within: number, orReset: boolean) => {
    const from = listener.heard.length;
    await demo.send('PUT', 'network/v2.0', `/security-groups/${id}`, { security_group: { description: what } });
    await hears(what, from, within, ({ event, data }) => data.includes(id) || (orReset && event === 'reset'));
  };
  try {
    await hears('where the stream begins', 0, BACK_WITHIN, ({ event }) => event === 'reset');
    await change('a change', NEWS_WITHIN, false);
    // One of the two tells it, which one is HAProxy's business: each goes, and both ways.
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      for (const one of controllers) {
        await one.stop(signal);
        await change(`a change after ${signal} of ${one.name}`, BACK_WITHIN, true);
        await change(`another after ${signal} of ${one.name}`, BACK_WITHIN, true);
        await one.start();
        // HAProxy looks every half second whether it is back.
        await sleep(1_500);
      }
    }
    await change('a change when all are back', NEWS_WITHIN, false);
  } finally {
    await listener.close();
  }
  const again = listener.connected() - 1;
  const resets = listener.heard.filter(({ event }) => event === 'reset').length;
  if (again < 2) wrong.push(`listening: its controller went twice at least, and it came back ${again} times`);
  if (resets !== again + 1) wrong.push(`listening: ${again + 1} streams, and ${resets} began with a reset`);
  say(`listening: ${listener.heard.length} events, came back ${again} times; news after ${times.join(', ')} ms`);
  return wrong;
}

async function rolling(of: World): Promise<string[]> {
  const stop = new AbortController();
  for (const { name } of of.controllers) await of.balancer.has(name);
  const load = sendLoad(await loadOn(of, false), stop.signal);
  await sleep(2_000);
  for (const one of of.controllers) {
    await one.stop('SIGTERM');
    await sleep(1_000);
    await one.start();
    await of.balancer.has(one.name);
    await sleep(1_000);
  }
  stop.abort();
  const records = await load;
  const failed = records.filter(isFailure);
  report('rolling restart', records, failed.length);
  await settled(of);
  return [
    ...failed.map((one) => `rolling restart: ${one.kind} ${one.id} was answered ${one.status}`),
    ...(await check(of.database, records)),
  ];
}

async function killing(of: World): Promise<string[]> {
  const stop = new AbortController();
  const load = sendLoad(await loadOn(of, true), stop.signal);
  const until = performance.now() + seconds * 1_000;
  let kills = 0;
  while (performance.now() < until) {
    await sleep(500 + 2_500 * random());
    const victim = of.controllers[Math.floor(random() * of.controllers.length)];
    await victim?.stop('SIGKILL');
    kills++;
    await victim?.start();
  }
  stop.abort();
  const records = await load;
  const lost = records.filter(isFailure);
  report(`${kills} kills`, records, lost.length);
  await settled(of);
  return [
    ...lost.map((one) => `killed: ${one.kind} ${one.id} was answered ${one.status} after ${one.times} times`),
    ...(await check(of.database, records)),
  ];
}

/** A project with a large network and no limits in the way. */
async function loadOn({ url, seeded: { admin, demo } }: World, retry: boolean) {
  const project = demo.project;
  await admin.send('PUT', 'compute/v2.1', `/os-quota-sets/${project}`, {
    quota_set: { instances: -1, cores: -1, ram: -1 },
  });
  await admin.send('PUT', 'network/v2.0', `/quotas/${project}`, { quota: { port: -1, floatingip: -1 } });
  await admin.send('PUT', 'volume/v3', `/os-quota-sets/${project}`, { quota_set: { volumes: -1, gigabytes: -1 } });
  const { network } = (await demo.send('POST', 'network/v2.0', '/networks', { network: { name: 'load' } })) as {
    network: { [name: string]: unknown };
  };
  const networkId = text(network, 'id');
  const subnet = { network_id: networkId, ip_version: 4, cidr: '10.20.0.0/16' };
  await demo.send('POST', 'network/v2.0', '/subnets', { subnet });
  return { url, token: demo.token, seeded: world.seeded, networkId, rate, random, retry };
}

/** Waits until nothing is under way any more. */
async function settled({ seeded: { admin } }: World): Promise<void> {
  const until = performance.now() + 60_000;
  while (performance.now() < until) {
    const { servers } = (await admin.get('compute/v2.1', '/servers/detail?all_tenants=1&limit=1000')) as {
      servers: { status: string; 'OS-EXT-STS:task_state': string | null }[];
    };
    const { volumes } = (await admin.get('volume/v3', '/volumes/detail?all_tenants=1')) as { volumes: Json[] };
    const isStill = volumes.every((one) => one['status'] === 'available' || one['status'] === 'in-use');
    if (isStill && servers.every((one) => one['OS-EXT-STS:task_state'] === null && one.status !== 'BUILD')) return;
    await sleep(500);
  }
}

function report(name: string, records: readonly Record[], failed: number): void {
  const times = records.map((one) => one.milliseconds).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
  const again = records.filter((one) => one.times > 1).length;
  const kinds = Object.entries(Object.groupBy(records, (one) => one.kind)).map(
    ([kind, all]) => `${all.length} ${kind}`,
  );
  say(`${name}: ${records.length} requests (${kinds.join(', ')}), ${failed} failed, ${again} asked again;`);
  say(`  p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
}

/** The same seed, the same choices (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
