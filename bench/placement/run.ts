import { parseArgs } from 'node:util';
import { createServers } from '../../src/compute/create.ts';
import { planCreate } from '../../src/compute/create-input.ts';
import { systemContext, type Context } from '../../src/http/context.ts';
import { load, type Load } from '../statistics.ts';
import { startWorld } from './world.ts';

// How many servers a second get their place, with one controller in one process on SQLite: the choice alone, the
// choice with everything that is written in its transaction, and the whole request. Needs no cloud and no root.

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '8' },
  },
});
const hosts = Number(values.hosts);
const seconds = Number(values.seconds);
const clients = Number(values.clients);

const world = await startWorld(hosts);
const { app } = world;
const context = (): Context => ({
  ...systemContext(app.clock.now()),
  ...{ projectId: world.projectId, userId: world.userId },
});
const server = { name: 'bench', flavorRef: world.flavorId, imageRef: world.imageId };
const version = { major: 2, minor: 96 };

const body = { server: { ...server, networks: 'none' as const } };
const plan = await planCreate(app.store.read, context(), version, body);

const show = (what: string, { perSecond, p50, p99, requests }: Load, each: number, target?: number) => {
  const alone = 1000 / each;
  const met = `${alone.toFixed(0)}/s of a core of its own: ${alone >= (target ?? 0) ? 'met' : 'MISSED'}`;
  const aim = target === undefined ? '' : `  target ${target}/s, ${met}`;
  const times = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${each.toFixed(2)} ms of a core each`;
  process.stdout.write(`${what.padEnd(52)} ${perSecond.toFixed(0).padStart(6)}/s  ${times}  (${requests})${aim}\n`);
};

process.stdout.write(`${hosts} hosts, ${clients} clients, ${seconds} s each\n`);
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
/** Measures, and says also what a request costs of one core: that does not change with who else uses the machine. */
async function measure(what: string, request: () => Promise<void>, target?: number): Promise<void> {
  // The first of them pay for compiling.
  await load(request, clients, seconds / 5);
  const before = cpu();
  const result = await load(request, clients, seconds);
  show(what, result, (cpu() - before) / result.requests, target);
}
await measure(
  'placements: choice, claim and server in one commit',
  async () => void (await createServers(app, context(), body, plan)),
  hosts <= 1000 ? 500 : undefined,
);
const networks = [{ uuid: world.networkId }];
const whole = async () => void (await world.call('POST', '/compute/v2.1/servers', { server: { ...server, networks } }));
await measure('POST /servers with a port', whole);
const lost = await app.store.read
  .selectFrom('servers')
  .select((select) => select.fn.countAll<number>().as('count'))
  .where('vm_state', '=', 'error')
  .executeTakeFirstOrThrow();
if (lost.count > 0) throw new Error(`${lost.count} servers found no host`);
await world.close();
