import { readdirSync } from 'node:fs';
import type { Api } from '../support/api.ts';
import { lines, matching, VICTIMS } from './processes.ts';

/** Everything on this machine and in the databases that exists because of servers: names, sorted. */
export type Inventory = Record<string, string[]>;

export async function takeInventory(admin: Api): Promise<Inventory> {
  const qemu = matching(VICTIMS.qemu ?? /^$/).map(({ command }) => /-uuid (\S+)/.exec(command)?.[1] ?? command);
  const { ports } = await admin.call<{
    ports: { id: string; device_owner: string; fixed_ips: { ip_address: string }[] }[];
  }>('GET', `${admin.url('network')}/ports`);
  const { servers } = await admin.call<{ servers: { id: string }[] }>(
    'GET',
    `${admin.url('compute')}/servers?all_tenants=1`,
  );
  const interfaces = lines(
    'ovs-vsctl',
    '--timeout=10',
    '--bare',
    '--columns=name',
    'find',
    'Interface',
    'external_ids:potluck=port',
  );
  const inventory = {
    servers: servers.map((server) => server.id),
    qemu,
    taps: lines('ip', '-o', 'link').flatMap((line) => /^\d+: (tap[^:@]+)/.exec(line)?.[1] ?? []),
    ovsPorts: interfaces,
    networkNamespaces: lines('ip', 'netns', 'list').map((line) => line.split(' ')[0] ?? ''),
    diskDirectories: readdirSync('/var/lib/potluck/host/servers'),
    ports: ports.map((port) => `${port.id} ${port.device_owner}`),
    addresses: ports.flatMap((port) => port.fixed_ips.map((ip) => ip.ip_address)),
    ovnPorts: lines('ovn-nbctl', '--timeout=10', '--bare', '--columns=name', 'list', 'Logical_Switch_Port'),
    ovnNat: lines('ovn-nbctl', '--timeout=10', '--bare', '--columns=external_ip,logical_ip', 'list', 'NAT'),
  };
  return Object.fromEntries(Object.entries(inventory).map(([name, items]) => [name, items.toSorted()]));
}

/** What is in `after` and was not in `before`, and what has gone. */
export function difference(before: Inventory, after: Inventory): string[] {
  return Object.keys(after).flatMap((name) => {
    const had = before[name] ?? [];
    const has = after[name] ?? [];
    return [
      ...has.filter((item) => !had.includes(item)).map((item) => `left over in ${name}: ${item}`),
      ...had.filter((item) => !has.includes(item)).map((item) => `lost from ${name}: ${item}`),
    ];
  });
}
