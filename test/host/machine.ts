import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';
import type {
  HostDocument,
  HostImage,
  HostNetwork,
  HostReport,
  HostServer,
  TunnelRequest,
} from '../../src/host/document.ts';
import { listenIn } from '../../src/host/metadata/namespace.ts';
import { exec } from '../../src/host/exec.ts';

const PORT = 8774;
export const TOKEN = 'host-token';
const repository = join(import.meta.dirname, '..', '..');

/**
 * A machine for tests of the real agent: a network namespace with an Open vSwitch of its own, a controller that says
 * what it is told to, and the agent as a process. Needs root, QEMU and Open vSwitch.
 */
export interface TestMachine {
  directory: string;
  namespace: string;
  document: HostDocument;
  /** The last report, if any. */
  report(): HostReport | null;
  /** Raises the generation after `change` and lets the agent know. */
  change(change: (document: HostDocument) => void): void;
  startAgent(): Promise<void>;
  /** Ends the agent with SIGKILL and waits for it. */
  killAgent(): Promise<void>;
  stopAgent(): Promise<void>;
  /** Asks for a tunnel and answers its first bytes that `enough` accepts. */
  tunnel(request: TunnelRequest, enough: (bytes: Buffer) => boolean): Promise<Buffer>;
  addImage(path: string, format: 'raw' | 'qcow2'): HostImage;
  /** The data that the agent has sent of an image, by its file. */
  received(image: string): string | null;
  /** A program's output inside the namespace. */
  inside(program: string, ...args: string[]): Promise<string>;
  ovs(...args: string[]): Promise<string>;
  agentLog(): string;
  close(): Promise<void>;
}

export const canRun =
  process.getuid?.() === 0 &&
  ['qemu-system-x86_64', 'ovs-vswitchd'].every((name) => spawnSync('which', [name]).status === 0);

export async function testMachine(): Promise<TestMachine> {
  const directory = mkdtempSync(join(tmpdir(), 'host-test-'));
  spawnSync('chmod', ['755', directory]);
  if (spawnSync('id', ['potluck-qemu']).status !== 0) {
    // With the group that `up` gives it: a group of its own would outlive the user, and refuse the next useradd.
    await exec('groupadd', ['--system', '--force', 'kvm']);
    const options = ['--system', '--gid', 'kvm', '--no-create-home', '--shell', '/usr/sbin/nologin'];
    await exec('useradd', [...options, 'potluck-qemu']);
  }
  const namespace = `test-${directory.slice(-6)}`;
  await exec('ip', ['netns', 'add', namespace]);
  await exec('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  const enter = ['--net=/run/netns/' + namespace];
  const inside = (program: string, ...args: string[]) => exec('nsenter', [...enter, program, ...args]);
  const ovs = join(directory, 'ovs');
  mkdirSync(ovs);
  const database = `unix:${ovs}/db.sock`;
  await startSwitch(inside, ovs, database);

  const host = randomUUID();
  const images = new Map<string, string>();
  const uploads = new Map<string, string>();
  let document: HostDocument = { host, generation: 1, servers: [], networks: [], volumes: [], uploads: [] };
  let report: HostReport | null = null;
  let wake: () => void = () => undefined;
  const controller = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://controller');
    const json = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return void response.writeHead(401).end();
    if (url.pathname === '/agent/v1/document') {
      const known = Number(url.searchParams.get('generation'));
      const answer = () => {
        json({ document: document.generation > known ? document : null, tunnels });
        tunnels = [];
      };
      if (document.generation > known) return answer();
      const timer = setTimeout(answer, 20_000).unref();
      wake = () => {
        clearTimeout(timer);
        wake = () => undefined;
        answer();
      };
      return;
    }
    if (url.pathname === '/agent/v1/report') {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        report = JSON.parse(body) as HostReport;
        response.writeHead(204).end();
      });
      return;
    }
    const sent = /^\/agent\/v1\/images\/([^/]+)\/data$/.exec(url.pathname)?.[1];
    if (sent !== undefined && request.method === 'PUT') {
      const path = join(directory, `sent-${sent}`);
      const file = createWriteStream(path);
      request.pipe(file).on('finish', () => {
        uploads.set(sent, path);
        response.writeHead(204).end();
      });
      return;
    }
    const image = images.get(url.pathname.replace('/agent/v1/images/', ''));
    if (image) return void response.writeHead(200).end(readFileSync(image));
    response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({ server: controller });
  const arrived = new Map<string, (socket: WebSocket) => void>();
  let tunnels: TunnelRequest[] = [];
  sockets.on('connection', (socket, request) => arrived.get(request.url?.split('/').at(-1) ?? '')?.(socket));
  await listen(controller, namespace);

  writeFileSync(join(directory, 'token'), TOKEN, { mode: 0o600 });
  const log = join(directory, 'agent.log');
  let agent: ChildProcess | null = null;
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const running = agent;
    agent = null;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.on('exit', resolve));
    running.kill(signal);
    await ended;
  };
  return {
    ...{ directory, namespace, inside },
    get document() {
      return document;
    },
    report: () => report,
    change(change) {
      document = structuredClone(document);
      change(document);
      document.generation++;
      wake();
    },
    async startAgent() {
      report = null;
      const out = (await import('node:fs')).openSync(log, 'a');
      const options = [
        '--controller',
        `http://127.0.0.1:${PORT}`,
        '--host-id',
        host,
        '--token-file',
        join(directory, 'token'),
      ];
      const places = [
        '--state-dir',
        join(directory, 'state'),
        '--run-dir',
        join(directory, 'run'),
        '--ovs-db',
        database,
      ];
      const command = [
        process.execPath,
        join(repository, 'src', 'main.ts'),
        'agent',
        ...options,
        ...places,
        '--accel',
        'tcg',
      ];
      agent = spawn('nsenter', [...enter, ...command, '--log-level', 'debug'], { stdio: ['ignore', out, out] });
    },
    killAgent: () => end('SIGKILL'),
    stopAgent: () => end('SIGTERM'),
    async tunnel(request, enough) {
      const socket = new Promise<WebSocket>((resolve) => arrived.set(request.id, resolve));
      tunnels.push(request);
      wake();
      const stream = await socket;
      let bytes = Buffer.alloc(0);
      await new Promise<void>((resolve) => {
        stream.on('close', () => resolve());
        stream.on('message', (data) => {
          bytes = Buffer.concat([bytes, data as Buffer]);
          if (enough(bytes)) resolve();
        });
      });
      stream.close();
      return bytes;
    },
    addImage(path, format) {
      const bytes = readFileSync(path);
      const id = randomUUID();
      images.set(id, path);
      return { id, sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length, format };
    },
    received: (image) => uploads.get(image) ?? null,
    ovs: (...args) => exec('ovs-vsctl', [`--db=${database}`, '--timeout=10', ...args]),
    agentLog: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    async close() {
      await end('SIGTERM');
      sockets.close();
      controller.closeAllConnections();
      controller.close();
      for (const name of ['vswitchd', 'ovsdb']) {
        const pid = Number(readFileSync(join(ovs, `${name}.pid`), 'utf8'));
        process.kill(pid, 'SIGKILL');
      }
      await exec('ip', ['netns', 'del', namespace]);
      if (!process.env.KEEP) rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function listen(controller: Server, namespace: string): Promise<void> {
  const socket = await listenIn({ name: namespace, outer: '', inner: 'lo' }, PORT);
  await new Promise<void>((resolve) => controller.listen(socket, resolve));
}

async function startSwitch(
  inside: (program: string, ...args: string[]) => Promise<string>,
  directory: string,
  database: string,
): Promise<void> {
  const schema = '/usr/share/openvswitch/vswitch.ovsschema';
  await exec('ovsdb-tool', ['create', join(directory, 'conf.db'), schema]);
  const common = (name: string) => [
    ...[`--pidfile=${directory}/${name}.pid`, `--unixctl=${directory}/${name}.ctl`, '--detach'],
    ...[`--log-file=${directory}/${name}.log`, '-vconsole:off'],
  ];
  await inside('ovsdb-server', join(directory, 'conf.db'), `--remote=p${database}`, ...common('ovsdb'));
  await exec('ovs-vsctl', [`--db=${database}`, '--no-wait', 'init']);
  await inside('ovs-vswitchd', database, ...common('vswitchd'));
  const bridge = ['add-br', 'br-int', '--', 'set', 'Bridge', 'br-int', 'datapath_type=netdev', 'fail_mode=standalone'];
  await exec('ovs-vsctl', [`--db=${database}`, '--timeout=10', ...bridge]);
}

/** Waits until `check` answers something true. Fails with `what` and the agent's last words. */
export async function until<T>(
  machine: TestMachine,
  what: string,
  check: () => T | Promise<T>,
  seconds = 30,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) {
      const words = machine.agentLog().split('\n').slice(-25).join('\n');
      throw new Error(`not within ${seconds} s: ${what}\n${JSON.stringify(machine.report()?.servers)}\n${words}`);
    }
    await sleep(20);
  }
}

export function testNetwork(): HostNetwork {
  return {
    id: randomUUID(),
    mtu: 1442,
    metadataPort: { id: randomUUID(), mac: 'fa:16:3e:00:00:02', cidrs: ['10.0.0.2/24'] },
  };
}

export function testServer(
  image: HostImage | null,
  network: HostNetwork | null,
  change: Partial<HostServer> = {},
): HostServer {
  const address = { address: '10.0.0.7', version: 4 as const, prefix: 24, gateway: '10.0.0.1', nameservers: [] };
  const port = {
    id: randomUUID(),
    mac: 'fa:16:3e:00:00:07',
    mtu: 1442,
    addresses: [{ ...address, mode: 'static' as const }],
  };
  return {
    ...{ id: randomUUID(), power: 'running', build: 1, boot: 1, shutdown: 'hard', softSeconds: 20, onFailure: 'stop' },
    ...{ vcpus: 1, memoryMib: 256, disk: { image, layersGib: [1] }, configDrive: true },
    ...{ attachments: [], rescue: null, hardware: {}, localDisks: [] },
    ports: network ? [{ ...port, networkId: network.id }] : [],
    metadata: {
      ...{ name: 'test', hostname: 'test', projectId: 'p', userId: 'u', availabilityZone: 'nova', keys: [], meta: {} },
      ...{ userData: null, adminPassword: null, securityGroups: ['default'], flavorName: 'm1.tiny', launchIndex: 0 },
      ...{ reservationId: 'r-1', floatingAddress: null },
    },
    ...change,
  };
}
