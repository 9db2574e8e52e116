import { request } from '../request.ts';
import { listQuery, oneQuery } from './query.ts';

/** A server as GET /servers/detail shows it at the newest microversion; what no page reads is left out. */
export interface Server {
  id: string;
  name: string;
  status: string;
  'OS-EXT-STS:vm_state': string;
  'OS-EXT-STS:task_state': string | null;
  'OS-EXT-STS:power_state': number;
  'OS-EXT-AZ:availability_zone': string;
  'OS-EXT-SRV-ATTR:host'?: string | null;
  /** Tells servers of one host from those of others; empty while it is on none. */
  hostId: string;
  tenant_id: string;
  created: string;
  updated: string;
  'OS-SRV-USG:launched_at': string | null;
  key_name: string | null;
  description: string | null;
  locked: boolean;
  locked_reason: string | null;
  flavor: { original_name: string; vcpus: number; ram: number; disk: number; ephemeral: number; swap: number };
  image: { id: string } | '';
  addresses: Record<string, ServerAddress[]>;
  security_groups?: { name: string }[];
  'os-extended-volumes:volumes_attached': { id: string; delete_on_termination: boolean }[];
  fault?: { code: number; message: string; created: string };
  server_groups?: string[];
  metadata: Record<string, string>;
  tags: string[];
}

export interface ServerAddress {
  addr: string;
  version: 4 | 6;
  'OS-EXT-IPS:type': 'fixed' | 'floating';
  'OS-EXT-IPS-MAC:mac_addr': string;
}

export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  /** MiB. */
  ram: number;
  /** GiB. */
  disk: number;
  'OS-FLV-EXT-DATA:ephemeral': number;
  'os-flavor-access:is_public': boolean;
  description: string | null;
  extra_specs?: Record<string, string>;
}

export interface KeyPair {
  name: string;
  fingerprint: string;
  public_key: string;
  type: string;
}

/** What a project may use, and uses, of servers; -1 is no limit. Memory in MiB. */
export interface ComputeLimits {
  maxTotalInstances: number;
  totalInstancesUsed: number;
  maxTotalCores: number;
  totalCoresUsed: number;
  maxTotalRAMSize: number;
  totalRAMUsed: number;
  maxTotalKeypairs: number;
  maxServerGroups: number;
  totalServerGroupsUsed: number;
}

export const serversQuery = listQuery<Server>(
  'servers',
  request('GET /compute/v2.1/servers/detail', { query: { limit: '1000' } }),
  'servers',
);

/** Those that were deleted and can still be restored, where the operator keeps them for a while. */
export const deletedServersQuery = listQuery<Server>(
  'servers',
  request('GET /compute/v2.1/servers/detail', { query: { status: 'SOFT_DELETED', limit: '1000' } }),
  'servers',
);

export const serverQuery = (id: string) =>
  oneQuery<Server>(
    'servers',
    id,
    request('GET /compute/v2.1/servers/{server_id}', { path: { server_id: id } }),
    'server',
  );

export const flavorsQuery = listQuery<Flavor>('flavors', request('GET /compute/v2.1/flavors/detail', {}), 'flavors');

export const computeLimitsQuery = oneQuery<{ absolute: ComputeLimits }>(
  'quotas',
  'compute',
  request('GET /compute/v2.1/limits', {}),
  'limits',
);

export const keyPairsQuery = {
  ...listQuery<{ keypair: KeyPair }>('keypairs', request('GET /compute/v2.1/os-keypairs', {}), 'keypairs'),
  /** Nova wraps each of them. */
  select: (wrapped: { keypair: KeyPair }[]) => wrapped.map(({ keypair }) => keypair),
};

export interface ServerGroup {
  id: string;
  name: string;
  policy: string;
  rules: Record<string, number>;
  members: string[];
}

export const serverGroupsQuery = listQuery<ServerGroup>(
  'server-groups',
  request('GET /compute/v2.1/os-server-groups', {}),
  'server_groups',
);

export interface Zone {
  zoneName: string;
  zoneState: { available: boolean };
}

export const zonesQuery = listQuery<Zone>(
  'hosts',
  request('GET /compute/v2.1/os-availability-zone', {}),
  'availabilityZoneInfo',
);
