import { rm } from 'node:fs/promises';
import { OperatorError } from '../core/errors.ts';
import { exists, writeWhole } from './files.ts';
import { lastWords, run, tryRun } from './run.ts';

export interface Package {
  name: string;
  why: string;
}

export interface PackageNeeds {
  arch: string;
  systemd: boolean;
  /** `host` for a machine that joins another's cloud. */
  role?: 'host';
}

/** The Debian packages that a machine needs, each with its reason. Pure. */
export function neededPackages({ arch, systemd, role }: PackageNeeds): Package[] {
  const all = packagesOfACloud(arch === 'arm64', systemd);
  return role === 'host' ? all.filter(({ name }) => !OF_CONTROLLERS.has(name)) : all;
}

/** What only the machine with the controller and the way out needs. */
const OF_CONTROLLERS = new Set(['ovn-central', 'nftables', 'openssh-client', 'python3-openstackclient', 'xz-utils']);

function packagesOfACloud(arm: boolean, systemd: boolean): Package[] {
  return [
    { name: arm ? 'qemu-system-arm' : 'qemu-system-x86', why: 'runs the servers' },
    ...(arm ? [{ name: 'qemu-efi-aarch64', why: 'firmware of the servers' }] : []),
    { name: 'qemu-utils', why: 'makes and inspects disks' },
    { name: 'openvswitch-switch', why: 'connects the servers' },
    { name: 'ovn-central', why: 'decides how they are connected' },
    { name: 'ovn-host', why: 'carries it out on this machine' },
    { name: 'nftables', why: 'translates addresses towards the world' },
    { name: 'iproute2', why: 'sets up interfaces' },
    { name: 'ethtool', why: 'turns checksum offload off where nobody would complete it' },
    { name: 'kmod', why: "loads the kernel's openvswitch module where there is one" },
    { name: 'procps', why: 'sets kernel parameters' },
    { name: 'openssh-client', why: 'makes the first key pair and tries the first server' },
    { name: 'python3-openstackclient', why: 'the `openstack` command' },
    { name: 'genisoimage', why: 'makes config drives' },
    { name: 'xz-utils', why: 'packs guest images' },
    { name: 'e2fsprogs', why: 'makes file systems of guest images' },
    { name: 'ca-certificates', why: 'downloads over TLS' },
    ...(systemd ? [] : [{ name: 'runit', why: 'keeps the daemons running without systemd' }]),
  ];
}

/** Which of these are not installed. */
export async function missingPackages(packages: readonly Package[]): Promise<Package[]> {
  const asked = await tryRun('dpkg-query', [
    '-W',
    '-f=${Package} ${db:Status-Status}\n',
    ...packages.map(({ name }) => name),
  ]);
  const installed = new Set(
    asked.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter(({ name }) => !installed.has(name));
}

const APT = ['-y', '-q', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=120'];
const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };

/**
 * Installs packages. Downloads everything before it changes anything, so that a machine without network is refused
 * and not left half-installed.
 */
export async function installPackages(
  missing: readonly Package[],
  systemd: boolean,
  detail: (text: string) => void,
): Promise<void> {
  const names = missing.map(({ name }) => name);
  detail('updating the list of packages');
  const lists = await tryRun('apt-get', ['update', '-q', '-o', 'Acquire::Retries=2'], {
    timeout: 180_000,
    env: ENVIRONMENT,
  });
  detail(`downloading ${names.join(', ')}`);
  const download = await tryRun('apt-get', ['install', '--download-only', ...APT, ...names], {
    timeout: 1_200_000,
    env: ENVIRONMENT,
    onLine: (line) => /^Get:\d+/.test(line) && detail(`downloading ${line.split(' ')[4] ?? ''}`),
  });
  if (download.code !== 0) {
    throw new OperatorError(
      `apt-get cannot get ${names.join(', ')}; nothing was installed.`,
      `${lastWords(download)}\n${lists.code === 0 ? '' : `${lastWords(lists)}\n`}Check that this machine reaches its package mirror: apt-get update`,
    );
  }
  await withPolicy(systemd, async () => {
    const installed = await tryRun('apt-get', ['install', ...APT, ...names], {
      timeout: 1_200_000,
      env: ENVIRONMENT,
      onLine: (line) => /^(Unpacking|Setting up) /.test(line) && detail(line.split(' (')[0] ?? line),
    });
    if (installed.code !== 0) {
      throw new OperatorError(
        'apt-get could not install the packages.',
        `${lastWords(installed)}\nMend what it says (dpkg --configure -a often does), then run \`potluck up\` again.`,
      );
    }
  });
}

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_MARK = 'Written by `potluck up` for the time of an installation';

/**
 * Keeps package scripts from starting daemons during the installation: without systemd nobody would watch them, and
 * our supervisor starts them right after. A policy of the machine's owner is left alone; one of ours that a kill left
 * behind is removed. See invoke-rc.d(8).
 */
async function withPolicy(systemd: boolean, work: () => Promise<void>): Promise<void> {
  const write = !systemd && !(await foreignPolicy());
  if (write) await writeWhole(POLICY, `#!/bin/sh\n# ${POLICY_MARK}.\nexit 101\n`, 0o755);
  try {
    await work();
  } finally {
    if (write) await rm(POLICY, { force: true });
  }
}

async function foreignPolicy(): Promise<boolean> {
  return (await exists(POLICY)) && !(await run('cat', [POLICY])).includes(POLICY_MARK);
}
