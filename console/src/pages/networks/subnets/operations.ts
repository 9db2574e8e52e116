import type { Network, Subnet } from '../../../api/queries/network.ts';
import { request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';
import { nameOf } from '../../../parts/format.ts';
import type { SubnetMembers } from './input.ts';

type Named = Pick<Network, 'id' | 'name'>;
type Words = readonly (readonly string[] | false | undefined)[];

/** The options of `subnet create` and `subnet set` alike; a list that is replaced is emptied first. */
function options(members: SubnetMembers, replaced: boolean): Words {
  const { gateway_ip: gateway, enable_dhcp: dhcp, dns_nameservers: dns } = members;
  const { allocation_pools: pools, host_routes: routes } = members;
  return [
    gateway !== undefined && ['--gateway', gateway ?? 'none'],
    dhcp !== undefined && [dhcp ? '--dhcp' : '--no-dhcp'],
    replaced && dns && ['--no-dns-nameservers'],
    dns?.flatMap((one) => ['--dns-nameserver', one]),
    replaced && pools && ['--no-allocation-pool'],
    pools?.flatMap(({ start, end }) => ['--allocation-pool', `start=${start},end=${end}`]),
    replaced && routes && ['--no-host-route'],
    routes?.flatMap(({ destination, nexthop }) => ['--host-route', `destination=${destination},gateway=${nexthop}`]),
  ];
}

/** Without `dns_nameservers` machines on it are told those of the cloud. */
export function createSubnet(
  network: Named,
  { name, cidr, version, ...members }: { name: string; cidr: string; version: 4 | 6 } & SubnetMembers,
): Operation {
  // Routers tell addresses of IPv6 by themselves; where none are to be told, there is no such way.
  const told = version === 6 && members.enable_dhcp !== false;
  const six = told ? ({ ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' } as const) : {};
  return {
    request: request('POST /network/v2.0/subnets', {
      body: { subnet: { network_id: network.id, name, cidr, ip_version: version, ...six, ...members } },
    }),
    command: openstack(
      'subnet',
      'create',
      ['--network', nameOf(network)],
      ['--subnet-range', cidr],
      version === 6 && ['--ip-version', '6'],
      told && ['--ipv6-ra-mode', 'slaac', '--ipv6-address-mode', 'slaac'],
      ...options(members, false),
      name,
    ),
  };
}

/** Only what is in `members` changes. */
export const changeSubnet = (subnet: Pick<Subnet, 'id' | 'name'>, members: SubnetMembers): Operation => ({
  request: request('PUT /network/v2.0/subnets/{id}', { path: { id: subnet.id }, body: { subnet: members } }),
  command: openstack('subnet', 'set', ...options(members, true), subnet.id),
});

export const deleteSubnet = (subnet: Pick<Subnet, 'id' | 'name'>): Operation => ({
  request: request('DELETE /network/v2.0/subnets/{id}', { path: { id: subnet.id } }),
  command: openstack('subnet', 'delete', nameOf(subnet)),
});
