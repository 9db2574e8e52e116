import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { testCloud, type TestReply, type TestUser } from '../http/testing.ts';
import { networkService } from './service.ts';

/** Shorthands over `testCloud` for tests of this service. */
export async function networkCloud(t: TestContext) {
  const cloud = await testCloud(t, [networkService]);
  const call =
    (method: 'GET' | 'POST' | 'PUT' | 'DELETE') =>
    (path: string, body?: unknown, as: TestUser = 'member', headers: Record<string, string> = {}): Promise<TestReply> =>
      cloud.request(method, `/network/v2.0/${path}`, { as, headers, ...(body !== undefined && { body }) });
  const post = call('POST');
  /** Makes one thing and answers it; `collection` as in the path, `singular` as in the body. */
  const make = async (collection: string, singular: string, input: object, as: TestUser = 'member') => {
    const reply = await post(collection, { [singular]: input }, as);
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    return reply.body[singular];
  };
  return {
    cloud,
    app: cloud.app,
    get: call('GET'),
    post,
    put: call('PUT'),
    del: call('DELETE'),
    make,
    /** A network with one IPv4 subnet. */
    async network(cidr = '10.0.0.0/24', as: TestUser = 'member', input: object = {}) {
      const network = await make('networks', 'network', { name: 'n', ...input }, as);
      const subnet = await make('subnets', 'subnet', { network_id: network.id, ip_version: 4, cidr }, as);
      return { network, subnet };
    },
    /** An external network with 192.0.2.0/24. */
    async external(pool = { start: '192.0.2.10', end: '192.0.2.20' }) {
      const network = await make(
        'networks',
        'network',
        {
          name: 'public',
          'router:external': true,
          'provider:network_type': 'flat',
          'provider:physical_network': 'public',
        },
        'admin',
      );
      const input = { network_id: network.id, ip_version: 4, cidr: '192.0.2.0/24', enable_dhcp: false };
      const subnet = await make('subnets', 'subnet', { ...input, allocation_pools: [pool] }, 'admin');
      return { network, subnet };
    },
  };
}

/** Asserts an answer's status and Neutron's name for the failure. */
export function failed(reply: TestReply, status: number, type: string): void {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.equal(reply.body.NeutronError.type, type, JSON.stringify(reply.body));
}
