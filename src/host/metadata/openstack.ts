import { randomBytes } from 'node:crypto';
import type { HostAddress, HostServer } from '../document.ts';
import type { TaggedDevice } from './devices.ts';
import { tapName } from '../qemu/hardware.ts';

/**
 * Versions of Nova's metadata format, oldest first, each named by the day it was made. Source:
 * https://docs.openstack.org/nova/latest/user/metadata.html
 */
export const OPENSTACK_VERSIONS = [
  ...['2012-08-10', '2013-04-04', '2013-10-17', '2015-10-15', '2016-06-30', '2016-10-06'],
  ...['2017-02-22', '2018-08-27', '2020-10-14'],
] as const;

/** What each version added. */
const RANDOM_SEED = '2013-04-04';
const VENDOR_DATA = '2013-10-17';
const NETWORK_DATA = '2015-10-15';
const DEVICES = '2016-06-30';
const VENDOR_DATA2 = '2016-10-06';
const DEDICATED_CPUS = '2020-10-14';

/** The domain that Nova puts behind a server's host name. */
const DOMAIN = 'novalocal';

export const fullHostname = (server: HostServer) => `${server.metadata.hostname}.${DOMAIN}`;

export interface RenderOptions {
  /** The password goes only onto the config drive, which nobody else on the network can ask for. */
  withPassword: boolean;
  devices?: readonly TaggedDevice[];
  /** 512 random bytes; given, so that tests know them. */
  seed?: Buffer;
}

/** The files of one version by name, in the order Nova lists them. */
export function openstackFiles(server: HostServer, version: string, options: RenderOptions): Map<string, Buffer> {
  const since = (first: string) => version === 'latest' || version >= first;
  const files = new Map<string, Buffer>();
  files.set('meta_data.json', json(metaData(server, since, options)));
  const data = userData(server);
  if (data) files.set('user_data', data);
  if (since(RANDOM_SEED) && !options.withPassword) files.set('password', Buffer.alloc(0));
  if (since(VENDOR_DATA)) files.set('vendor_data.json', json({}));
  if (since(NETWORK_DATA)) files.set('network_data.json', json(networkData(server)));
  if (since(VENDOR_DATA2)) files.set('vendor_data2.json', json({ static: {} }));
  return files;
}

/** What the user gave as user data, decoded. */
export function userData(server: HostServer): Buffer | null {
  return server.metadata.userData === null ? null : Buffer.from(server.metadata.userData, 'base64');
}

function metaData(server: HostServer, since: (version: string) => boolean, options: RenderOptions) {
  const { metadata } = server;
  const sshKeys = metadata.keys.filter((key) => key.type === 'ssh');
  return {
    uuid: server.id,
    ...(Object.keys(metadata.meta).length > 0 && { meta: metadata.meta }),
    ...(options.withPassword && metadata.adminPassword !== null && { admin_pass: metadata.adminPassword }),
    ...(sshKeys.length > 0 && { public_keys: Object.fromEntries(sshKeys.map((key) => [key.name, key.data])) }),
    ...(metadata.keys.length > 0 && { keys: metadata.keys.map(({ name, type, data }) => ({ name, type, data })) }),
    hostname: fullHostname(server),
    name: metadata.name,
    launch_index: metadata.launchIndex,
    availability_zone: metadata.availabilityZone,
    ...(since(RANDOM_SEED) && { random_seed: (options.seed ?? randomBytes(512)).toString('base64') }),
    ...(since(NETWORK_DATA) && { project_id: metadata.projectId }),
    ...(since(DEVICES) && { devices: options.devices ?? [] }),
    ...(since(DEDICATED_CPUS) && { dedicated_cpus: [] }),
  };
}

interface Route {
  network: string;
  netmask: string;
  gateway: string;
}

/** Links, networks and services, as the schema `doc/api_schemas/network_data.json` of Nova has them. */
export function networkData(server: HostServer) {
  const links = server.ports.map((port) => ({
    id: tapName(port.id),
    vif_id: port.id,
    type: 'ovs',
    mtu: port.mtu,
    ethernet_mac_address: port.mac,
  }));
  const networks = server.ports.flatMap((port) =>
    port.addresses.map((address) => ({ address, link: tapName(port.id), network_id: port.networkId })),
  );
  const nameservers = new Set(networks.flatMap(({ address }) => address.nameservers));
  return {
    links,
    networks: networks.map(({ address, link, network_id }, i) => ({
      ...{ id: `network${i}`, type: networkType(address), link, network_id },
      ...(isStatic(address) && staticPart(address)),
    })),
    services: [...nameservers].map(service),
  };
}

function isStatic({ mode, version }: HostAddress): boolean {
  return mode === 'static' || (mode === undefined && version === 6);
}

function networkType(address: HostAddress): string {
  if (isStatic(address)) return `ipv${address.version}`;
  if (address.version === 4) return 'ipv4_dhcp';
  return address.mode === 'dhcp' || address.mode === undefined ? 'ipv6_dhcp' : `ipv6_${address.mode}`;
}

function staticPart({ address, version, prefix, gateway, nameservers }: HostAddress) {
  const any = version === 4 ? '0.0.0.0' : '::';
  const routes: Route[] = gateway === null ? [] : [{ network: any, netmask: any, gateway }];
  return { ip_address: address, netmask: netmask(version, prefix), routes, services: nameservers.map(service) };
}

function service(address: string) {
  return { type: 'dns', address };
}

/** `255.255.255.0`, `ffff:ffff::`. */
export function netmask(version: 4 | 6, prefix: number): string {
  const [groups, bits, radix, separator] = version === 4 ? [4, 8, 10, '.'] : [8, 16, 16, ':'];
  const words = Array.from({ length: groups }, (_, i) => {
    const ones = Math.max(0, Math.min(bits, prefix - i * bits));
    return (2 ** bits - 2 ** (bits - ones)).toString(radix);
  });
  const text = words.join(separator);
  return version === 4 ? text : text.replace(/(^|:)0(:0)+$/, '::');
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
