import type { Flavor } from '../../../api/queries/compute.ts';
import type { Image } from '../../../api/queries/image.ts';
import { request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';

type Ref = { id: string; name: string | null };

export const listFlavors: Operation = {
  request: request('GET /compute/v2.1/flavors/detail', { query: { is_public: 'None' } }),
  command: openstack('flavor', 'list', '--all', '--long'),
};

/** Memory in MiB, disk in GiB. */
export const createFlavor = ({
  name,
  vcpus,
  ram,
  disk,
  description,
  everybody,
}: Pick<Flavor, 'name' | 'vcpus' | 'ram' | 'disk'> & { description: string; everybody: boolean }): Operation => ({
  request: request('POST /compute/v2.1/flavors', {
    body: {
      flavor: {
        ...{ name, vcpus, ram, disk },
        ...(description !== '' && { description }),
        ...(!everybody && { 'os-flavor-access:is_public': false }),
      },
    },
  }),
  command: openstack(
    ...['flavor', 'create', '--vcpus', String(vcpus), '--ram', String(ram), '--disk', String(disk)],
    description !== '' && ['--description', description],
    !everybody && '--private',
    name,
  ),
});

/** Servers that were made with it keep their size. */
export const deleteFlavor = (flavor: Ref): Operation => ({
  request: request('DELETE /compute/v2.1/flavors/{flavor_id}', { path: { flavor_id: flavor.id } }),
  command: openstack('flavor', 'delete', flavor.name ?? flavor.id),
});

/** Lets a project use a flavor that not everybody has. */
export const allowFlavor = (flavor: Ref, project: { id: string; name: string }): Operation => ({
  request: request('POST /compute/v2.1/flavors/{flavor_id}/action', {
    path: { flavor_id: flavor.id },
    body: { addTenantAccess: { tenant: project.id } },
  }),
  command: openstack('flavor', 'set', '--project', project.name, flavor.name),
});

export const listImages: Operation = {
  request: request('GET /image/v2/images', { query: { limit: '1000' } }),
  command: openstack('image', 'list', '--long'),
};

/** Who sees an image: everybody, or its project. */
export const setVisibility = (image: Ref, visibility: Image['visibility']): Operation => ({
  request: request('PATCH /image/v2/images/{image_id}', {
    path: { image_id: image.id },
    body: [{ op: 'replace', path: '/visibility', value: visibility }],
  }),
  command: openstack('image', 'set', `--${visibility}`, image.id),
});

export const deleteImage = (image: Ref): Operation => ({
  request: request('DELETE /image/v2/images/{image_id}', { path: { image_id: image.id } }),
  command: openstack('image', 'delete', image.id),
});

export const listNetworks: Operation = {
  request: request('GET /network/v2.0/networks', {}),
  command: openstack('network', 'list', '--long'),
};

/** A network that leads out of the cloud. */
export interface ExternalNetwork {
  name: string;
  /** The name that hosts know the wire by. */
  physical: string;
  /** On a wire with several networks; null without a tag. */
  vlan: number | null;
  /** Whether new routers lead there of themselves. */
  isDefault: boolean;
}

export const createExternal = ({ name, physical, vlan, isDefault }: ExternalNetwork): Operation => ({
  request: request('POST /network/v2.0/networks', {
    body: {
      network: {
        ...{ name, 'router:external': true, ...(isDefault && { is_default: true }) },
        'provider:network_type': vlan === null ? 'flat' : 'vlan',
        'provider:physical_network': physical,
        ...(vlan !== null && { 'provider:segmentation_id': vlan }),
      },
    },
  }),
  command: openstack(
    ...['network', 'create', '--external', isDefault && '--default'],
    ...['--provider-network-type', vlan === null ? 'flat' : 'vlan', '--provider-physical-network', physical],
    vlan !== null && ['--provider-segment', String(vlan)],
    name,
  ),
});

/** Its addresses: those from `first` to `last` are given to routers and as floating IPs. */
export const createExternalSubnet = (
  network: { id: string; name: string },
  { cidr, gateway, first, last }: { cidr: string; gateway: string; first: string; last: string },
): Operation => ({
  request: request('POST /network/v2.0/subnets', {
    body: {
      subnet: {
        ...{ name: network.name, network_id: network.id, ip_version: cidr.includes(':') ? 6 : 4, cidr },
        ...{ enable_dhcp: false, gateway_ip: gateway === '' ? null : gateway },
        ...(first !== '' && { allocation_pools: [{ start: first, end: last }] }),
      },
    },
  }),
  command: openstack(
    ...['subnet', 'create', '--network', network.name, '--subnet-range', cidr, '--no-dhcp'],
    ...['--gateway', gateway === '' ? 'none' : gateway],
    first !== '' && ['--allocation-pool', `start=${first},end=${last}`],
    network.name,
  ),
});

export const deleteNetwork = (network: Ref): Operation => ({
  request: request('DELETE /network/v2.0/networks/{id}', { path: { id: network.id } }),
  command: openstack('network', 'delete', network.id),
});
