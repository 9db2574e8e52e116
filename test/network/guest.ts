import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, tryRun } from '../../src/machine/run.ts';
import { waitFor } from '../../src/machine/wait.ts';
import type { Daemons } from './daemons.ts';

/** What stands in for a server: a network namespace with one interface plugged into the switch. */
export interface Guest {
  namespace: string;
  /** Asks for an address by DHCP, uses what it got, and answers what the server said. */
  dhcp(): Promise<Record<string, string>>;
  ip(...args: string[]): Promise<string>;
  /** Runs a program in the guest and answers whether it ended well. */
  does(program: string, ...args: string[]): Promise<boolean>;
  pings(address: string): Promise<boolean>;
  /** Whether a TCP connection can be made, and what the other side then says. */
  hears(address: string, port: number): Promise<string | null>;
  /** Answers `words` and the caller's address on a TCP port, for as long as the guest lives. */
  listen(port: number, words: string): Promise<void>;
  stop(): Promise<void>;
}

let made = 0;

/** Plugs a guest in as the agent plugs a server's tap: the interface is named after the port in `iface-id`. */
export async function plugGuest(
  daemons: Daemons,
  port: { id: string; mac_address: string },
  mtu = 1442,
): Promise<Guest> {
  const name = `g${process.pid}-${++made}`;
  const cable = `v${made}`;
  const namespace = `potluck-${name}`;
  await run('ip', ['netns', 'add', namespace]);
  await run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
  const peer = ['peer', 'name', 'eth0', 'address', port.mac_address, 'mtu', String(mtu), 'netns', namespace];
  await run('ip', ['-n', daemons.namespace, 'link', 'add', cable, 'mtu', String(mtu), 'type', 'veth', ...peer]);
  await run('ip', ['-n', daemons.namespace, 'link', 'set', cable, 'up']);
  const guest = inNamespace(namespace, daemons.directory);
  // In the userspace datapath nobody completes a checksum that the kernel left to the network card.
  await guest.does('ethtool', '-K', 'eth0', 'tx', 'off');
  await guest.ip('link', 'set', 'eth0', 'up');
  await daemons.vsctl(
    ...['add-port', 'br-int', cable, '--', 'set', 'Interface', cable, `external_ids:iface-id=${port.id}`],
  );
  return {
    ...guest,
    async stop() {
      await daemons.vsctl('--if-exists', 'del-port', 'br-int', cable);
      await guest.stop();
      await tryRun('ip', ['netns', 'del', namespace]);
    },
  };
}

/** The same for a namespace that is there already. */
export function inNamespace(namespace: string, directory: string): Guest {
  const servers = new Set<ReturnType<typeof spawn>>();
  const inside = (program: string, ...args: string[]) => ['netns', 'exec', namespace, program, ...args];
  const does: Guest['does'] = async (program, ...args) =>
    (await tryRun('ip', inside(program, ...args), { timeout: 20_000 })).code === 0;
  return {
    namespace,
    does,
    ip: (...args) => run('ip', ['-n', namespace, ...args]),
    pings: (address) => does('ping', '-c1', '-W1', address),
    async hears(address, port) {
      const result = await tryRun('ip', inside('timeout', '2', 'bash', '-c', `cat </dev/tcp/${address}/${port}`));
      return result.code === 0 ? result.stdout : null;
    },
    async dhcp() {
      const script = join(directory, 'udhcpc.sh');
      const answer = join(directory, `${namespace}.lease`);
      writeFileSync(script, UDHCPC, { mode: 0o755 });
      const words = ['env', `LEASE=${answer}`, 'busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-t', '20', '-T', '1'];
      await run('ip', inside(words[0] ?? '', ...words.slice(1), '-s', script, '-O', 'staticroutes', '-O', 'mtu'));
      const lines = readFileSync(answer, 'utf8').trim().split('\n');
      return Object.fromEntries(lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]));
    },
    async listen(port, words) {
      const script = `require('node:net').createServer((s) => { s.on('error', () => {});
        s.end(${JSON.stringify(words)} + ' ' + s.remoteAddress.replace('::ffff:', '')) }).listen(${port}, '::')`;
      servers.add(spawn('ip', inside(process.execPath, '-e', script), { stdio: 'inherit' }));
      await waitFor('the listener', () => does('bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`), {
        timeout: 10_000,
        hint: '',
      });
    },
    stop() {
      for (const server of servers) server.kill('SIGKILL');
      return Promise.resolve();
    },
  };
}

/** Configures the interface with what the DHCP server said, and keeps what it said. */
const UDHCPC = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr replace "$ip/$mask" dev "$interface"
if [ -n "$staticroutes" ]; then
  set -- $staticroutes
  while [ $# -ge 2 ]; do ip route replace "$1" via "$2" dev "$interface"; shift 2; done
else
  for one in $router; do ip route replace default via "$one" dev "$interface"; done
fi
for key in ip mask router dns domain serverid lease mtu staticroutes; do
  eval "echo $key=\\$$key"
done >"$LEASE"
`;
