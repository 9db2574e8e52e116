import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { HostId } from '../core/ids.ts';
import type { HostDocument, HostReport, PollAnswer, ServerReport, VolumeReport } from '../host/document.ts';
import type { Service } from '../http/service.ts';
import { testCloud, type TestCloud, type TestReply, type TestUser } from '../http/testing.ts';
import { imageService } from '../image/index.ts';
import { networkService } from '../network/index.ts';
import { volumeService } from '../volume/index.ts';
import { ensureLocalHost } from './hosts.ts';
import { agentService, computeService, createServerReconciler } from './index.ts';

const CAPACITY: HostReport['capacity'] = {
  vcpus: 4,
  memoryMib: 8192,
  diskGib: 100,
  diskFreeGib: 90,
  hypervisor: 'QEMU',
  hypervisorVersion: 7002000,
  accel: 'tcg',
  accelReason: 'a test',
  cpuModel: 'none',
  arch: 'x86_64',
  chassis: 'host-1',
  address: '192.0.2.10',
  agentVersion: '0.1.0',
};

/** What a host reports of a volume that is as the document wishes. */
function volumeAsWished({ id, build, sizeGib, snapshots }: HostDocument['volumes'][number]): VolumeReport {
  const taken = snapshots.map((one) => ({ id: one.id, state: 'available' as const, reason: null }));
  return { id, state: 'available', build, sizeGib, snapshots: taken, reason: null };
}

/** A cloud with one host, flavors, an image and a network, and an agent that does what the document says. */
export interface ComputeCloud extends TestCloud {
  imageId: string;
  networkId: string;
  /** The newest document, as the agent would get it; null when there is nothing newer than `generation`. */
  document(generation?: number): Promise<HostDocument | null>;
  /** Reports these servers, or all of the document as it wishes them to be. */
  report(servers?: ServerReport[], change?: Partial<HostReport>): Promise<void>;
  /** Does all at once what agent, OVN and reconciler do one after the other. */
  converge(): Promise<void>;
  /** Makes a server and answers its id. */
  boot(server?: Record<string, unknown>, as?: TestUser): Promise<string>;
  show(id: string, options?: { as?: TestUser; version?: string }): Promise<TestReply['body']>;
  act(id: string, body: unknown, options?: { as?: TestUser; version?: string }): Promise<TestReply>;
}

export const versioned = (version: string): { headers: Record<string, string> } => ({
  headers: { 'openstack-api-version': `compute ${version}` },
});

/** What a host reports of a server that is as the document wishes. */
export function asWished(server: HostDocument['servers'][number]): ServerReport {
  const { id, power: state, build, boot } = server;
  const attachments = server.attachments.map((one) => ({ id: one.id, state: 'attached' as const, reason: null }));
  return { id, state, build, boot, reason: null, startedAt: null, attachments };
}

export async function computeCloud(t: TestContext, more: readonly Service[] = []): Promise<ComputeCloud> {
  const services = [imageService, networkService, volumeService, computeService, agentService];
  const cloud = await testCloud(t, [...services, ...more]);
  const { app } = cloud;
  await ensureLocalHost(app, { id: 'host-1' as HostId, name: 'alpha', token: 'host' });
  const expect = async (status: number, reply: Promise<TestReply>) => {
    const { status: got, body } = await reply;
    assert.equal(got, status, JSON.stringify(body));
    return body;
  };
  for (const [id, name, ram, disk] of [
    ['1', 'small', 512, 1],
    ['2', 'large', 1024, 2],
    ['3', 'huge', 999_999, 1],
  ]) {
    const flavor = { id, name, ram, disk, vcpus: 1 };
    await expect(200, cloud.request('POST', '/compute/v2.1/flavors', { as: 'admin', body: { flavor } }));
  }
  const imageId = await uploadImage(cloud, expect);
  const network = { name: 'net', admin_state_up: true };
  const net = await expect(201, cloud.request('POST', '/network/v2.0/networks', { body: { network } }));
  const networkId = net.network.id as string;
  const subnet = { network_id: networkId, cidr: '10.1.0.0/24', ip_version: 4 };
  await expect(201, cloud.request('POST', '/network/v2.0/subnets', { body: { subnet } }));
  const reconciler = createServerReconciler(app);

  const document = async (generation = 0) => {
    const answer = (await expect(
      200,
      cloud.request('GET', `/agent/v1/document?generation=${generation}`, { as: 'host' }),
    )) as PollAnswer;
    return answer.document;
  };
  const report = async (servers?: ServerReport[], change: Partial<HostReport> = {}) => {
    const current = await document();
    const body = {
      host: 'host-1',
      generation: current?.generation ?? 0,
      capacity: CAPACITY,
      servers: servers ?? (current?.servers ?? []).map(asWished),
      volumes: (current?.volumes ?? []).map(volumeAsWished),
      uploads: [],
      ...change,
    };
    await expect(204, cloud.request('POST', '/agent/v1/report', { as: 'host', body }));
  };
  await report([]);
  return {
    ...cloud,
    imageId,
    networkId,
    document,
    report,
    async converge() {
      await app.store.transaction((tx) => tx.db.updateTable('ports').set({ status: 'ACTIVE' }).execute());
      await report();
      await reconciler.run();
    },
    async boot(server = {}, as = 'member') {
      const body = { server: { name: 'web', flavorRef: '1', imageRef: imageId, ...server } };
      const made = await expect(202, cloud.request('POST', '/compute/v2.1/servers', { as, body }));
      return made.server.id as string;
    },
    async show(id, { as = 'member', version = '2.1' } = {}) {
      const reply = cloud.request('GET', `/compute/v2.1/servers/${id}`, { as, ...versioned(version) });
      return (await expect(200, reply)).server;
    },
    act: (id, body, { as = 'member', version = '2.1' } = {}) =>
      cloud.request('POST', `/compute/v2.1/servers/${id}/action`, { as, body, ...versioned(version) }),
  };
}

async function uploadImage(
  cloud: TestCloud,
  expect: (status: number, reply: Promise<TestReply>) => Promise<TestReply['body']>,
): Promise<string> {
  const image = { name: 'tiny', disk_format: 'raw', container_format: 'bare' };
  const { id } = await expect(201, cloud.request('POST', '/image/v2/images', { body: image }));
  await expect(
    204,
    cloud.request('PUT', `/image/v2/images/${id}/file`, {
      body: new Uint8Array(Buffer.alloc(4096, 'a')),
      headers: { 'content-type': 'application/octet-stream' },
    }),
  );
  return id as string;
}
