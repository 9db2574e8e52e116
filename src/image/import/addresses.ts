import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Not on the public Internet: the registries of special-purpose addresses (RFC 6890), multicast, and mapped forms. */
const SPECIAL_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
const SPECIAL_V6 = [
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16'],
  ...['3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

function blockList(own: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [family, ranges] of [
    ['ipv4', SPECIAL_V4],
    ['ipv6', SPECIAL_V6],
  ] as const) {
    for (const range of ranges) {
      const [network = '', prefix = ''] = range.split('/');
      list.addSubnet(network, Number(prefix), family);
    }
  }
  for (const address of own) {
    const version = isIP(address);
    if (version !== 0) list.addAddress(address, version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** This machine's own addresses, of which one may well be public. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map((one) => one.address.split('%')[0] ?? ''),
  );
}

/** Whether an address is one that strangers must not reach through us. `own` are further ones that they must not. */
export function isInternal(address: string, own: readonly string[] = []): boolean {
  const version = isIP(address);
  if (version === 0) return true;
  // An IPv4 address in the clothes of IPv6, which the list compares as the address it is.
  return blockList(own).check(address, version === 4 ? 'ipv4' : 'ipv6');
}
