import { statfs } from 'node:fs/promises';
import { arch } from 'node:os';
import { dirname } from 'node:path';
import type { Facts } from './checks.ts';
import { EXTERNAL_BRIDGE } from './external-network.ts';
import { exists, readText } from './files.ts';
import { INTEGRATION_BRIDGE, externalIds } from './ovn.ts';
import type { Paths } from './paths.ts';
import { tryRun } from './run.ts';
import { agentPortOf, type Settings } from './settings.ts';

/** Collects what the checks need to know. Changes nothing. */
export async function gatherFacts(paths: Paths, settings: Settings): Promise<Facts> {
  const agentPort = agentPortOf(settings);
  const [os, memory, diskFreeMib, portHolder, agentHolder, routes, ids] = await Promise.all([
    osRelease(),
    readText('/proc/meminfo'),
    freeMib(paths.state),
    holderOf(settings.port),
    holderOf(agentPort),
    otherRoutes(),
    externalIds(),
  ]);
  const cloud = settings.role !== 'host';
  return {
    uid: process.getuid?.() ?? -1,
    os,
    arch: arch(),
    memoryMib: Math.floor(Number(/MemTotal:\s+(\d+)/.exec(memory ?? '')?.[1] ?? 0) / 1024),
    diskFreeMib,
    stateDir: paths.state,
    tun: await exists('/dev/net/tun'),
    // By its command line and not by its answer: a busy controller may take long to give one.
    ourPort: portHolder !== null && (await isController(portHolder.pid, paths)),
    port: settings.port,
    portHolder: cloud ? (portHolder?.words ?? null) : null,
    agentPort,
    agentPortHolder:
      !cloud || agentHolder === null || (await isController(agentHolder.pid, paths)) ? null : agentHolder.words,
    publicCidrs: cloud ? [settings.publicCidr, settings.publicCidr6] : [],
    routes,
    ovnRemote: cloud || !/^ssl:/.test(ids['ovn-remote'] ?? '') ? (ids['ovn-remote'] ?? null) : null,
  };
}

async function osRelease(): Promise<Facts['os']> {
  const text = (await readText('/etc/os-release')) ?? '';
  const value = (key: string) => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { id: value('ID'), version: value('VERSION_ID'), name: value('PRETTY_NAME') || 'an unknown system' };
}

/** Free MiB on the disk where a directory is, or will be. */
export async function freeMib(directory: string): Promise<number> {
  let place = directory;
  while (!(await exists(place)) && place !== '/') place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  return Math.floor((bavail * bsize) / 1024 / 1024);
}

/** Who listens on a TCP port, in words `nginx (pid 12)`; null if nobody does. */
async function holderOf(port: number): Promise<{ words: string; pid: string | null } | null> {
  const listed = await tryRun('ss', ['-Hltnp', `sport = :${port}`]);
  if (listed.stdout.trim() === '') return null;
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(listed.stdout) ?? [];
  if (name === undefined || pid === undefined) return { words: 'another program', pid: null };
  return { words: `${name} (pid ${pid})`, pid };
}

/** Whether a process is the controller that works on this state. */
async function isController(pid: string | null, paths: Paths): Promise<boolean> {
  const words = pid === null ? [] : ((await readText(`/proc/${pid}/cmdline`)) ?? '').split('\0');
  return words.includes('controller') && words.includes(paths.controller);
}

async function otherRoutes(): Promise<Facts['routes']> {
  const [four, six] = await Promise.all([
    tryRun('ip', ['-4', 'route', 'show', 'table', 'main']),
    tryRun('ip', ['-6', 'route', 'show', 'table', 'main']),
  ]);
  return `${four.stdout}\n${six.stdout}`.split('\n').flatMap((line) => {
    const [, cidr, device] = /^(\S+\/\d+) .*?\bdev (\S+)/.exec(line) ?? [];
    const ours = device === EXTERNAL_BRIDGE || device === INTEGRATION_BRIDGE;
    return cidr === undefined || device === undefined || ours ? [] : [{ cidr, device }];
  });
}
