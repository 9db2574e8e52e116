import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { OperatorError } from '../core/errors.ts';
import { engineServices, umbrellaUnits } from './engines.ts';
import { bridgeMappings, renderBridgeMappings } from './bridge-mappings.ts';
import { exists, readText, writeIfChanged, writeWhole } from './files.ts';
import { CURRENT } from '../host/identity/files.ts';
import type { Paths } from './paths.ts';
import { run, succeeds, tryRun } from './run.ts';
import type { Settings } from './settings.ts';
import type { Supervisor } from './supervisor/index.ts';
import { waitFor } from './wait.ts';

export const INTEGRATION_BRIDGE = 'br-int';
const NB = 'unix:/var/run/ovn/ovnnb_db.sock';
const SB = 'unix:/var/run/ovn/ovnsb_db.sock';
const SYSTEM_ID_FILE = '/etc/openvswitch/system-id.conf';

/** What a machine that is a host of another's cloud tells its switch. */
export interface Joined {
  /** Its name in OVN: that of its certificate, or OVN would refuse what it writes about itself. */
  chassis: string;
  /** `ssl:192.0.2.1:6642`. */
  southbound: string;
  /** The directory with its certificate. */
  identity: string;
}

/** `system` needs the kernel's openvswitch module, `netdev` switches in ovs-vswitchd itself. */
export type Datapath = 'system' | 'netdev';

/**
 * Starts (or takes over) Open vSwitch and OVN, tells them who and where they are, and waits until this machine is
 * known to OVN. Changes nothing that is right already. Answers the name by which OVN knows the machine.
 */
export async function startEngines(
  paths: Paths,
  supervisor: Supervisor,
  settings: Settings,
  detail: (text: string) => void,
  joined: Joined | null = null,
): Promise<{ chassis: string; datapath: Datapath }> {
  const services = engineServices(paths, settings.role);
  await supervisor.install(services);
  const datapath = await detectDatapath();
  const start = async (names: (name: string) => boolean) => {
    const chosen = services.filter(({ name }) => names(name));
    detail(`starting ${chosen.map(({ name }) => name).join(', ')}`);
    await Promise.all(chosen.map((service) => supervisor.ensure(service)));
  };
  await start((name) => name === 'ovsdb-server');
  await introduce(settings, datapath, joined);
  await start((name) => name === 'ovs-vswitchd');
  await waitForSwitch();
  // Before ovn-controller, which would make br-int by itself, and then nobody could tell whose it is.
  const mapped = new Set(Object.values(bridgeMappings(settings)));
  for (const bridge of [INTEGRATION_BRIDGE, ...mapped]) await ensureBridge(bridge, datapath);
  await start((name) => name.startsWith('ovn-'));
  if (supervisor.kind === 'systemd') {
    for (const unit of umbrellaUnits(settings.role)) {
      // Asked first: `enable` takes a second, because these have scripts of SysV too.
      if (!(await ok('systemctl', ['is-enabled', '--quiet', unit]))) await run('systemctl', ['enable', unit]);
    }
  }
  detail('waiting for OVN to know this machine');
  if (joined) {
    await waitFor(`OVN at ${joined.southbound}`, ovnConnected, {
      timeout: 60_000,
      hint: 'Does this machine reach that port of the controller? See: potluck logs ovn-controller',
    });
    return { chassis: joined.chassis, datapath };
  }
  await waitForOvn();
  const chassis = await systemId();
  await waitFor('OVN to know this machine', async () => (await registeredChassis()).includes(chassis), {
    timeout: 60_000,
    hint: 'ovn-controller registers it. See: potluck logs ovn-controller',
  });
  return { chassis, datapath };
}

const patience = (program: string) => ({ timeout: 60_000, hint: `See: potluck logs ${program}, and potluck doctor.` });

const waitForSwitch = () =>
  waitFor(
    'ovs-vswitchd',
    () => ok('ovs-appctl', ['--timeout=5', '-t', 'ovs-vswitchd', 'version']),
    patience('ovs-vswitchd'),
  );

/** Level of readiness: each database answers and has its first row. */
export async function waitForOvn(): Promise<void> {
  const init = (tool: string, database: string) => () => ok(tool, ['--timeout=5', `--db=${database}`, 'init']);
  await waitFor("OVN's northbound database", init('ovn-nbctl', NB), patience('ovn-nb-db'));
  await waitFor("OVN's southbound database", init('ovn-sbctl', SB), patience('ovn-sb-db'));
}

/** Whether the kernel can switch by itself. Loads the module if there is one. */
export async function detectDatapath(): Promise<Datapath> {
  if (await exists('/sys/module/openvswitch')) return 'system';
  await tryRun('modprobe', ['openvswitch']);
  if (await exists('/sys/module/openvswitch')) return 'system';
  // Built into the kernel it shows no directory, but its generic netlink family is there.
  return (await tryRun('ovs-dpctl', ['show'])).code === 0 ? 'system' : 'netdev';
}

/** Tells Open vSwitch who it is and where OVN is. Keys: ovn-controller(8), CONFIGURATION. */
async function introduce(settings: Settings, datapath: Datapath, joined: Joined | null): Promise<void> {
  await waitFor("Open vSwitch's database", () => vsctl(['--no-wait', 'init']), patience('ovsdb-server'));
  const wanted: Record<string, string> = {
    'system-id': joined?.chassis ?? (await systemId()),
    hostname: hostname(),
    'ovn-remote': joined?.southbound ?? SB,
    'ovn-encap-type': 'geneve',
    'ovn-encap-ip': isIP(settings.address) === 0 ? '127.0.0.1' : settings.address,
    'ovn-bridge-mappings': renderBridgeMappings(bridgeMappings(settings)),
    'ovn-bridge-datapath-type': datapath,
    // One machine sees everything anyway; asking for it spares the southbound database the conditions.
    'ovn-monitor-all': 'true',
  };
  if (joined) await showIdentity(joined);
  const present = await externalIds();
  const changes = Object.entries(wanted).filter(([key, value]) => present[key] !== value);
  if (changes.length === 0) return;
  const words = changes.map(([key, value]) => `external_ids:${key}=${JSON.stringify(value)}`);
  await run('ovs-vsctl', ['--timeout=20', '--no-wait', 'set', 'Open_vSwitch', '.', ...words]);
}

/** By what Open vSwitch and OVN show who this machine is: files that are read again when they change. */
async function showIdentity({ identity, chassis }: Joined): Promise<void> {
  // Debian's scripts tell Open vSwitch this name at each start.
  await writeIfChanged(SYSTEM_ID_FILE, `${chassis}\n`);
  const files = [CURRENT.key, CURRENT.certificate, CURRENT.authority].map((name) => join(identity, 'current', name));
  const shown = await tryRun('ovs-vsctl', ['--timeout=20', 'get-ssl']);
  if (files.every((file) => shown.stdout.includes(file))) return;
  await run('ovs-vsctl', ['--timeout=20', '--no-wait', 'set-ssl', ...files]);
}

/** Whether this machine's ovn-controller is connected to the southbound database. */
export async function ovnConnected(): Promise<boolean> {
  const asked = await tryRun('ovn-appctl', ['--timeout=5', '-t', 'ovn-controller', 'connection-status']);
  return asked.code === 0 && asked.stdout.trim() === 'connected';
}

/** The name by which OVN knows this machine. */
export async function systemId(): Promise<string> {
  const present = (await externalIds())['system-id'];
  if (present !== undefined && present !== '') return present;
  const kept = (await readText(SYSTEM_ID_FILE))?.trim();
  if (kept !== undefined && kept !== '') return kept;
  const made = randomUUID();
  await writeWhole(SYSTEM_ID_FILE, `${made}\n`);
  return made;
}

/** Names of the machines that have an ovn-controller in the southbound database. */
export async function registeredChassis(): Promise<string[]> {
  const result = await tryRun('ovn-sbctl', [
    '--timeout=5',
    `--db=${SB}`,
    '--bare',
    '--columns=name',
    'list',
    'Chassis',
  ]);
  return result.stdout.split('\n').filter((line) => line !== '');
}

/** The external_ids of the Open_vSwitch row; empty when the database does not answer. */
export async function externalIds(): Promise<Record<string, string>> {
  const result = await tryRun('ovs-vsctl', [
    '--timeout=5',
    '--format=json',
    '--columns=external_ids',
    'list',
    'Open_vSwitch',
  ]);
  if (result.code !== 0) return {};
  const { data } = JSON.parse(result.stdout) as { data: [['map', [string, string][]]][] };
  return Object.fromEntries(data[0]?.[0][1] ?? []);
}

/**
 * Why what the northbound database says is not carried out on this machine; null when it is. Compares OVN's own
 * sequence numbers (ovn-nb(5), NB_Global) and whether ovn-controller is connected.
 */
export async function ovnBehind(): Promise<string | null> {
  const synced = await tryRun('ovn-nbctl', ['--timeout=10', `--db=${NB}`, '--wait=hv', 'sync'], { timeout: 15_000 });
  if (synced.code === 0) return null;
  const connected = await tryRun('ovn-appctl', ['--timeout=5', '-t', 'ovn-controller', 'connection-status']);
  const state = connected.code === 0 ? connected.stdout.trim() : 'not answering';
  return `a change did not reach this switch within 10 s (ovn-controller is ${state})`;
}

/**
 * All bridges, with whether they are ours: `up` marks those it makes, and ovn-controller, which makes br-int again
 * when somebody deletes it, leaves its own mark.
 */
export async function bridges(): Promise<{ name: string; ours: boolean }[]> {
  const result = await tryRun('ovs-vsctl', [
    '--timeout=5',
    '--format=json',
    '--columns=name,external_ids',
    'list',
    'Bridge',
  ]);
  if (result.code !== 0) return [];
  const { data } = JSON.parse(result.stdout) as { data: [string, ['map', [string, string][]]][] };
  return data.map(([name, ids]) => ({
    name,
    ours: ids[1].some(([key]) => key === 'potluck' || key === 'ovn-startup-ts'),
  }));
}

async function ensureBridge(name: string, datapath: Datapath): Promise<void> {
  const known = (await bridges()).some((bridge) => bridge.name === name);
  const type = known ? (await run('ovs-vsctl', ['--timeout=20', 'get', 'Bridge', name, 'datapath_type'])).trim() : '';
  const same = datapath === 'system' ? /^("?system"?|"")$/.test(type) : type.replaceAll('"', '') === datapath;
  if (known && same && (await exists(`/sys/class/net/${name}`))) return;
  const result = await tryRun('ovs-vsctl', [
    '--timeout=30',
    ...['--', '--may-exist', 'add-br', name],
    ...['--', 'set', 'Bridge', name, `datapath_type=${datapath}`],
    ...(known ? [] : ['--', 'set', 'Bridge', name, 'external_ids:potluck=yes']),
    // OVN's rules start with none: a bridge that floods until they are there would leak between networks.
    ...(name === INTEGRATION_BRIDGE ? ['--', 'set', 'Bridge', name, 'fail_mode=secure'] : []),
  ]);
  if (result.code !== 0 || !(await exists(`/sys/class/net/${name}`))) {
    throw new OperatorError(
      `Open vSwitch could not make the bridge ${name}: ${result.stderr.trim()}`,
      `Is there another interface ${name}? See: ip link show ${name}, and potluck logs ovs-vswitchd`,
    );
  }
}

const ok = (program: string, args: string[]) => succeeds(program, args, { timeout: 10_000 });
const vsctl = (args: string[]) => ok('ovs-vsctl', ['--timeout=5', ...args]);
