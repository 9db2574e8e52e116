import type { Flavor } from '../../../api/queries/compute.ts';
import type { Image } from '../../../api/queries/image.ts';
import { request } from '../../../api/request.ts';
import { openstack, type Operation } from '../../../how/operation.ts';

/** How somebody gets in: with a key that is here, one that they bring, one made for them, or none. */
export type KeyChoice =
  | { kind: 'existing'; name: string }
  | { kind: 'given'; name: string; publicKey: string }
  | { kind: 'made'; name: string }
  | { kind: 'none' };

/** A thing with the name that commands use for it. */
interface Named {
  id: string;
  name: string;
}

/** Everything that makes a server, decided. */
export interface ServerPlan {
  name: string;
  image: Image;
  flavor: Flavor;
  key: KeyChoice;
  /** None: the cloud makes a network when the project has none. */
  network: Named | null;
  securityGroups: readonly Named[];
  /** The group that SSH is let in by. */
  openSsh: Named | null;
  /** GiB of a volume to boot from, which stays when the server goes. */
  bootVolume: number | null;
  /** GiB of an empty volume beside the disk. */
  dataVolume: number | null;
  userData: string;
  serverGroup: Named | null;
  zone: string;
  /** The network of a floating IP. */
  floating: Named | null;
}

/** The key pair, if one must be registered; for one that is made here, the public half is not known yet. Pure. */
export function keyOperation(key: KeyChoice): Operation | null {
  if (key.kind === 'none' || key.kind === 'existing') return null;
  const publicKey = key.kind === 'given' ? key.publicKey.trim() : 'ssh-ed25519 …';
  return {
    request: request('POST /compute/v2.1/os-keypairs', {
      body: { keypair: { name: key.name, type: 'ssh', public_key: publicKey } },
    }),
    command: openstack('keypair', 'create', ['--public-key', `${key.name}.pub`], key.name),
  };
}

/** Lets SSH in from everywhere. Pure. */
export function sshRuleOperation(group: Named): Operation {
  return {
    request: request('POST /network/v2.0/security-group-rules', {
      body: {
        security_group_rule: {
          security_group_id: group.id,
          ...{ direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp', port_range_min: 22, port_range_max: 22 },
        },
      },
    }),
    command: openstack('security', 'group', 'rule', 'create', ['--protocol', 'tcp'], ['--dst-port', '22'], group.name),
  };
}

/** The server itself. Pure. */
export function serverOperation(plan: ServerPlan): Operation {
  const { name, image, flavor, key, network, bootVolume, dataVolume, userData, serverGroup, zone } = plan;
  const keyName = key.kind === 'none' ? undefined : key.name;
  const disks = [
    ...(bootVolume === null ? [] : [{ source_type: 'image', uuid: image.id, boot_index: 0, volume_size: bootVolume }]),
    ...(dataVolume === null ? [] : [{ source_type: 'blank', boot_index: -1, volume_size: dataVolume }]),
  ].map((disk) => ({ ...disk, destination_type: 'volume' as const, delete_on_termination: false }));
  // Beside other disks the image's own must be named too.
  const local = {
    source_type: 'image',
    uuid: image.id,
    boot_index: 0,
    destination_type: 'local',
    delete_on_termination: true,
  };
  const mapping = disks.length > 0 && bootVolume === null ? [local, ...disks] : disks;
  const server = {
    name,
    flavorRef: flavor.id,
    ...(bootVolume === null && { imageRef: image.id }),
    ...(keyName !== undefined && { key_name: keyName }),
    networks: network === null ? ('auto' as const) : [{ uuid: network.id }],
    ...(plan.securityGroups.length > 0 && { security_groups: plan.securityGroups.map(({ id }) => ({ name: id })) }),
    ...(mapping.length > 0 && { block_device_mapping_v2: mapping as object[] }),
    ...(userData !== '' && { user_data: base64Text(userData) }),
    ...(zone !== '' && { availability_zone: zone }),
  };
  return {
    request: request('POST /compute/v2.1/servers', {
      body: { server, ...(serverGroup !== null && { 'os:scheduler_hints': { group: serverGroup.id } }) },
    }),
    command: openstack(
      ...['server', 'create'],
      ['--image', image.name ?? image.id],
      ['--flavor', flavor.name],
      network === null ? ['--nic', 'auto'] : ['--network', network.name],
      keyName !== undefined && ['--key-name', keyName],
      ...plan.securityGroups.map((group) => ['--security-group', group.name]),
      bootVolume !== null && ['--boot-from-volume', String(bootVolume)],
      dataVolume !== null && ['--block-device', `source_type=blank,destination_type=volume,volume_size=${dataVolume}`],
      userData !== '' && ['--user-data', 'user-data.txt'],
      serverGroup !== null && ['--hint', `group=${serverGroup.id}`],
      zone !== '' && ['--availability-zone', zone],
      '--wait',
      name,
    ),
  };
}

/** An address from outside for a port; the port of a server that is not made yet is what a command finds. Pure. */
export function floatingOperation(network: Named, serverName: string, portId?: string): Operation {
  return {
    request: request('POST /network/v2.0/floatingips', {
      body: { floatingip: { floating_network_id: network.id, port_id: portId ?? '$PORT' } },
    }),
    command: openstack(
      ...['floating', 'ip', 'create'],
      ['--port', `$(openstack port list --server ${serverName} -f value -c ID)`],
      network.name,
    ),
  };
}

/** All of it, in order. Pure. */
export function planOperations(plan: ServerPlan): Operation[] {
  const key = keyOperation(plan.key);
  return [
    ...(key === null ? [] : [key]),
    ...(plan.openSsh === null ? [] : [sshRuleOperation(plan.openSsh)]),
    serverOperation(plan),
    ...(plan.floating === null ? [] : [floatingOperation(plan.floating, plan.name)]),
  ];
}

/** Text as base64 of its UTF-8. Pure. */
export function base64Text(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Names that a server's host name can be made of, and that everybody can type. Pure. */
export function validName(name: string): boolean {
  return /^[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?$/u.test(name) && name.length <= 255;
}
