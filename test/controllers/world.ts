import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startController } from '../../src/controller.ts';
import { silentLog } from '../../src/core/log.ts';
import { localHost } from '../../src/sim/cloud.ts';
import { startSimHost, type RunningSimHost } from '../../src/sim/host.ts';
import { seedSimCloud, type Seeded } from '../../src/sim/seed.ts';
import { makeTestDatabase } from '../../src/store/testing.ts';
import { startCluster, type Cluster } from '../support/postgres.ts';

/** Controllers of one cloud as processes of their own, a PostgreSQL, HAProxy before them, and simulated hosts. */
export interface World {
  url: string;
  database: string;
  cluster: Cluster;
  seeded: Seeded;
  controllers: ControllerProcess[];
  balancer: Balancer;
  close(): Promise<void>;
}

export interface ControllerProcess {
  name: string;
  url: string;
  /** Starts it and waits until it answers. */
  start(): Promise<void>;
  /** SIGKILL, or SIGTERM and its end in order. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const HOSTS = 3;

export async function makeWorld(basePort: number, controllers: number): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-controllers-'));
  const closing: (() => Promise<unknown>)[] = [async () => rmSync(directory, { recursive: true, force: true })];
  const close = async () => {
    for (const one of closing.toReversed()) await one();
  };
  try {
    const cluster = await startCluster({ durable: true });
    closing.push(() => cluster.stop());
    const { url: database } = await makeTestDatabase(cluster.url);
    const url = `http://127.0.0.1:${basePort}`;
    const shared = { imageDir: join(directory, 'images'), database, region: 'RegionOne', publicUrl: url };
    mkdirSync(shared.imageDir);
    const adminPassword = randomBytes(12).toString('hex');
    const hosts = Array.from({ length: HOSTS }, (_, n) =>
      localHost(randomUUID(), `sim-${n + 1}`, randomBytes(16).toString('hex')),
    );
    const first = join(directory, 'controller-1');
    // Enrols the hosts and makes the key, then leaves.
    const config = { ...shared, stateDir: first, listen: '127.0.0.1', port: 0, ovnNorthbound: null };
    const controller = await startController(
      { ...config, onServerFailure: 'stop', enforceImageFormat: true },
      { log: silentLog, adminPassword, localHosts: hosts },
    );
    await controller.close();
    const processes = Array.from({ length: controllers }, (_, index) => {
      const stateDir = join(directory, `controller-${index + 1}`);
      mkdirSync(stateDir, { recursive: true });
      if (index > 0) copyFileSync(join(first, 'secret.key'), join(stateDir, 'secret.key'));
      return controllerProcess(`controller-${index + 1}`, stateDir, basePort + 1 + index, shared);
    });
    closing.push(() => Promise.all(processes.map((one) => one.stop('SIGKILL'))));
    await Promise.all(processes.map((one) => one.start()));
    const balancer = await startBalancer(directory, basePort, processes);
    closing.push(() => balancer.close());
    const agents: RunningSimHost[] = hosts.map((host) =>
      startSimHost({
        host,
        controller: url,
        log: silentLog,
        size: { vcpus: 1000, memoryMib: 1_000_000, diskGib: 10_000 },
      }),
    );
    closing.push(() => Promise.all(agents.map((agent) => agent.close())));
    const demoPassword = randomBytes(12).toString('hex');
    const seeded = await seedSimCloud({ url, stateDir: directory, adminPassword, demoPassword, hosts: HOSTS });
    return { url, database, cluster, seeded, controllers: processes, balancer, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function controllerProcess(
  name: string,
  stateDir: string,
  port: number,
  shared: { database: string; imageDir: string; publicUrl: string },
): ControllerProcess {
  const url = `http://127.0.0.1:${port}`;
  const log = join(stateDir, 'log');
  let child: ChildProcess | null = null;
  return {
    name,
    url,
    async start() {
      const options = {
        'state-dir': stateDir,
        database: shared.database,
        'image-dir': shared.imageDir,
        'public-url': shared.publicUrl,
        listen: '127.0.0.1',
        port: String(port),
        'ovn-northbound': 'none',
        drain: '2',
        'trusted-proxies': '127.0.0.1',
        'log-level': 'warn',
      };
      const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
      const file = openSync(log, 'a');
      child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'controller', ...words], {
        stdio: ['ignore', file, file],
      });
      await answers(`${url}/healthz`, () =>
        child?.exitCode === null ? null : readFileSync(log, 'utf8').slice(-2_000),
      );
    },
    async stop(signal) {
      const running = child;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const ended = once(running, 'exit');
      running.kill(signal);
      await ended;
    },
  };
}

/** Waits until an address answers 200; `failed` says why it never will. */
async function answers(url: string, failed: () => string | null): Promise<void> {
  const until = performance.now() + 60_000;
  for (;;) {
    const reply = await fetch(url).catch(() => null);
    if (reply?.status === 200) return;
    const why = failed() ?? (performance.now() > until ? 'no answer within 60 s' : null);
    if (why !== null) throw new Error(`${url}: ${why}`);
    await sleep(50);
  }
}

export interface Balancer {
  /** Resolves when it sends requests to this controller. */
  has(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Debian's HAProxy with what docs/operate/several-controllers.md says. */
async function startBalancer(
  directory: string,
  port: number,
  controllers: readonly ControllerProcess[],
): Promise<Balancer> {
  const text = readFileSync(join(ROOT, 'docs/operate/several-controllers.md'), 'utf8');
  const example = /```haproxy\n([^`]*)```/.exec(text)?.[1] ?? '';
  const servers = controllers.map(({ name, url }) => `  server ${name} ${new URL(url).host} check`);
  const config = example
    .replace(/^ {2}bind .*$/m, `  bind 127.0.0.1:${port}`)
    .replace(/(^ {2}server .*\n)+/m, `${servers.join('\n')}\n`);
  const file = join(directory, 'haproxy.cfg');
  const socket = join(directory, 'haproxy.sock');
  writeFileSync(file, `global\n  stats socket ${socket}\n\n${config}`);
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  await answers(`http://127.0.0.1:${port}/healthz`, () => (child.exitCode === null ? null : said));
  return {
    async has(name) {
      while (!isUp(await show(socket), name)) await sleep(50);
    },
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What HAProxy says of its servers, as CSV: its management guide, 9.1, https://docs.haproxy.org/2.6/management.html */
async function show(socket: string): Promise<string> {
  const line = connect(socket);
  line.end('show stat\n');
  let text = '';
  for await (const chunk of line.setEncoding('utf8')) text += chunk as string;
  return text;
}

const isUp = (stat: string, name: string): boolean =>
  stat.split('\n').some((row) => row.startsWith(`controllers,${name},`) && row.split(',').includes('UP'));
