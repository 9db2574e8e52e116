import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createServers } from '../../src/compute/create.ts';
import { planCreate } from '../../src/compute/create-input.ts';
import { systemContext, type Context } from '../../src/http/context.ts';
import { createOvnReconciler } from '../../src/network/ovn/reconcile.ts';
import { startWorld } from '../placement/world.ts';
import { median } from '../statistics.ts';

// What it costs the controller to tell OVN of one more server, when everything is compared and when the port alone is
// looked at, beside a real ovsdb-server with a database of its own. Needs no root; needs Debian's ovn-common.

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '700,5000' },
    hosts: { type: 'string', default: '80' },
    network: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '9' },
  },
});
const SCHEMA = '/usr/share/ovn/ovn-nb.ovsschema';
const BATCH = 100;

const directory = mkdtempSync(join(tmpdir(), 'potluck-bench-ovn-'));
const socket = join(directory, 'nb.sock');
execFileSync('ovsdb-tool', ['create', join(directory, 'nb.db'), SCHEMA]);
const ovsdb = spawn('ovsdb-server', [`--remote=punix:${socket}`, '--no-chdir', join(directory, 'nb.db')], {
  stdio: 'ignore',
  env: { ...process.env, OVS_RUNDIR: directory },
});
while (!existsSync(socket)) await pause(20);
const world = await startWorld(Number(values.hosts));
const { app } = world;
app.config.ovnNorthbound = `unix:${socket}`;
const context = (): Context => ({
  ...systemContext(app.clock.now()),
  ...{ projectId: world.projectId, userId: world.userId },
});
const version = { major: 2, minor: 96 };
const networks: string[] = [];
let servers = 0;

/** Makes servers on networks with as many of them as was asked for. */
async function more(count: number): Promise<void> {
  while (networks.length * Number(values.network) < servers + count) {
    const { network } = await world.call<{ network: { id: string } }>('POST', '/network/v2.0/networks', {
      network: { name: `n${networks.length}` },
    });
    const subnet = { network_id: network.id, cidr: '10.0.0.0/20', ip_version: 4 };
    await world.call('POST', '/network/v2.0/subnets', { subnet });
    networks.push(network.id);
  }
  const uuid = networks[Math.floor(servers / Number(values.network))] ?? '';
  const server = { name: 'bench', flavorRef: world.flavorId, imageRef: world.imageId, networks: [{ uuid }] };
  const body = { server: { ...server, min_count: count, max_count: count } };
  await createServers(app, context(), body, await planCreate(app.store.read, context(), version, body));
  servers += count;
}

const reconciler = createOvnReconciler(app);
/** Milliseconds of processor, and those that passed. */
async function cost(): Promise<{ cpu: number; passed: number }> {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  await reconciler.run();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000, passed: performance.now() - begun };
}

process.stdout.write('| servers | everything compared | the port alone |\n| --- | --- | --- |\n');
try {
  for (const target of values.servers.split(',').map(Number)) {
    while (servers < target) await more(Math.min(BATCH, target - servers));
    for (let settle = 0; settle < 3; settle++) await reconciler.run();
    const everything: number[] = [];
    const alone: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      await more(1);
      app.signals.raise('ovn');
      everything.push((await cost()).cpu);
      await more(1);
      alone.push((await cost()).cpu);
    }
    const ms = (samples: readonly number[]) => `${median(samples).toFixed(1)} ms of a core`;
    process.stdout.write(`| ${target} | ${ms(everything)} | ${ms(alone)} |\n`);
  }
} finally {
  ovsdb.kill();
  await world.close();
  rmSync(directory, { recursive: true, force: true });
}
process.exit(0);
