import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalHost } from '../../src/controller.ts';
import type { HostId } from '../../src/core/ids.ts';
import type { Log } from '../../src/core/log.ts';
import type { Chance, Trouble } from '../../src/sim/faults.ts';
import { seededDelays } from '../../src/sim/time.ts';
import { enterWorld } from '../../src/sim/world.ts';
import { createClient, type Client } from './client.ts';
import { fromTemplate, startFuzzController, type FuzzController } from './controller.ts';
import { startFuzzHost, type FuzzHost } from './host.ts';
import { assertCleanSlate, brokenRows, leftovers, unsettled } from './invariants.ts';
import { anyOperation, stock } from './operations.ts';
import type { Sabotage } from './sabotage.ts';

export interface SeedOptions {
  seed: number;
  template: string;
  /** For the directory of its database. */
  scratch: string;
  /** How many things are asked for. */
  operations: number;
  log: Log;
  say: (line: string) => void;
  /** Whether hosts, lines and the controller are troubled (true). */
  faults?: boolean;
  /** What happens to a reconciler. */
  sabotage?: Sabotage;
}

const HOSTS = 3;
/** The longest that anything may take once all is well: a host may take six hours to send an image. */
const PATIENCE = 7 * 3600_000;

/** One run, all of it decided by the seed. Throws what was wrong at the end. Answers the simulated seconds. */
export async function runSeed(options: SeedOptions): Promise<number> {
  const { seed, log, say, sabotage = null } = options;
  let killed: Promise<void> = Promise.resolve();
  // Nobody can make what servers are made of while the controller is killed.
  const times = sabotage?.left ?? 0;
  if (sabotage?.mode === 'kill after the commit') sabotage.left = 0;
  const directory = mkdtempSync(join(options.scratch, 'seed-'));
  fromTemplate(options.template, directory);
  const world = enterWorld(seed);
  const begun = world.now();
  const draw = seededDelays(seed * 2 + 1, 2 ** 30);
  const chance: Chance = (below) => draw() % below;
  let controller: FuzzController | null = null;
  const hosts: FuzzHost[] = [];
  const at = () => `${((world.now() - begun) / 1000).toFixed(1)} s`;
  const note = (line: string) => say(`${at()}: ${line}`);
  try {
    const locals = Array.from({ length: HOSTS }, (_, n): LocalHost => {
      return { id: `host-${n}` as HostId, name: `host-${n}`, token: `token-${n}` };
    });
    const start = async (skew: number) => {
      controller = await startFuzzController({ directory, hosts: locals, log, skew, sabotage });
    };
    if (sabotage) {
      sabotage.onKill = () => {
        note('the controller is killed after a commit');
        killed = (async () => {
          await sleep(500);
          await controller?.kill();
          await start(0);
        })();
      };
    }
    await start(0);
    const size = { vcpus: 4, memoryMib: 4096, diskGib: 20 };
    const running = () => controller;
    for (const host of locals) hosts.push(startFuzzHost({ host, size, chance, log, controller: running }));
    const ask = createClient(running);
    await sleep(1_000);
    const of = await stock(ask);
    if (sabotage?.mode === 'kill after the commit') sabotage.left = times;

    const failed: unknown[] = [];
    const faults = makeFaults({ hosts, chance, note, controller: running, start });
    for (let n = 0; n < options.operations; n++) {
      await sleep(chance(4_000));
      if (chance(4) === 0 && options.faults !== false) faults.any();
      const [name, operation] = anyOperation(chance);
      note(name);
      // Nobody waits for anybody else.
      Promise.resolve(operation({ ask, chance, stock: of })).catch((error: unknown) => failed.push(error));
    }
    await faults.heal();
    await killed;
    note('all is well again');
    await settle(running, (app) => unsettled(app, hosts));
    if (failed.length > 0) throw failed[0];
    await holds(running, hosts);
    note('deleting everything');
    await settle(running, async (app) => {
      await deleteAll(ask);
      return leftovers(app, hosts);
    });
    if (controller) await assertCleanSlate((controller as FuzzController).app, hosts);
    return (world.now() - begun) / 1000;
  } finally {
    for (const host of hosts) host.close();
    await (controller as FuzzController | null)?.kill();
    // What hears of the end only now ends in this world, not in the next.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    world.leave();
    rmSync(directory, { recursive: true });
  }
}

type Running = () => FuzzController | null;

/** Waits until nothing is left to say; throws what is said when the patience is at its end. */
async function settle(controller: Running, look: (app: FuzzController['app']) => Promise<string[]>): Promise<void> {
  const end = Date.now() + PATIENCE;
  let pause = 2_000;
  for (;;) {
    await sleep(pause);
    const running = controller();
    if (!running?.isAlive()) continue;
    // One that is killed meanwhile never answers.
    const { abort } = running.app;
    const killed = new Promise<string[]>((resolve) => abort.addEventListener('abort', () => resolve(['killed'])));
    const found = await Promise.race([look(running.app), killed]);
    if (found.length === 0) return;
    if (Date.now() > end) throw new Error(`not settled:\n  ${found.join('\n  ')}`);
    pause = Math.min(60_000, pause * 2);
  }
}

async function holds(controller: Running, hosts: readonly FuzzHost[]): Promise<void> {
  const running = controller();
  if (!running) throw new Error('no controller');
  const found = [...(await brokenRows(running.app)), ...(await unsettled(running.app, hosts))];
  if (found.length > 0) throw new Error(`does not hold:\n  ${found.join('\n  ')}`);
}

async function deleteAll(ask: Client): Promise<void> {
  const S = '/compute/v2.1/servers';
  const V = '/volume/v3';
  const { servers = [] } = (await ask('GET', S))?.body ?? {};
  for (const { id } of servers) await ask('DELETE', `${S}/${id}`);
  const { snapshots = [] } = (await ask('GET', `${V}/snapshots`))?.body ?? {};
  for (const { id } of snapshots) await ask('DELETE', `${V}/snapshots/${id}`);
  const { volumes = [] } = (await ask('GET', `${V}/volumes/detail`))?.body ?? {};
  for (const { id } of volumes) await ask('DELETE', `${V}/volumes/${id}`);
}

interface Around {
  hosts: readonly FuzzHost[];
  chance: Chance;
  note: (line: string) => void;
  controller: Running;
  start: (skew: number) => Promise<void>;
}

function makeFaults({ hosts, chance, note, controller, start }: Around) {
  const under: Promise<void>[] = [];
  let restarting = false;
  const restart = async (down: number, skew: number) => {
    if (restarting) return;
    restarting = true;
    await controller()?.kill();
    await sleep(down);
    await start(skew);
    restarting = false;
  };
  const lasting: (keyof Omit<Trouble, 'skew'>)[] = ['cut', 'deaf', 'slow', 'failing', 'full', 'lying'];
  const any = () => {
    const host = hosts[chance(hosts.length)];
    if (!host) return;
    const kind = chance(12);
    const one = lasting[kind];
    if (one) {
      const seconds = 1 + chance(90);
      note(`${host.name} is ${one} for ${seconds} s`);
      host.trouble[one] = Date.now() + seconds * 1000;
    } else if (kind === 6) {
      host.trouble.skew = chance(600_000) - 300_000;
      note(`the clock of ${host.name} is wrong by ${host.trouble.skew} ms`);
    } else if (kind === 7) {
      const [machine] = [...host.sim.machines.keys()].slice(chance(3));
      note(`QEMU of ${machine} is killed`);
      if (machine !== undefined) host.sim.end(machine);
    } else if (kind === 8) {
      const [daemon] = host.sim.serving.keys();
      if (daemon !== undefined) host.sim.endDaemon(daemon);
    } else if (kind === 9) {
      note(`${host.name} is started again`);
      host.reboot();
    } else if (kind === 10) {
      note(`the agent of ${host.name} is killed`);
      host.killAgent();
    } else {
      const [down, skew] = [chance(40_000), chance(3) === 0 ? chance(240_000) - 120_000 : 0];
      note(`the controller is killed, and away for ${down} ms; then its clock is wrong by ${skew} ms`);
      under.push(restart(down, skew));
    }
  };
  return {
    any,
    async heal() {
      await Promise.all(under);
      for (const { trouble } of hosts)
        Object.assign(trouble, { cut: 0, deaf: 0, slow: 0, failing: 0, full: 0, lying: 0, skew: 0 });
    },
  };
}
