import type { HostDocument } from '../document.ts';
import { exec } from '../exec.ts';
import { linkLocal } from './addresses.ts';
import type { Namespace } from './namespace.ts';

/** Every address a guest of the network answers from, and its MAC address. */
export function neighboursOf(document: HostDocument, network: string): Map<string, string> {
  const ports = document.servers.flatMap((server) => server.ports.filter((port) => port.networkId === network));
  return new Map(
    ports.flatMap((port) => [
      ...port.addresses.map(({ address }): [string, string] => [address, port.mac]),
      [linkLocal(port.mac), port.mac],
    ]),
  );
}

/** The `ip` commands that lead from the entries there are to those there should be. */
export function neighbourCommands(
  device: string,
  has: ReadonlyMap<string, string>,
  wants: ReadonlyMap<string, string>,
) {
  return [
    ...[...has.keys()].filter((address) => !wants.has(address)).map((address) => `neigh del ${address} dev ${device}`),
    ...[...wants]
      .filter(([address, mac]) => has.get(address) !== mac)
      .map(([address, mac]) => `neigh replace ${address} lladdr ${mac} dev ${device} nud permanent`),
  ];
}

/**
 * Tells the namespace who its guests are, so that it never asks: a server that gets the address of one that was just
 * deleted would otherwise wait half a minute for its metadata, until the kernel gives up the old MAC address.
 */
export async function setNeighbours(at: Namespace, has: Map<string, string> | null, wants: Map<string, string>) {
  // Entries of an earlier agent are unknown to this one.
  if (has === null) await exec('ip', ['-n', at.name, 'neigh', 'flush', 'dev', at.inner, 'nud', 'permanent']);
  const commands = neighbourCommands(at.inner, has ?? new Map(), wants);
  if (commands.length > 0) await exec('ip', ['-n', at.name, '-batch', '-'], { input: `${commands.join('\n')}\n` });
}
