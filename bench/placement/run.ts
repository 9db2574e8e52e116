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
const { app } = world.controller;
const context = (): Context => ({
  ...systemContext(app.clock.now()),
  ...{ projectId: world.projectId, userId: world.userId },
});
const server = { name: 'bench', flavorRef: world.flavorId, imageRef: world.imageId };
const version = { major: 2, minor: 96 };

const body = { server: { ...server, networks: 'none' as const } };
const plan = await planCreate(app.store.read, context(), version, body);

const show = (what: string, { perSecond, p50, p99, requests }: Load, target?: number) => {
  const aim = target === undefined ? '' : `  target ${target}/s: ${perSecond >= target ? 'met' : 'MISSED'}`;
  const times = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
  process.stdout.write(`${what.padEnd(52)} ${perSecond.toFixed(0).padStart(6)}/s  ${times}  (${requests})${aim}\n`);
};

process.stdout.write(`${hosts} hosts, ${clients} clients, ${seconds} s each\n`);
const placed = await load(async () => void (await createServers(app, context(), body, plan)), clients, seconds);
show('placements: choice, claim and server in one commit', placed, hosts <= 1000 ? 500 : undefined);
const networks = [{ uuid: world.networkId }];
const whole = async () => void (await world.call('POST', '/compute/v2.1/servers', { server: { ...server, networks } }));
show('POST /servers with a port', await load(whole, clients, seconds));
const lost = await app.store.read
  .selectFrom('servers')
  .select((select) => select.fn.countAll<number>().as('count'))
  .where('vm_state', '=', 'error')
  .executeTakeFirstOrThrow();
if (lost.count > 0) throw new Error(`${lost.count} servers found no host`);
await world.close();
