import { setTimeout } from 'node:timers/promises';
import { listOf, textOf, type Api } from './api.ts';
import type { Fixtures } from './fixtures.ts';

/** A thing in the cloud. */
export interface Item {
  kind: string;
  id: string;
  name: string;
}

interface Kind {
  name: string;
  service: string;
  /** All of them, in every project. */
  list: string;
  key: string;
  /** Path of one. */
  one: (id: string) => string;
}

const plain = (service: string, name: string, base: string, key: string, query = ''): Kind => ({
  name,
  service,
  list: `${base}${query}`,
  key,
  one: (id) => `${base}/${id}`,
});

/** In the order in which they can be deleted. */
const KINDS: readonly Kind[] = [
  { ...plain('compute', 'server', '/servers', 'servers', '?all_tenants=1') },
  plain('compute', 'server group', '/os-server-groups', 'server_groups', '?all_projects=True'),
  plain('compute', 'aggregate', '/os-aggregates', 'aggregates'),
  plain('compute', 'flavor', '/flavors', 'flavors', '?is_public=None'),
  plain('volumev3', 'backup', '/backups', 'backups', '?all_tenants=1'),
  plain('volumev3', 'snapshot', '/snapshots', 'snapshots', '?all_tenants=1'),
  plain('volumev3', 'volume', '/volumes', 'volumes', '?all_tenants=1'),
  plain('volumev3', 'group', '/groups', 'groups', '?all_tenants=1'),
  plain('volumev3', 'volume type', '/types', 'volume_types', '?is_public=None'),
  plain('volumev3', 'QoS', '/qos-specs', 'qos_specs'),
  plain('image', 'image', '/v2/images', 'images', '?limit=1000'),
  plain('network', 'floating IP', '/v2.0/floatingips', 'floatingips'),
  plain('network', 'router', '/v2.0/routers', 'routers'),
  plain('network', 'port', '/v2.0/ports', 'ports'),
  plain('network', 'subnet', '/v2.0/subnets', 'subnets'),
  plain('network', 'network', '/v2.0/networks', 'networks'),
  plain('network', 'security group', '/v2.0/security-groups', 'security_groups'),
  plain('network', 'subnet pool', '/v2.0/subnetpools', 'subnetpools'),
  plain('network', 'address scope', '/v2.0/address-scopes', 'address_scopes'),
  plain('network', 'address group', '/v2.0/address-groups', 'address_groups'),
  plain('network', 'QoS policy', '/v2.0/qos/policies', 'policies'),
  plain('identity', 'trust', '/v3/OS-TRUST/trusts', 'trusts'),
  plain('identity', 'user', '/v3/users', 'users'),
  plain('identity', 'group', '/v3/groups', 'groups'),
  plain('identity', 'project', '/v3/projects', 'projects'),
  plain('identity', 'domain', '/v3/domains', 'domains'),
  plain('identity', 'role', '/v3/roles', 'roles'),
  plain('identity', 'region', '/v3/regions', 'regions'),
  plain('identity', 'service', '/v3/services', 'services'),
  plain('identity', 'endpoint', '/v3/endpoints', 'endpoints'),
  plain('identity', 'policy', '/v3/policies', 'policies'),
  plain('identity', 'credential', '/v3/credentials', 'credentials'),
  plain('identity', 'registered limit', '/v3/registered_limits', 'registered_limits'),
];

export type Inventory = ReadonlyMap<string, Item>;

/** Everything there is in the cloud, of the kinds that a test could leave behind. */
export async function takeInventory(api: Api): Promise<Inventory> {
  const items = new Map<string, Item>();
  for (const kind of KINDS.filter((one) => api.services.has(one.service))) {
    const { json } = await api.ask(kind.service, 'GET', kind.list);
    for (const one of listOf(json, kind.key)) {
      const id = String(one['id']);
      items.set(`${kind.name} ${id}`, { kind: kind.name, id, name: textOf(one, 'name') });
    }
  }
  return items;
}

/** What tests left behind. Tempest's tests do so now and then; what cannot be deleted is the cloud's fault. */
export interface Leak extends Item {
  stuck: boolean;
}

/** What is there now and was not before the run, except what the run itself needs. */
export async function findLeaks(api: Api, before: Inventory, fixtures: Fixtures): Promise<Leak[]> {
  const own = new Set([fixtures.image, fixtures.imageAlt, fixtures.flavor, fixtures.flavorAlt]);
  const now = await takeInventory(api);
  return [...now]
    .filter(([key, { id }]) => !before.has(key) && !own.has(id))
    .map(([, item]) => ({ ...item, stuck: false }));
}

const PATIENCE = 30_000;

/** Deletes what was left behind, and says what of it does not go. */
export async function removeLeaks(api: Api, leaks: readonly Leak[]): Promise<Leak[]> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const now = leaks.length === 0 ? new Map<string, Item>() : await takeInventory(api);
    const left = leaks.filter(({ kind, id }) => now.has(`${kind} ${id}`));
    if (left.length === 0 || Date.now() > until) return leaks.map((leak) => ({ ...leak, stuck: left.includes(leak) }));
    for (const kind of KINDS) {
      for (const { id } of left.filter((one) => one.kind === kind.name))
        await api.ask(kind.service, 'DELETE', kind.one(id));
    }
    await setTimeout(1000);
  }
}
