import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { createSimHost, type SimFaults } from '../sim/drivers.ts';
import type { HostDocument, HostServer } from './document.ts';
import { createExecutor } from './executor.ts';
import { memoryLedger } from './ledger.ts';

const server = (change: Partial<HostServer> = {}): HostServer => ({
  ...{ id: 's1', power: 'running', build: 1, boot: 1, shutdown: 'hard', softSeconds: 0, onFailure: 'stop' },
  ...{ vcpus: 1, memoryMib: 64, disk: { image: null, layersGib: [1] }, configDrive: false },
  ...{ attachments: [], rescue: null, hardware: {}, localDisks: [] },
  ports: [{ id: 'p1', networkId: 'n1', mac: 'fa:16:3e:00:00:01', mtu: 1442, addresses: [] }],
  metadata: {
    ...{ name: 's', hostname: 's', projectId: 'p', userId: 'u', availabilityZone: 'nova', keys: [], meta: {} },
    ...{ userData: null, adminPassword: null, securityGroups: [], flavorName: 'f', launchIndex: 0 },
    ...{ reservationId: 'r', floatingAddress: null },
  },
  ...change,
});

const document = (generation: number, servers: HostServer[]): HostDocument => ({
  ...{ host: 'h', generation, servers, networks: [], volumes: [], uploads: [] },
});

function setUp(faults: SimFaults = {}) {
  const host = createSimHost({ faults });
  const ledger = memoryLedger();
  const executor = createExecutor({ drivers: host.drivers, ledger, log: silentLog, onChange: () => undefined });
  let generation = 0;
  const want = async (...servers: HostServer[]) => {
    await ledger.accept(document(++generation, servers));
    executor.wake();
    await executor.idle();
  };
  const state = () => executor.report().servers.map((one) => `${one.state} ${one.build}/${one.boot}`);
  return { host, ledger, executor, want, state };
}

test('a server is built, rebooted once per count, and removed without a trace', async () => {
  const { host, want, state, executor } = setUp();
  await want(server());
  assert.deepEqual(state(), ['running 1/1']);
  const first = host.machines.get('s1');
  await want(server());
  assert.equal(host.machines.get('s1'), first);
  await want(server({ boot: 2 }));
  assert.deepEqual(state(), ['running 1/2']);
  await want();
  assert.deepEqual([executor.report().servers, host.machines.size, host.ports.size, host.disks.size], [[], 0, 0, 0]);
});

test('each power is reached from each other', async () => {
  const { want, state } = setUp();
  let boot = 1;
  const powers = ['running', 'stopped', 'paused', 'suspended'] as const;
  for (const from of powers) {
    for (const to of powers) {
      await want(server({ power: 'running', boot: ++boot }));
      if (from !== 'running') await want(server({ power: from, boot }));
      if (from === 'stopped') boot++;
      await want(server({ power: to, boot }));
      const expected = from === 'stopped' && to === 'suspended' ? 'stopped' : to;
      assert.deepEqual(
        state(),
        [`${expected} 1/${from === 'stopped' && to === 'suspended' ? boot - 1 : boot}`],
        `${from} ${to}`,
      );
    }
  }
});

test('an unexpected end is reported with its reason, or mended', async () => {
  const { host, want, state, executor } = setUp();
  await want(server());
  host.end('s1');
  await executor.idle();
  assert.deepEqual(
    [state(), executor.report().servers[0]?.reason],
    [['stopped 1/1'], 'QEMU was ended by signal SIGKILL.'],
  );
  await want(server({ boot: 2, onFailure: 'restart' }));
  host.end('s1');
  await until(() => host.machines.has('s1'));
  await executor.idle();
  assert.deepEqual(state(), ['running 1/2']);
  host.end('s1', 'The guest shut down.', true);
  await until(() => executor.report().servers[0]?.reason === 'The guest shut down.');
  assert.deepEqual(state(), ['stopped 1/2']);
});

test('one failing server does not stop others, and is tried again when its wish changes', async () => {
  let broken = true;
  const { want, state, executor } = setUp({
    before(step, id) {
      if (broken && step === 'create' && id === 's1') throw new OperatorError('The disk is full.', 'Free space.');
    },
  });
  await want(server(), server({ id: 's2', ports: [] }));
  assert.deepEqual(state(), ['error 0/0', 'running 1/1']);
  assert.equal(executor.report().servers[0]?.reason, 'The disk is full. Free space.');
  broken = false;
  await want(server(), server({ id: 's2', ports: [] }));
  assert.deepEqual(state(), ['error 0/0', 'running 1/1']);
  await want(server({ boot: 2 }), server({ id: 's2', ports: [] }));
  assert.deepEqual(state(), ['running 1/2', 'running 1/1']);
});

test('a rebuild makes the disk anew, ports come and go', async () => {
  const { host, want, state } = setUp();
  await want(server());
  await want(server({ build: 2, boot: 2, disk: { image: null, layersGib: [1, 2] } }));
  assert.deepEqual([state(), host.disks.get('s1')], [['running 2/2'], 2]);
  const [port] = server().ports;
  assert.ok(port);
  await want(server({ build: 2, boot: 2, disk: { image: null, layersGib: [1, 2] }, ports: [{ ...port, id: 'p2' }] }));
  assert.deepEqual([...host.ports.keys()], ['p2']);
});

test('a crash before or after any step converges all the same', async () => {
  for (let crashAt = 0; crashAt < 12; crashAt++) {
    let count = 0;
    const host = createSimHost({ faults: { before: () => void (count++ === crashAt && crash()) } });
    const ledger = memoryLedger();
    const crash = () => {
      throw new OperatorError('crash', '');
    };
    const run = async (boot: number, generation: number) => {
      await ledger.accept(document(generation, [server({ boot, power: boot === 2 ? 'suspended' : 'running' })]));
      for (let life = 0; life < 2; life++) {
        const drivers = host.restart();
        const executor = createExecutor({ drivers, ledger, log: silentLog, onChange: () => undefined });
        executor.wake();
        await executor.idle();
        await executor.close();
      }
    };
    await run(1, 1);
    assert.equal(host.machines.get('s1')?.boot, 1, `crash at ${crashAt}`);
    await run(2, 2);
    assert.deepEqual([host.machines.size, host.suspended.size], [0, 1], `crash at ${crashAt}`);
    await run(3, 3);
    assert.equal(host.machines.get('s1')?.state, 'running', `crash at ${crashAt}`);
  }
});

async function until(check: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !check(); i++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(check());
}
