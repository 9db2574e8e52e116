import type { HostServer } from '../document.ts';
import { fullHostname, userData } from './openstack.ts';

/** Versions of the EC2 format that Nova serves. */
export const EC2_VERSIONS = [
  ...['1.0', '2007-01-19', '2007-03-01', '2007-08-29', '2007-10-10', '2007-12-15'],
  ...['2008-02-01', '2008-09-01', '2009-04-04'],
] as const;

/** A directory of the EC2 tree; `_name` is what its parent lists instead of the key, as for `public-keys/0=name`. */
export interface Ec2Tree {
  [key: string]: Ec2Tree | string | string[];
}

/** `meta-data` of one version. */
export function ec2MetaData(server: HostServer, version: string): Ec2Tree {
  const since = (first: string) => version === 'latest' || version >= first;
  const { metadata } = server;
  const fixed = server.ports.flatMap((port) => port.addresses).find((address) => address.version === 4);
  const [key] = metadata.keys;
  const hostname = fullHostname(server);
  return {
    'ami-id': server.disk?.image ? shortId('ami', server.disk.image.id) : '',
    'ami-launch-index': String(metadata.launchIndex),
    'ami-manifest-path': 'FIXME',
    'instance-id': shortId('i', server.id),
    hostname,
    'local-ipv4': fixed?.address ?? '',
    'reservation-id': metadata.reservationId,
    'security-groups': metadata.securityGroups,
    ...(since('2007-03-01') && {
      'local-hostname': hostname,
      'public-hostname': hostname,
      'public-ipv4': metadata.floatingAddress ?? '',
      ...(key && { 'public-keys': { '0': { _name: `0=${key.name}`, 'openssh-key': key.data } } }),
    }),
    ...(since('2007-08-29') && { 'instance-type': metadata.flavorName }),
    ...(since('2007-12-15') && {
      'block-device-mapping': deviceMapping(server),
      'instance-action': 'none',
    }),
    ...(since('2008-02-01') && { placement: { 'availability-zone': metadata.availabilityZone } }),
  };
}

/** The disks under the names that EC2 has for them, as Nova fills them in. */
function deviceMapping({ disk, localDisks, attachments }: HostServer): Ec2Tree {
  const boot = attachments.find((one) => one.bootIndex === 0);
  const root = disk === null && boot ? boot.device : 'vda';
  const isSwap = (format: string | null) => format === 'swap';
  const swap = localDisks.find(({ format }) => isSwap(format));
  const volumes = attachments.map(({ device }) => device).sort();
  return {
    ami: root,
    root: `/dev/${root}`,
    ...Object.fromEntries(volumes.map((device, i) => [`ebs${i}`, `/dev/${device}`])),
    ...(swap && { swap: `/dev/${swap.device}` }),
    ...Object.fromEntries(
      localDisks.filter(({ format }) => !isSwap(format)).map(({ device }, i) => [`ephemeral${i}`, `/dev/${device}`]),
    ),
  };
}

/** What is at `path` below `/VERSION` (words between slashes), or null. */
export function ec2Item(server: HostServer, version: string, path: readonly string[]): Buffer | null {
  const data = userData(server);
  const [first, ...rest] = path;
  if (first === undefined) return text(data ? 'meta-data/\nuser-data' : 'meta-data/');
  if (first === 'user-data') return rest.length === 0 ? data : null;
  if (first !== 'meta-data') return null;
  let node: Ec2Tree | string | string[] = ec2MetaData(server, version);
  for (const word of rest) {
    if (typeof node === 'string' || Array.isArray(node) || word === '_name') return null;
    const below: Ec2Tree | string | string[] | undefined = Object.hasOwn(node, word) ? node[word] : undefined;
    if (below === undefined) return null;
    node = below;
  }
  return text(show(node));
}

function show(node: Ec2Tree | string | string[]): string {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return node.join('\n');
  return Object.entries(node)
    .filter(([key]) => key !== '_name')
    .map(([key, value]) => {
      if (typeof value === 'string' || Array.isArray(value)) return key;
      return typeof value._name === 'string' ? value._name : `${key}/`;
    })
    .join('\n');
}

/** EC2's ids have eight digits; ours come from the UUID, so that they need no table. */
function shortId(kind: 'i' | 'ami', uuid: string): string {
  return `${kind}-${uuid.replaceAll('-', '').slice(0, 8)}`;
}

function text(value: string): Buffer {
  return Buffer.from(value);
}
