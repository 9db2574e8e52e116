import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeAccounts } from './accounts.ts';
import { removeClouds } from './clouds-yaml.ts';
import { removeExternalNetwork } from './external-network.ts';
import type { Machine } from './everything.ts';
import { keyFiles } from './keys.ts';
import { bridges } from './ovn.ts';
import { people } from './people.ts';
import { tryRun } from './run.ts';
import { endServers, ourNamespaces } from './servers.ts';

/**
 * Removes all that `up` and the agent made on this machine. Each step bears being repeated, so that an interrupted
 * `destroy` can be run again; the settings go last, because they say that there is something to destroy.
 */
export async function destroyMachine(machine: Machine, detail: (text: string) => void): Promise<void> {
  const { paths, supervisor } = machine;
  detail('stopping controller and agent');
  for (const service of machine.daemons.toReversed()) await supervisor.remove(service);
  detail('ending servers');
  await endServers(paths);
  detail('stopping OVN');
  await removeOvn(machine);
  detail('removing networks');
  await startDatabase(machine);
  await removeNetworks();
  detail('stopping Open vSwitch');
  await removeSwitch(machine);
  await removeExternalNetwork(paths);
  detail('removing accounts and keys');
  await removeAccounts();
  for (const person of await people()) {
    await removeClouds(person, ['potluck', 'potluck-demo']);
    for (const file of keyFiles(person)) await rm(file, { force: true });
  }
  detail('removing state and logs');
  await supervisor.close();
  await removeTree(paths.run);
  await removeTree(paths.log);
  await removeTree(paths.state, basename(paths.config));
}

/** Removes what is in a directory, one name last, and the directory, if it is not a disk of its own. */
async function removeTree(directory: string, last = ''): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of [...names.filter((one) => one !== last), ...names.filter((one) => one === last)]) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  await rmdir(directory).catch(() => undefined);
}

/** After a reboot without `up` the database that remembers our bridges must be started to forget them. */
async function startDatabase({ supervisor, engines }: Machine): Promise<void> {
  const database = engines.find(({ name }) => name === 'ovsdb-server');
  if (!database || (await supervisor.status(database)).state === 'running') return;
  await supervisor.ensure(database).catch(() => undefined);
}

/** Ports of servers, their taps, the metadata's namespaces, and the bridges that we made. Others' stay. */
async function removeNetworks(): Promise<void> {
  const listed = await tryRun('ovs-vsctl', [
    '--timeout=10',
    '--bare',
    '--columns=name',
    'find',
    'Interface',
    'external_ids:iface-id!=""',
  ]);
  for (const port of listed.stdout.split('\n').filter((name) => name !== '')) {
    await tryRun('ovs-vsctl', ['--timeout=10', '--if-exists', 'del-port', port]);
    await tryRun('ip', ['link', 'delete', port]);
  }
  for (const namespace of await ourNamespaces()) await tryRun('ip', ['netns', 'delete', namespace]);
  for (const { name, ours } of await bridges()) {
    if (!ours) continue;
    const removed = await tryRun('ovs-vsctl', ['--timeout=20', '--if-exists', 'del-br', name]);
    // Nobody carries it out now, but the switch would make the bridge again at its next start.
    if (removed.code !== 0) await tryRun('ovs-vsctl', ['--timeout=10', '--no-wait', '--if-exists', 'del-br', name]);
  }
}

/**
 * OVN goes before its bridge: ovn-controller would make br-int again at once. Its databases hold nothing but this
 * cloud, because `up` refuses a machine of another OVN.
 */
async function removeOvn({ supervisor, engines }: Machine): Promise<void> {
  for (const service of engines.filter(({ name }) => name.startsWith('ovn-')).toReversed()) {
    await supervisor.stop(service);
    await supervisor.remove(service);
  }
  for (const file of ['ovnnb_db.db', 'ovnsb_db.db']) {
    for (const name of [file, `.${file}.~lock~`, `${file}.before-conversion`]) {
      await rm(`/var/lib/ovn/${name}`, { force: true });
    }
  }
}

/** Open vSwitch forgets what we told it, and goes on only where others have bridges in it. */
async function removeSwitch({ paths, supervisor, engines }: Machine): Promise<void> {
  const ids = ['ovn-remote', 'ovn-encap-type', 'ovn-encap-ip', 'ovn-bridge-mappings', 'ovn-bridge-datapath-type'];
  for (const id of [...ids, 'ovn-monitor-all']) {
    await tryRun('ovs-vsctl', ['--timeout=10', '--no-wait', 'remove', 'Open_vSwitch', '.', 'external_ids', id]);
  }
  const shown = await tryRun('ovs-vsctl', ['--timeout=10', 'get-ssl']);
  if (shown.stdout.includes(`${paths.identity}/`)) await tryRun('ovs-vsctl', ['--timeout=10', '--no-wait', 'del-ssl']);
  const others = (await bridges()).length > 0;
  for (const service of engines.filter(({ name }) => !name.startsWith('ovn-')).toReversed()) {
    if (!others || !service.vendor) await supervisor.stop(service);
    await supervisor.remove(service);
  }
  // Without systemd the init script of its package takes over from our supervisor.
  if (others && supervisor.kind === 'runit') await tryRun('/etc/init.d/openvswitch-switch', ['start']);
}
