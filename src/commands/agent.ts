import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf, OperatorError } from '../core/errors.ts';
import { systemClock } from '../core/clock.ts';
import { isUuid, type HostId } from '../core/ids.ts';
import { createLog, type Level } from '../core/log.ts';
import { runAgent } from '../host/agent.ts';
import { createLoadMeter } from '../host/load.ts';
import { capacityOf } from '../host/capacity.ts';
import { createLink } from '../host/controller-link.ts';
import { readMembership } from '../host/identity/files.ts';
import { keepRenewed, openIdentity } from '../host/identity/identity.ts';
import { openLedger } from '../host/ledger.ts';
import type { LinkOptions } from '../host/line.ts';
import { createRealHost } from '../host/real.ts';
import { createTunnels } from '../host/tunnels.ts';
import { UsageError } from '../machine/options.ts';

const HELP = `Usage: potluck agent --identity DIR [OPTIONS]
       potluck agent --controller URL --host-id UUID --token-file FILE [OPTIONS]

Runs the servers of this machine in the foreground; 'potluck up' and 'potluck join' do this for you. Ending it does not end servers.

  --identity DIR       what 'potluck join' left: this machine's certificate, and where the controller is
  --controller URL     the controller on this machine, such as http://192.0.2.1:5000
  --host-id UUID       by which the controller knows this machine
  --token-file FILE    file with this machine's token, mode 0600
  --state-dir DIR      disks, images and the ledger (default /var/lib/potluck/host)
  --run-dir DIR        sockets (default /run/potluck)
  --accel WHICH        auto, kvm or tcg (default auto: KVM is used if a kernel boots under it)
  --kvm-test-kernel D  directory with the vmlinuz for that proof (default kvm-test beside the state directory)
  --qemu PROGRAM       (default qemu-system-x86_64)
  --qemu-user NAME     the user that QEMU runs as (default potluck-qemu)
  --datapath WHICH     auto, netdev or system: Open vSwitch in a process or in the kernel (default auto)
  --ovs-db ADDRESS     Open vSwitch's database (default unix:/run/openvswitch/db.sock)
  --chassis NAME       name of this machine in OVN (default Open vSwitch's system-id)
  --address ADDRESS    of this machine (default that of the interface with the default route)
  --bridge-mappings L  physical networks of this machine, NAME:BRIDGE by commas (default what OVN was told)
  --log-level LEVEL    debug, info, warn or error (default info)
  -h, --help
`;

/** `potluck agent`: answers when SIGTERM or SIGINT came. */
export async function agent(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { host, link, identity } =
    values.identity === undefined ? await byToken(values) : await byCertificate(values.identity);
  const { controller } = link;
  const log = createLog(values['log-level'] as Level).with({ part: 'agent' });
  const paths = { state: values['state-dir'], run: values['run-dir'] };

  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

  const ledger = await openLedger(paths.state);
  const { drivers, facts, diagnose } = await createRealHost({
    ...{ link, paths, log },
    accel: oneOf('accel', values.accel, ['auto', 'kvm', 'tcg'] as const),
    datapath: oneOf('datapath', values.datapath, ['auto', 'netdev', 'system'] as const),
    kernelDirectory: values['kvm-test-kernel'] ?? join(dirname(paths.state), 'kvm-test'),
    qemu: values.qemu,
    qemuUser: values['qemu-user'],
    ovsDatabase: values['ovs-db'],
    address: values.address ?? null,
    chassis: values.chassis ?? null,
    bridgeMappings: values['bridge-mappings'] ?? null,
  });
  const tunnels = createTunnels({ link, paths, log, diagnose });
  log.info('agent-started', { host, controller });
  if (identity) void keepRenewed(identity, { link, log }, stop.signal);
  await runAgent(
    {
      ...{ host, drivers, ledger, log, link: createLink(link) },
      capacity: () => capacityOf(facts, paths.state),
      load: createLoadMeter(),
      openTunnel: (request) => tunnels.open(request),
      quiet: 100,
    },
    stop.signal,
  );
  tunnels.close();
  log.info('agent-ended');
  // Steps that wait for a guest may still be under way: the next agent takes them up.
  process.exit(0);
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', short: 'h' },
        identity: text,
        controller: text,
        'host-id': text,
        'token-file': text,
        'state-dir': { ...text, default: '/var/lib/potluck/host' },
        'run-dir': { ...text, default: '/run/potluck' },
        accel: { ...text, default: 'auto' },
        'kvm-test-kernel': text,
        qemu: { ...text, default: 'qemu-system-x86_64' },
        'qemu-user': { ...text, default: 'potluck-qemu' },
        datapath: { ...text, default: 'auto' },
        'ovs-db': { ...text, default: 'unix:/run/openvswitch/db.sock' },
        chassis: text,
        address: text,
        'bridge-mappings': text,
        'log-level': { ...text, default: 'info' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error), 'See: potluck agent --help', { cause: error });
  }
}

/** The agent of the controller's own machine: both read one token. */
async function byToken(values: { 'host-id'?: string; controller?: string; 'token-file'?: string }) {
  const host = values['host-id'] ?? '';
  const controller = (values.controller ?? '').replace(/\/+$/, '');
  if (!isUuid(host)) throw new UsageError('--host-id must be a UUID.', 'See: potluck agent --help');
  if (!URL.canParse(controller)) throw new UsageError('--controller must be a URL.', 'See: potluck agent --help');
  const link: LinkOptions = { controller, token: await readToken(values['token-file']) };
  return { host: host as HostId, link, identity: null };
}

/** The agent of a machine that has joined: known by its certificate. */
async function byCertificate(directory: string) {
  const membership = await readMembership(directory);
  if (!membership) {
    throw new OperatorError(`This machine has joined no cloud: nothing is in ${directory}.`, 'Run: potluck join TOKEN');
  }
  const identity = await openIdentity(directory, systemClock);
  const link: LinkOptions = { controller: membership.controller, tls: () => identity.tls() };
  return { host: membership.host, link, identity };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`--${name} is '${value}'.`, `Give one of ${allowed.join(', ')}.`);
  return found;
}

async function readToken(path: string | undefined): Promise<string> {
  if (path === undefined) throw new UsageError('--token-file is missing.', 'See: potluck agent --help');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new OperatorError(`The token cannot be read: ${messageOf(cause)}`, 'Check --token-file.', { cause });
  }
}
