import type { Network, Port } from '../../../api/queries/network.ts';
import { request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';
import { nameOf } from '../../../parts/format.ts';
import type { PortMembers } from './input.ts';

export const showPort = (id: string): Operation => ({
  request: request('GET /network/v2.0/ports/{id}', { path: { id } }),
  command: openstack('port', 'show', id),
});

type Words = readonly (readonly string[] | false)[];

/** The options of `port create` and `port set` alike; a list that is replaced is emptied first. */
function options(members: PortMembers, replaced: boolean): Words {
  const { fixed_ips: ips, security_groups: groups, allowed_address_pairs: pairs } = members;
  const empty = (option: string, list: readonly unknown[] | undefined) =>
    list !== undefined && (replaced || list.length === 0) && [option];
  return [
    members.description !== undefined && ['--description', members.description],
    replaced && empty('--no-fixed-ip', ips),
    ...(ips ?? []).map((ip) => [
      '--fixed-ip',
      ip.subnet_id === undefined ? `ip-address=${ip.ip_address}` : `subnet=${ip.subnet_id}`,
    ]),
    members.port_security_enabled !== undefined && [
      members.port_security_enabled ? '--enable-port-security' : '--disable-port-security',
    ],
    empty('--no-security-group', groups),
    ...(groups ?? []).map((group) => ['--security-group', group]),
    replaced && empty('--no-allowed-address', pairs),
    ...(pairs ?? []).map(({ ip_address: ip, mac_address: mac }) => [
      '--allowed-address',
      `ip-address=${ip}${mac === undefined ? '' : `,mac-address=${mac}`}`,
    ]),
  ];
}

export const createPort = (network: Pick<Network, 'id' | 'name'>, members: PortMembers): Operation => ({
  request: request('POST /network/v2.0/ports', { body: { port: { network_id: network.id, ...members } } }),
  command: openstack(
    ...['port', 'create'],
    ['--network', nameOf(network)],
    ...options(members, false),
    members.name ?? 'port',
  ),
});

/** Only what is in `members` changes. */
export const changePort = (port: Pick<Port, 'id' | 'name'>, members: PortMembers): Operation => ({
  request: request('PUT /network/v2.0/ports/{id}', { path: { id: port.id }, body: { port: members } }),
  command: openstack(
    ...['port', 'set'],
    members.name !== undefined && ['--name', members.name],
    ...options(members, true),
    port.id,
  ),
});
