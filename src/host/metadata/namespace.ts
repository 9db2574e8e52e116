import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Server } from 'node:net';
import { join } from 'node:path';
import { OperatorError } from '../../core/errors.ts';
import type { HostNetwork } from '../document.ts';
import { exec } from '../exec.ts';
import { isolate } from '../ports/index.ts';
import { aliasOf, hasDevice } from '../ports/devices.ts';

/** The namespace of a network and its pair of devices: `outer` on the switch, `inner` in the namespace. */
export interface Namespace {
  name: string;
  outer: string;
  inner: string;
}

export const METADATA_ADDRESS = '169.254.169.254';
/** The same for IPv6, as Nova has it. */
const METADATA_ADDRESS_6 = 'fe80::a9fe:a9fe/64';

export function namespaceOf(network: string): Namespace {
  const short = network.slice(0, 11);
  return { name: `potluck-${short}`, outer: `plo${short}`, inner: `pli${short}` };
}

/** The id's beginning, from the name of an outer device. */
export const shortOf = (outer: string) => outer.replace(/^plo/, '');

/** Makes namespace and devices, or mends what is missing of them. */
export async function makeNamespace(network: HostNetwork): Promise<Namespace> {
  const at = namespaceOf(network.id);
  const { mac, cidrs } = network.metadataPort;
  if (!existsSync(`/run/netns/${at.name}`)) await exec('ip', ['netns', 'add', at.name]);
  if (!hasDevice(at.outer)) {
    const peer = ['peer', 'name', at.inner, 'address', mac, 'netns', at.name];
    await exec('ip', ['link', 'add', 'dev', at.outer, 'type', 'veth', ...peer]);
  }
  isolate(at.outer);
  const alias = aliasOf('metadata');
  await exec('ip', ['link', 'set', 'dev', at.outer, 'mtu', String(network.mtu), 'alias', alias, 'up']);
  const lines = [
    'link set dev lo up',
    `link set dev ${at.inner} address ${mac} mtu ${network.mtu} up`,
    ...[...cidrs, `${METADATA_ADDRESS}/32`].map((cidr) => `addr replace ${cidr} dev ${at.inner}${nodad(cidr)}`),
  ];
  await exec('ip', ['-n', at.name, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  // A kernel without IPv6 is no reason to have no metadata.
  const six = ['-n', at.name, 'addr', 'replace', METADATA_ADDRESS_6, 'dev', at.inner, 'nodad'];
  await exec('ip', six).catch(() => undefined);
  // The userspace datapath passes packets on as they are: nobody would fill in a checksum left to the "hardware".
  await exec('ip', ['netns', 'exec', at.name, 'ethtool', '-K', at.inner, 'tx', 'off', 'tso', 'off', 'gso', 'off']);
  return at;
}

export async function removeNamespace({ name, outer }: Namespace): Promise<void> {
  if (hasDevice(outer)) await exec('ip', ['link', 'del', 'dev', outer]);
  if (existsSync(`/run/netns/${name}`)) await exec('ip', ['netns', 'del', name]);
}

/** A listening socket on port 80 inside the namespace. */
export function listenIn(at: Namespace, port = 80): Promise<Server> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, 'listen-in-netns.ts');
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', script, at.inner, String(port)];
    const child = spawn('ip', ['netns', 'exec', at.name, ...node], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (words += text));
    child.on('message', (_, handle) => {
      clearTimeout(timer);
      if (handle instanceof Server) resolve(handle);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      reject(
        new OperatorError(
          `Guest metadata cannot be served in ${at.name}: ${words.trim() || 'no socket came'}`,
          'If another program listens there (an agent that has not ended?), end it.',
        ),
      );
    });
  });
}

function nodad(cidr: string): string {
  return cidr.includes(':') ? ' nodad' : '';
}
