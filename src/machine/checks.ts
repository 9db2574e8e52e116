import { overlap, parseCidr } from './addresses.ts';

/** What is known of a machine before anything is done to it. Collected by facts.ts. */
export interface Facts {
  uid: number;
  /** From /etc/os-release. */
  os: { id: string; version: string; name: string };
  /** As Node names it: x64, arm64. */
  arch: string;
  memoryMib: number;
  /** Free space where the state will be. */
  diskFreeMib: number;
  stateDir: string;
  tun: boolean;
  /** Whether our controller answers on the port already. */
  ourPort: boolean;
  port: number;
  /** The program that holds the API port, `nginx (pid 12)`; null if it is free. */
  portHolder: string | null;
  /** The same of the port on which machines join. */
  agentPort: number;
  agentPortHolder: string | null;
  publicCidrs: string[];
  /** Networks that this machine reaches by other interfaces than ours, with their interface. */
  routes: { cidr: string; device: string }[];
  /** Address of the southbound database this machine's ovn-controller uses already; null if it uses none. */
  ovnRemote: string | null;
}

export interface Problem {
  problem: string;
  mend: string;
}

const MIN_MEMORY_MIB = 1900;
const MIN_DISK_MIB = 5 * 1024;
const OUR_REMOTES = ['unix:/run/ovn/ovnsb_db.sock', 'unix:/var/run/ovn/ovnsb_db.sock'];

/** Everything that keeps this machine from becoming a cloud, with what to do about it. Empty if nothing does. Pure. */
export function preflight(facts: Facts): Problem[] {
  return [
    ...system(facts),
    ...(facts.memoryMib < MIN_MEMORY_MIB
      ? [
          {
            problem: `This machine has ${facts.memoryMib} MiB of memory; Potluck and a few small servers need 2 GiB.`,
            mend: 'Add memory, or use another machine.',
          },
        ]
      : []),
    ...(facts.diskFreeMib < MIN_DISK_MIB
      ? [
          {
            problem: `Only ${facts.diskFreeMib} MiB are free for ${facts.stateDir}; 5 GiB are needed for a start.`,
            mend: 'Free some space (apt-get clean may help), or choose another disk with --state-dir.',
          },
        ]
      : []),
    ...network(facts),
  ];
}

function system(facts: Facts): Problem[] {
  const problems: Problem[] = [];
  if (facts.uid !== 0) {
    problems.push({ problem: 'This changes the machine and needs root.', mend: 'Run it again with sudo.' });
  }
  if (facts.os.id !== 'debian' || !['12', '13'].includes(facts.os.version)) {
    problems.push({
      problem: `This is ${facts.os.name}; Potluck knows Debian 12 (bookworm) and 13 (trixie).`,
      mend: 'Install one of them on this machine, or in a virtual machine with nested virtualisation.',
    });
  }
  if (!['x64', 'arm64'].includes(facts.arch)) {
    problems.push({
      problem: `This machine's processor is ${facts.arch}; Potluck knows x86-64 and 64-bit ARM.`,
      mend: 'Use another machine.',
    });
  }
  if (!facts.tun) {
    problems.push({
      problem: 'There is no /dev/net/tun, so no network interfaces for servers can be made.',
      mend: 'Load it with `modprobe tun`; in a container, let its manager pass the device in.',
    });
  }
  return problems;
}

function network(facts: Facts): Problem[] {
  const problems: Problem[] = [];
  if (facts.portHolder !== null && !facts.ourPort) {
    problems.push({
      problem: `Port ${facts.port} is taken by ${facts.portHolder}.`,
      mend: 'Stop that program, or choose another port with --port.',
    });
  }
  if (facts.agentPortHolder !== null) {
    problems.push({
      problem: `Port ${facts.agentPort}, on which other machines join, is taken by ${facts.agentPortHolder}.`,
      mend: 'Stop that program, or choose another port with --agent-port.',
    });
  }
  for (const text of facts.publicCidrs) {
    const ours = parseCidr(text);
    const taken = facts.routes.find(({ cidr }) => {
      const other = parseCidr(cidr);
      return ours && other && other.prefix > 0 && overlap(ours, other);
    });
    if (taken) {
      problems.push({
        problem: `The network 'public' would be ${text}, but ${taken.cidr} is already reached by ${taken.device}.`,
        mend: 'Choose a network that nobody uses here with --public-cidr (IPv4) or --public-cidr6.',
      });
    }
  }
  if (facts.ovnRemote !== null && !OUR_REMOTES.includes(facts.ovnRemote)) {
    problems.push({
      problem: `This machine belongs to another OVN already (${facts.ovnRemote}).`,
      mend: 'Use another machine, or take it out of that one: ovs-vsctl remove Open_vSwitch . external_ids ovn-remote',
    });
  }
  return problems;
}
