import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { createSimHost, type SimFaults } from '../sim/drivers.ts';
import type { HostAttachment, HostDocument, HostServer, HostVolume } from './document.ts';
import { createExecutor } from './executor.ts';
import { planBuild, planDrop, planSnapshot, segmentOf, snapshotsOf, type Layer } from './layers.ts';
import { completed, memoryLedger } from './ledger.ts';
import { volumeNodes } from './volumes/nodes.ts';

const server = (change: Partial<HostServer> = {}): HostServer => ({
  ...{ id: 's1', power: 'running', build: 1, boot: 1, shutdown: 'hard', softSeconds: 0, onFailure: 'stop' },
  ...{ vcpus: 1, memoryMib: 64, disk: { image: null, layersGib: [1] }, configDrive: false, ports: [] },
  ...{ attachments: [], rescue: null, hardware: {}, localDisks: [] },
  metadata: {
    ...{ name: 's', hostname: 's', projectId: 'p', userId: 'u', availabilityZone: 'nova', keys: [], meta: {} },
    ...{ userData: null, adminPassword: null, securityGroups: [], flavorName: 'f', launchIndex: 0 },
    ...{ reservationId: 'r', floatingAddress: null },
  },
  ...change,
});

const volume = (change: Partial<HostVolume> = {}): HostVolume => ({
  ...{ id: 'v1', sizeGib: 1, build: 1, source: { kind: 'empty' }, snapshots: [] },
  ...change,
});

const attachment = (change: Partial<HostAttachment> = {}): HostAttachment => ({
  ...{ id: 'a1', volumeId: 'v1', bootIndex: null, device: 'vdb', bus: 'virtio', readOnly: false, tag: null },
  ...change,
});

function setUp(faults: SimFaults = {}, send?: () => Promise<void>) {
  const host = createSimHost({ faults, ...(send && { send }) });
  const ledger = memoryLedger();
  const executor = createExecutor({ drivers: host.drivers, ledger, log: silentLog, onChange: () => undefined });
  let generation = 0;
  const want = async (servers: HostServer[], volumes: HostVolume[], uploads: HostDocument['uploads'] = []) => {
    await ledger.accept({ host: 'h', generation: ++generation, servers, networks: [], volumes, uploads });
    executor.wake();
    await executor.idle();
  };
  const attached = () =>
    executor.report().servers.flatMap((one) => one.attachments.map(({ id, state }) => `${id} ${state}`));
  return { host, ledger, executor, want, attached };
}

test('a volume comes into a server that runs and goes, and is served only meanwhile', async () => {
  const { host, want, attached, executor } = setUp();
  await want([server()], [volume()]);
  assert.deepEqual([attached(), host.serving.size, executor.report().volumes[0]?.state], [[], 0, 'available']);
  await want([server({ attachments: [attachment()] })], [volume()]);
  assert.deepEqual([attached(), [...host.serving]], [['a1 attached'], [['v1', '1-1']]]);
  host.endDaemon('v1');
  await executor.idle();
  assert.deepEqual([...host.serving], [['v1', '1-1']]);
  await want([server({ attachments: [attachment()] })], [volume({ sizeGib: 3, snapshots: [{ id: 'x' }] })]);
  assert.equal(host.machines.get('s1')?.disks[0]?.sizeGib, 3);
  assert.deepEqual([...host.serving], [['v1', '1-2']]);
  // Whose server is off needs no daemon, and is attached all the same.
  await want([server({ power: 'stopped', attachments: [attachment()] })], [volume({ sizeGib: 3 })]);
  assert.deepEqual([attached(), host.serving.size, host.volumes.get('v1')], [['a1 attached'], 0, ['1-2']]);
  await want([server({ boot: 2 })], [volume({ sizeGib: 3 })]);
  assert.deepEqual([attached(), executor.report().servers[0]?.boot], [[], 2]);
  await want([], []);
  assert.deepEqual(
    [host.volumes.size, host.serving.size, executor.report()],
    [...[0, 0], { servers: [], volumes: [], uploads: [] }],
  );
});

test('a server waits for the volume that it boots from, and says why it waits for ever', async () => {
  let broken = true;
  const { host, want, executor } = setUp({
    before(step) {
      if (broken && step === 'create-volume') throw new OperatorError('The disk is full.', 'Free space.');
    },
  });
  const boot = server({ disk: null, attachments: [attachment({ bootIndex: 0, device: 'vda' })] });
  await want([boot], [volume()]);
  const [failed] = executor.report().servers;
  assert.deepEqual([failed?.state, failed?.reason, host.machines.size], ['error', 'The disk is full. Free space.', 0]);
  assert.equal(executor.report().volumes[0]?.state, 'error');
  broken = false;
  await want([boot], [volume({ sizeGib: 2 })]);
  assert.deepEqual(executor.report().servers[0]?.state, 'running');
  await want(
    [{ ...boot, attachments: [...boot.attachments, attachment({ id: 'a2', volumeId: 'elsewhere' })] }],
    [volume()],
  );
  assert.deepEqual(executor.report().servers[0]?.attachments, [{ id: 'a1', state: 'attached', reason: null }]);
});

test('a disk that cannot be plugged in is no fault of the server', async () => {
  const { want, executor, attached } = setUp({
    before(step) {
      if (step === 'plug-disk') throw new Error('No room.');
    },
  });
  await want([server()], [volume()]);
  await want([server({ attachments: [attachment()] })], [volume()]);
  assert.deepEqual([attached(), executor.report().servers[0]?.state], [['a1 error'], 'running']);
  await want([server()], [volume()]);
  assert.deepEqual(attached(), []);
});

test('a volume that was given up says so of the snapshots that it will not have', async () => {
  let broken = true;
  const { want, executor } = setUp({
    before(step) {
      if (broken && step === 'serve') throw new OperatorError('No daemon.', 'Look at the log.');
    },
  });
  const snapshots = () => executor.report().volumes[0]?.snapshots.map(({ id, state, reason }) => [id, state, reason]);
  const used = server({ attachments: [attachment()] });
  await want([used], [volume({ snapshots: [{ id: 'x' }] })]);
  assert.deepEqual(snapshots(), [['x', 'error', 'No daemon. Look at the log.']]);
  broken = false;
  const again = want([used], [volume({ snapshots: [{ id: 'x' }, { id: 'y' }] })]);
  await Promise.resolve();
  assert.deepEqual(
    snapshots()?.map(([, state]) => state),
    ['creating', 'creating'],
  );
  await again;
  assert.deepEqual(
    snapshots()?.map(([, state]) => state),
    ['available', 'available'],
  );
});

test('clones wait for what they are made of; a copy is sent, and forgotten when it is not wanted', async () => {
  let away = 2;
  const sent: number[] = [];
  const { host, want, executor, ledger } = setUp({}, async () => {
    sent.push(sent.length);
    if (away-- > 0) throw new OperatorError('The image is gone.', '');
  });
  const clone = volume({ id: 'v0', source: { kind: 'snapshot', volumeId: 'v1', id: 'x' } });
  const second = volume({ id: 'v2', source: { kind: 'volume', id: 'v0' } });
  await want([server()], [clone, second, volume({ snapshots: [{ id: 'x' }] })]);
  assert.deepEqual([...host.volumes.keys()].sort(), ['v0', 'v1', 'v2']);
  const uploads: HostDocument['uploads'] = [
    { id: 'i1', from: { kind: 'server', id: 's1' }, format: 'qcow2' },
    { id: 'i2', from: { kind: 'volume', id: 'v1' }, format: 'raw' },
    { id: 'i3', from: { kind: 'volume', id: 'gone' }, format: 'raw' },
  ];
  await want([server()], [clone, second, volume({ snapshots: [{ id: 'x' }] })], uploads);
  assert.deepEqual(
    executor.report().uploads.map(({ id, state, reason }) => [id, state, reason]),
    [
      ['i1', 'error', 'The image is gone.'],
      ['i2', 'error', 'The image is gone.'],
      ['i3', 'error', 'The volume is not on this host any more.'],
    ],
  );
  await want([server()], [clone, second, volume()]);
  assert.deepEqual([ledger.uploads(), executor.report().uploads, sent.length], [[], [], 2]);
  // What it was made of may go.
  await want([], [clone]);
  assert.deepEqual([...host.volumes.keys()], ['v0']);
});

test('a crash before or after any step of a volume converges all the same', async () => {
  const steps: [servers: HostServer[], volumes: HostVolume[], files: number, serving: number][] = [
    [[server({ attachments: [attachment()] })], [volume({ snapshots: [{ id: 'x' }] })], 2, 1],
    [[server({ attachments: [attachment()] })], [volume({ sizeGib: 2, snapshots: [{ id: 'x' }, { id: 'y' }] })], 3, 1],
    [[server({ attachments: [attachment()] })], [volume({ sizeGib: 2, snapshots: [{ id: 'y' }] })], 2, 1],
    [[server()], [volume({ sizeGib: 2, snapshots: [] })], 1, 0],
    [[], [], 0, 0],
  ];
  for (let crashAt = 0; crashAt < 24; crashAt++) {
    let count = 0;
    const crash = () => {
      throw new OperatorError('crash', '');
    };
    const host = createSimHost({ faults: { before: () => void (count++ === crashAt && crash()) } });
    const ledger = memoryLedger();
    for (const [i, [servers, volumes, files, serving]] of steps.entries()) {
      await ledger.accept({ host: 'h', generation: i + 1, servers, networks: [], volumes, uploads: [] });
      for (let life = 0; life < 2; life++) {
        const drivers = host.restart();
        const executor = createExecutor({ drivers, ledger, log: silentLog, onChange: () => undefined });
        executor.wake();
        await executor.idle();
        await executor.close();
      }
      const found = [host.volumes.get('v1')?.length ?? 0, host.serving.size, host.machines.size];
      assert.deepEqual(found, [files, serving, servers.length], `crash at ${crashAt}, step ${i}`);
    }
  }
});

test('layers: what a snapshot shows stays, whatever is taken, dropped or made anew', () => {
  const image = { id: 'i', sha256: 'a'.repeat(64), sizeBytes: 1, format: 'qcow2' as const };
  const want = volume({ source: { kind: 'image', image } });
  const names = (layers: readonly Layer[]) =>
    layers.map(({ file, snapshot }) => `${file}${snapshot ? ` ${snapshot}` : ''}`);
  const built = { build: 1, sizeGib: 1, layers: planBuild(want, { build: 0, sizeGib: 0, layers: [] }) };
  const one = { ...built, layers: planSnapshot(built, 'x') };
  const two = { ...one, layers: planSnapshot(one, 'y') };
  assert.deepEqual(names(two.layers), ['1-1 x', '1-2 y', '1-3']);
  const back = planBuild({ ...want, build: 2, source: { kind: 'snapshot', volumeId: 'v1', id: 'y' } }, two);
  assert.deepEqual(names(back), ['1-1 x', '1-2 y', '2-4']);
  const anew = planBuild({ ...want, build: 2 }, two);
  assert.deepEqual([names(anew), names(segmentOf(anew))], [['1-1 x', '1-2 y', '2-4'], ['2-4']]);
  const dropped = planDrop(two.layers, 'x');
  assert.deepEqual([names(dropped), dropped[0]?.over, snapshotsOf(dropped)], [['1-2 y', '1-3'], image, ['y']]);
  assert.equal(planDrop(anew, 'y')[1]?.over, image);
  const nodes = volumeNodes(anew, { layer: (file) => `/v/${file}`, image: () => '/i' });
  const written = nodes.filter((node) => node.driver === 'qcow2' && node['read-only'] === false);
  assert.deepEqual(
    written.map((node) => [node['node-name'], node.backing]),
    [['layer-2-4', `image-${'a'.repeat(20)}`]],
  );
  assert.ok(nodes.every((node) => String(node['node-name']).length < 32));
});

test('a document of an older controller is completed', () => {
  const { attachments: _a, rescue: _r, hardware: _h, ...old } = server();
  const document = completed({ host: 'h', generation: 1, servers: [old], networks: [] } as unknown as HostDocument);
  assert.deepEqual([document.volumes, document.uploads, document.servers[0]], [[], [], server()]);
});
