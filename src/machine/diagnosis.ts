import { X509Certificate } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../backup/index.ts';
import { isoSeconds } from '../core/clock.ts';
import { OperatorError, messageOf } from '../core/errors.ts';
import { lookAtJoinedOvn, lookAtMembership } from './joined-diagnosis.ts';
import { CERTIFICATE_LEFT, judgeDatabase } from './database-diagnosis.ts';
import { readDatabaseFacts } from './database-facts.ts';
import { lookAtDisks } from './disk-diagnosis.ts';
import { IDENTITY_FILES } from '../enrolment/identity-files.ts';
import { bad, good, warning, type Finding } from './finding.ts';
import { preflight } from './checks.ts';
import { healthy } from './controller-health.ts';
import type { Machine } from './everything.ts';
import { externalNetworkState } from './external-network.ts';
import { gatherFacts } from './facts.ts';
import { exists, readText } from './files.ts';
import { externalIds, ovnBehind, registeredChassis } from './ovn.ts';
import { missingPackages, neededPackages } from './packages.ts';
import { findProcesses } from './processes.ts';
import { tryRun } from './run.ts';
import { runningServers } from './servers.ts';
import { urlOf } from './settings.ts';

type Look = [string, (machine: Machine) => Promise<Finding[]>];

const JOINED_LOOKS: Look[] = [
  ['OVN', lookAtJoinedOvn],
  ['membership', lookAtMembership],
];

const CLOUD_LOOKS: Look[] = [
  ['OVN', lookAtOvn],
  ["network 'public'", lookAtExternalNetwork],
  ['controller', lookAtController],
];

/** Only root may read what these look at. */
const ofRoot = (place: Place): Look[] => [
  ['database', () => lookAtDatabase(place)],
  ['certificate', lookAtCertificate],
];

/** Looks at everything on this machine, and at the database of its cloud; a look that fails is a finding too. */
export async function diagnose(machine: Machine, place: Place): Promise<Finding[]> {
  const isRoot = process.getuid?.() === 0;
  const looks: Look[] = [
    ['machine', lookAtMachine],
    ['packages', lookAtPackages],
    ['daemons', lookAtDaemons],
    ['disk', ({ paths }) => lookAtDisks([paths.state, place.imageDir ?? paths.controller, paths.log, '/tmp'])],
    ...(machine.settings.role === 'host' ? JOINED_LOOKS : CLOUD_LOOKS),
    ...(isRoot && machine.settings.role !== 'host' ? ofRoot(place) : []),
    ['KVM', lookAtKvm],
    ['leftovers', lookAtLeftovers],
  ];
  const found = await Promise.all(
    looks.map(([what, look]) =>
      look(machine).catch((error: unknown) => {
        const hint = error instanceof OperatorError ? error.hint : 'Run it again as root; else please report it.';
        return [bad(what, messageOf(error), hint)];
      }),
    ),
  );
  return found.flat();
}

async function lookAtMachine({ paths, settings }: Machine): Promise<Finding[]> {
  const facts = await gatherFacts(paths, settings);
  const problems = preflight(facts).map(({ problem, mend }) => bad('machine', problem, mend));
  return [
    ...(problems.length === 0 ? [good('machine', `${facts.os.name}, ${facts.memoryMib} MiB of memory`)] : problems),
    lookAtClock(),
  ];
}

function lookAtClock(): Finding {
  // Tokens carry times; a machine without battery begins in 1970 or at the build of its firmware.
  const year = new Date().getUTCFullYear();
  if (year < 2025) return bad('clock', `It says ${new Date().toISOString()}.`, 'Set it: apt-get install chrony');
  return good('clock', new Date().toISOString());
}

async function lookAtPackages({ supervisor, settings: { role } }: Machine): Promise<Finding[]> {
  const needed = neededPackages({ arch: process.arch, systemd: supervisor.kind === 'systemd', ...(role && { role }) });
  const missing = await missingPackages(needed);
  if (missing.length === 0) return [good('packages', 'all there')];
  return missing.map(({ name, why }) => bad('packages', `${name} is missing, which ${why}`, 'Run: potluck up'));
}

async function lookAtDaemons({ supervisor, engines, daemons }: Machine): Promise<Finding[]> {
  const states = await Promise.all([...engines, ...daemons].map((service) => supervisor.status(service)));
  return states.map(({ name, state, pid, seconds }) => {
    if (state !== 'running') return bad(name, `is ${state}`, `Run: potluck up. Why it ended: potluck logs ${name}`);
    if (seconds !== null && seconds < 5) {
      return warning(
        name,
        `was started ${seconds} s ago`,
        `If it says so again, it keeps ending: potluck logs ${name}`,
      );
    }
    return good(name, `runs, pid ${pid ?? '?'}`);
  });
}

async function lookAtOvn(): Promise<Finding[]> {
  const ids = await externalIds();
  const chassis = ids['system-id'];
  if (chassis === undefined) {
    return [bad('Open vSwitch', 'does not answer, or does not know who it is', 'Run: potluck up')];
  }
  const known = (await registeredChassis()).includes(chassis);
  const behind = await ovnBehind();
  return [
    good('Open vSwitch', `answers, and is ${chassis}`),
    known
      ? good('OVN', 'knows this machine')
      : bad('OVN', 'does not know this machine', 'ovn-controller registers it: potluck logs ovn-controller'),
    behind === null
      ? good('OVN', 'what is intended is carried out')
      : bad('OVN', behind, 'See: potluck logs ovn-northd, potluck logs ovn-controller'),
  ];
}

async function lookAtExternalNetwork({ settings, paths }: Machine): Promise<Finding[]> {
  const state = await externalNetworkState(settings);
  const mend = `Run: ${paths.bin}/external-network (or potluck up)`;
  const what = "network 'public'";
  const findings = [
    ...(state.up ? [] : [bad(what, 'br-ex is not there or not up', mend)]),
    ...(state.address ? [] : [bad(what, `br-ex does not have ${settings.publicCidr}`, mend)]),
    ...(state.forwarding ? [] : [bad(what, 'this machine does not forward IPv4', mend)]),
    ...(state.nat ? [] : [bad(what, 'the firewall table potluck is gone, so servers do not reach the world', mend)]),
  ];
  const drops = await otherFirewall();
  return [
    ...(findings.length === 0
      ? [good(what, `this machine is ${settings.publicCidr}, forwards and translates`)]
      : findings),
    ...(drops === null
      ? []
      : [
          warning(
            what,
            drops,
            'Let it through there, for Docker: iptables -I DOCKER-USER -i br-ex -j ACCEPT; … -o br-ex …',
          ),
        ]),
  ];
}

/** A drop in any other table wins over our accept: nftables asks every table. */
async function otherFirewall(): Promise<string | null> {
  const { stdout } = await tryRun('nft', ['list', 'chains']);
  const chain = /table (\S+ \S+) \{\s(?:(?!\ntable)[\s\S])*?hook forward [^}]*policy drop/.exec(stdout);
  return chain ? `the firewall table '${chain[1]}' drops what is forwarded` : null;
}

async function lookAtController({ settings }: Machine): Promise<Finding[]> {
  const url = urlOf(settings);
  if (!(await healthy(settings))) {
    return [bad('controller', `${url}/healthz does not answer`, 'Run: potluck up. Why: potluck logs controller')];
  }
  return [good('controller', `${url} answers`)];
}

/** What the database says of the cloud and of itself; a controller need not run. */
export async function lookAtDatabase(place: Place): Promise<Finding[]> {
  return judgeDatabase(await readDatabaseFacts(place), Date.now());
}

/** The certificate that the controller and OVN's databases show to other machines; the controller renews it. */
async function lookAtCertificate({ paths }: Machine): Promise<Finding[]> {
  const text = await readText(join(paths.controller, 'tls', IDENTITY_FILES.certificate));
  if (text === null) return [];
  const until = Date.parse(new X509Certificate(text).validTo);
  const words = `that of the controller is good until ${isoSeconds(until)}`;
  return [
    until - Date.now() > CERTIFICATE_LEFT
      ? good('certificate', words)
      : warning('certificate', `${words}, and was not renewed`, 'Is the clock right? Then: potluck logs controller'),
  ];
}

async function lookAtKvm({ paths, settings }: Machine): Promise<Finding[]> {
  if (settings.accel !== 'auto') return [good('KVM', `--accel ${settings.accel} was given`)];
  if (!(await exists('/dev/kvm'))) {
    const mend = 'Switch virtualisation on in the firmware (VT-x, AMD-V), or load kvm_intel or kvm_amd.';
    return [warning('KVM', 'there is no /dev/kvm: servers are emulated and slow', mend)];
  }
  // The agent writes its verdict beside its ledger.
  for (const name of await readdir(paths.host).catch(() => [])) {
    if (!/^accel/.test(name)) continue;
    const text = (await readText(`${paths.host}/${name}`)) ?? '{}';
    const { verdict } = JSON.parse(text) as { verdict?: { accel: string; reason: string } };
    if (verdict?.accel === 'kvm') return [good('KVM', verdict.reason)];
    if (verdict)
      return [warning('KVM', verdict.reason, 'Nested virtualisation is the usual culprit; real hardware helps.')];
  }
  return [warning('KVM', 'the agent has not tried it yet', 'Look again in half a minute; else: potluck logs agent')];
}

async function lookAtLeftovers({ paths }: Machine): Promise<Finding[]> {
  const servers = await runningServers(paths);
  const known = new Set(await readdir(`${paths.host}/servers`).catch(() => []));
  const strays = servers.filter(({ server }) => !known.has(server));
  const supervisors = await findProcesses((words) => words[0] === 'runsvdir' && words.includes(paths.sv));
  return [
    ...strays.map(({ pid, server }) =>
      warning(
        'leftovers',
        `QEMU ${pid} runs server ${server}, which has no disk here`,
        `The agent should end it: potluck logs agent. By hand: kill ${pid}`,
      ),
    ),
    ...(supervisors.length > 1
      ? [
          warning(
            'leftovers',
            `${supervisors.length} runsvdir watch ${paths.sv}`,
            `End all but one: kill ${supervisors.slice(1).join(' ')}`,
          ),
        ]
      : []),
    ...(strays.length === 0 && supervisors.length <= 1 ? [good('leftovers', 'none')] : []),
  ];
}
