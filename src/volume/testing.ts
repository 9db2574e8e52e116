import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { agentService, ensureLocalHost } from '../compute/index.ts';
import type { HostId } from '../core/ids.ts';
import type { HostDocument, HostReport, PollAnswer, VolumeReport } from '../host/document.ts';
import { testCloud, type TestCloud, type TestReply, type TestUser } from '../http/testing.ts';
import { createImageReconciler, imageService } from '../image/index.ts';
import { emptyQcow2 } from '../sim/empty-image.ts';
import { createVolumeReconciler, volumeService } from './index.ts';

const CAPACITY: HostReport['capacity'] = {
  ...{ vcpus: 4, memoryMib: 8192, diskGib: 100, diskFreeGib: 90, hypervisor: 'QEMU', hypervisorVersion: 7002000 },
  ...{ accel: 'tcg', accelReason: 'a test', cpuModel: 'none', arch: 'x86_64', chassis: 'host-1' },
  ...{ address: '192.0.2.10', agentVersion: '0.1.0' },
};

const QCOW2 = emptyQcow2(1);

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A cloud with one host of 100 GiB, and an agent that does what the document says when told to. */
export interface VolumeCloud extends TestCloud {
  imageId: string;
  /** Asks the volume service; of the newest microversion unless told. The status is checked. */
  ask: (
    method: Method,
    path: string,
    status: number,
    options?: { as?: TestUser; body?: unknown; version?: string },
  ) => Promise<TestReply['body']>;
  document: () => Promise<HostDocument>;
  report: (volumes: VolumeReport[], change?: Partial<HostReport>) => Promise<void>;
  /** The host does all that it should, uploads included. */
  converge: () => Promise<void>;
  /** Makes a volume and answers its id once it is there. */
  make: (volume?: Record<string, unknown>, as?: TestUser) => Promise<string>;
  status: (id: string, of?: 'volume' | 'snapshot' | 'backup') => Promise<string>;
}

/** What a host reports of a volume that is as the document wishes. */
export const asWished = ({ id, build, sizeGib, snapshots }: HostDocument['volumes'][number]): VolumeReport => ({
  ...{ id, state: 'available', build, sizeGib, reason: null },
  snapshots: snapshots.map((one) => ({ id: one.id, state: 'available', reason: null })),
});

export async function volumeCloud(t: TestContext): Promise<VolumeCloud> {
  const cloud = await testCloud(t, [imageService, volumeService, agentService]);
  const { app } = cloud;
  await ensureLocalHost(app, { id: 'host-1' as HostId, name: 'alpha', token: 'host' });
  const reconciler = createVolumeReconciler(app);
  const ask: VolumeCloud['ask'] = async (method, path, status, { as, body, version = '3.70' } = {}) => {
    const headers = { 'openstack-api-version': `volume ${version}` };
    const reply = await cloud.request(method, `/volume/v3${path}`, { ...(as && { as }), body, headers });
    assert.equal(reply.status, status, `${method} ${path}: ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const document = async () => {
    const reply = await cloud.request('GET', '/agent/v1/document?generation=0', { as: 'host' });
    const { document: found } = reply.body as PollAnswer;
    assert.ok(found);
    return found;
  };
  const report: VolumeCloud['report'] = async (volumes, change = {}) => {
    const { generation } = await document();
    const body = { host: 'host-1', generation, capacity: CAPACITY, servers: [], volumes, uploads: [], ...change };
    const reply = await cloud.request('POST', '/agent/v1/report', { as: 'host', body });
    assert.equal(reply.status, 204, JSON.stringify(reply.body));
  };
  const upload = async (path: string, as: TestUser) => {
    const headers = { 'content-type': 'application/octet-stream' };
    const reply = await cloud.request('PUT', path, { as, body: QCOW2, headers });
    assert.equal(reply.status, 204, JSON.stringify(reply.body));
  };
  const converge = async () => {
    for (const { id } of (await document()).uploads) await upload(`/agent/v1/images/${id}/data`, 'host');
    await report((await document()).volumes.map(asWished));
    await reconciler.run();
    await createImageReconciler(app).run();
  };
  await report([]);
  const image = { name: 'tiny', disk_format: 'qcow2', container_format: 'bare', min_ram: 64 };
  const { body } = await cloud.request('POST', '/image/v2/images', { body: image });
  const imageId = (body as { id: string }).id;
  await upload(`/image/v2/images/${imageId}/file`, 'member');
  const status: VolumeCloud['status'] = async (id, of = 'volume') =>
    (await ask('GET', `/${of}s/${id}`, 200, { as: 'admin' }))[of].status as string;
  return {
    ...{ ...cloud, imageId, ask, document, report, converge, status },
    async make(volume = {}, as = 'member') {
      const made = await ask('POST', '/volumes', 202, { as, body: { volume: { size: 1, ...volume } } });
      const id = made.volume.id as string;
      await converge();
      assert.equal(await status(id), 'available');
      return id;
    },
  };
}
