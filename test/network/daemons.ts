import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, closeSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, tryRun } from '../../src/machine/run.ts';
import { waitFor } from '../../src/machine/wait.ts';

/** Open vSwitch and OVN of one test: own databases and sockets, and a network namespace that holds the switch. */
export interface Daemons {
  directory: string;
  /** The namespace of the switch: bridges and the guests' ends of cables are in it. */
  namespace: string;
  northbound: string;
  chassis: string;
  vsctl(...args: string[]): Promise<string>;
  nbctl(...args: string[]): Promise<string>;
  sbctl(...args: string[]): Promise<string>;
  /** Kills the northbound database's server as a crash would, and starts it on the same file, or on an empty one. */
  crashNorthbound(options: { empty: boolean }): Promise<void>;
  stop(): Promise<void>;
}

const SCHEMAS = '/usr/share/ovn';

/** Starts it all in `directory`. Needs root and Debian's packages openvswitch-switch, ovn-central and ovn-host. */
export async function startDaemons(directory: string, namespace: string): Promise<Daemons> {
  const file = (name: string) => join(directory, name);
  const socket = (name: string) => `unix:${file(name)}`;
  const env = { OVS_RUNDIR: directory, OVN_RUNDIR: directory, OVS_LOGDIR: directory, OVN_LOGDIR: directory };
  const children = new Map<string, ChildProcess>();

  const start = (name: string, program: string, ...args: string[]) => {
    const log = openSync(file(`${name}.log`), 'a');
    // The controller has no such option, and is alone in its directory anyway.
    const control = program === 'ovn-controller' ? [] : [`--unixctl=${file(`${name}.ctl`)}`];
    const words = [...args, ...control, '-vconsole:info', '-vsyslog:off', '-vfile:off'];
    const child = spawn('ip', ['netns', 'exec', namespace, program, ...words], {
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    children.set(name, child);
  };
  const stop = async (name: string, signal: NodeJS.Signals) => {
    const child = children.get(name);
    if (!child) return;
    children.delete(name);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  const database = async (name: string, schema: string, ...remotes: string[]) => {
    if (!existsSync(file(`${name}.db`))) await run('ovsdb-tool', ['create', file(`${name}.db`), schema]);
    start(name, 'ovsdb-server', file(`${name}.db`), `--remote=punix:${file(`${name}.sock`)}`, ...remotes);
  };
  const tool =
    (program: string, sock: string) =>
    (...args: string[]) =>
      run(program, [`--db=${socket(sock)}`, '--timeout=20', ...args], { env });
  const vsctl = tool('ovs-vsctl', 'ovs.sock');
  const nbctl = tool('ovn-nbctl', 'nb.sock');
  const sbctl = tool('ovn-sbctl', 'sb.sock');
  const answers = (what: string, ask: () => Promise<unknown>) =>
    waitFor(what, () => ask().then(() => true), { timeout: 20_000, hint: `See the logs in ${directory}` });

  await run('ip', ['netns', 'add', namespace]);
  await run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  await database('ovs', '/usr/share/openvswitch/vswitch.ovsschema');
  await database('nb', join(SCHEMAS, 'ovn-nb.ovsschema'));
  await database('sb', join(SCHEMAS, 'ovn-sb.ovsschema'));
  await answers('the databases', () => Promise.all([vsctl('--no-wait', 'init'), nbctl('init'), sbctl('init')]));
  const chassis = 'test-chassis';
  await vsctl(
    ...['--no-wait', 'set', 'Open_vSwitch', '.', `external_ids:system-id=${chassis}`],
    ...[`external_ids:ovn-remote=${socket('sb.sock')}`, 'external_ids:ovn-encap-type=geneve'],
    ...['external_ids:ovn-encap-ip=127.0.0.1', 'external_ids:ovn-bridge-mappings=public:br-ex'],
    ...['external_ids:ovn-bridge-datapath-type=netdev', 'external_ids:ovn-monitor-all=true'],
  );
  start('vswitchd', 'ovs-vswitchd', socket('ovs.sock'));
  for (const [bridge, mode] of [
    ['br-int', 'secure'],
    ['br-ex', 'standalone'],
  ] as const) {
    await vsctl('add-br', bridge, '--', 'set', 'Bridge', bridge, 'datapath_type=netdev', `fail_mode=${mode}`);
  }
  start('northd', 'ovn-northd', `--ovnnb-db=${socket('nb.sock')}`, `--ovnsb-db=${socket('sb.sock')}`);
  start('controller', 'ovn-controller', socket('ovs.sock'));

  return {
    directory,
    namespace,
    northbound: socket('nb.sock'),
    chassis,
    vsctl,
    nbctl,
    sbctl,
    async crashNorthbound({ empty }) {
      await stop('nb', 'SIGKILL');
      if (empty) rmSync(file('nb.db'));
      await database('nb', join(SCHEMAS, 'ovn-nb.ovsschema'));
      await answers('the northbound database', () => nbctl('init'));
    },
    async stop() {
      for (const name of ['controller', 'northd', 'vswitchd', 'sb', 'nb', 'ovs']) await stop(name, 'SIGKILL');
      await tryRun('ip', ['netns', 'del', namespace]);
    },
  };
}
