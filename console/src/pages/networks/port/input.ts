import type { Port } from '../../../api/queries/network.ts';
import { filledPairs, type Pair } from '../../../parts/form/pairs.ts';
import { addressVersion, isAddress, wordsOf } from '../addresses.ts';

/** What the form of a port holds. */
export interface PortValues {
  name: string;
  description: string;
  /** Separated by spaces. */
  addresses: string;
  /** A subnet that one more address is taken from. */
  more: string;
  groups: readonly string[];
  /** Whether the cloud checks who sends and who may reach it. */
  secured: boolean;
  /** Addresses, each with a hardware address or none. */
  pairs: readonly Pair[];
}

export type PortProblem = 'address' | 'pair' | 'pair-mac' | 'pairs-many';

export const newPort = (groups: readonly string[]): PortValues => ({
  ...{ name: '', description: '', addresses: '', more: '', groups, secured: true, pairs: [] },
});

/** A port as its form shows it; a hardware address that is the port's own need not be said. Pure. */
export const valuesOf = (port: Port): PortValues => ({
  name: port.name,
  description: port.description,
  addresses: port.fixed_ips.map(({ ip_address: address }) => address).join(' '),
  more: '',
  groups: port.security_groups,
  secured: port.port_security_enabled,
  pairs: port.allowed_address_pairs.map(({ ip_address: address, mac_address: mac }) => [
    address,
    mac === port.mac_address ? '' : mac,
  ]),
});

/** An address, or a range of them: in a pair both may stand. */
function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = addressVersion(address);
  if (version === null || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** What is wrong with the form, by field. Neutron takes ten pairs at most. Pure. */
export function problemsOf(values: PortValues): { addresses: PortProblem | null; pairs: PortProblem | null } {
  const pairs = values.secured ? filledPairs(values.pairs) : [];
  return {
    addresses: wordsOf(values.addresses).every(isAddress) ? null : 'address',
    pairs: pairs.some(([address]) => !isAddressOrRange(address))
      ? 'pair'
      : pairs.some(([, mac]) => mac !== '' && !/^([\da-f]{2}[:-]){5}[\da-f]{2}$/i.test(mac))
        ? 'pair-mac'
        : pairs.length > 10
          ? 'pairs-many'
          : null,
  };
}

/** The members of a port that a form stands for. What only the network's owner may say is only there when it was said. */
export interface PortMembers {
  name?: string;
  description?: string;
  fixed_ips?: { subnet_id?: string; ip_address?: string }[];
  security_groups?: string[];
  port_security_enabled?: boolean;
  allowed_address_pairs?: { ip_address: string; mac_address?: string }[];
}

const pairMembers = (pairs: readonly Pair[]) =>
  filledPairs(pairs).map(([address, mac]) => ({ ip_address: address, ...(mac !== '' && { mac_address: mac }) }));

/** What a new port is asked for with. Without protection it has neither groups nor pairs. Pure. */
export function membersOf(values: PortValues): PortMembers {
  const addresses = wordsOf(values.addresses);
  const pairs = values.secured ? pairMembers(values.pairs) : [];
  return {
    ...(values.name.trim() !== '' && { name: values.name.trim() }),
    ...(values.description.trim() !== '' && { description: values.description.trim() }),
    ...(addresses.length > 0 && { fixed_ips: addresses.map((address) => ({ ip_address: address })) }),
    security_groups: values.secured ? [...values.groups] : [],
    ...(!values.secured && { port_security_enabled: false }),
    ...(pairs.length > 0 && { allowed_address_pairs: pairs }),
  };
}

/** What of a port is changed, member by member: what stays is not sent. Pure. */
export function changesOf(port: Port, values: PortValues): PortMembers {
  const before = valuesOf(port);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const addresses = wordsOf(values.addresses);
  const groups = values.secured ? values.groups : [];
  const pairs = values.secured ? filledPairs(values.pairs) : [];
  const moved = !same(addresses, wordsOf(before.addresses)) || values.more !== '';
  return {
    ...(values.name.trim() !== before.name && { name: values.name.trim() }),
    ...(values.description.trim() !== before.description && { description: values.description.trim() }),
    ...(moved && {
      fixed_ips: [
        ...addresses.map((address) => ({ ip_address: address })),
        ...(values.more === '' ? [] : [{ subnet_id: values.more }]),
      ],
    }),
    ...(!same(groups.toSorted(), before.groups.toSorted()) && { security_groups: [...groups] }),
    ...(values.secured !== before.secured && { port_security_enabled: values.secured }),
    ...(!same(pairs, before.pairs) && { allowed_address_pairs: pairMembers(pairs) }),
  };
}
