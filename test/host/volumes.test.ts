import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type {
  HostAttachment,
  HostDiagnostics,
  HostServer,
  HostVolume,
  ServerReport,
  VolumeReport,
} from '../../src/host/document.ts';
import { exec } from '../../src/host/exec.ts';
import { canRun, testMachine, testServer, until, type TestMachine } from './machine.ts';

const IMAGE = process.env.POTLUCK_TEST_IMAGE ?? join(import.meta.dirname, '../../.dev/tiny.qcow2');
const skip = !canRun ? 'needs root, QEMU and Open vSwitch' : !existsSync(IMAGE) && `needs the image ${IMAGE}`;

let machine: TestMachine;
let server: HostServer;
let image: ReturnType<TestMachine['addImage']>;
const volumes = new Map<string, HostVolume>();

/** Programs whose arguments have the text in them. */
const processes = (text: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && commandOf(pid).includes(text));
const commandOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
const daemonOf = (id: string) => processes('qemu-storage-daemon').filter((pid) => commandOf(pid).includes(id));
const server1 = (): ServerReport | undefined => machine.report()?.servers.find((one) => one.id === server.id);
const volume = (id: string): VolumeReport | undefined => machine.report()?.volumes.find((one) => one.id === id);
const change = (to: Partial<HostServer> = {}) =>
  machine.change((document) => {
    server = { ...server, ...to };
    document.servers = [server];
    document.volumes = [...volumes.values()];
  });
const put = (id: string, to: Partial<HostVolume> = {}): HostVolume => {
  const before = volumes.get(id) ?? { id, sizeGib: 1, build: 1, source: { kind: 'empty' as const }, snapshots: [] };
  volumes.set(id, { ...before, ...to });
  return { ...before, ...to };
};
const attach = (volumeId: string, to: Partial<HostAttachment> = {}): HostAttachment => ({
  ...{ id: randomUUID(), volumeId, bootIndex: null, device: 'vdb', bus: 'virtio', readOnly: false, tag: null },
  ...to,
});
const attached = () => (server1()?.attachments ?? []).filter((one) => one.state === 'attached').map(({ id }) => id);
const isAttached = (id: string) => until(machine, 'the volume is plugged in', () => attached().includes(id));
const isBuilt = (id: string) =>
  until(machine, 'the volume is there', () => {
    const found = volume(id);
    return found?.state === 'available' && found.build === volumes.get(id)?.build;
  });
const hasSnapshot = (id: string, snapshot: string) =>
  until(machine, 'the snapshot is taken', () =>
    volume(id)?.snapshots.some((one) => one.id === snapshot && one.state === 'available'),
  );

/** What the guest does: counts in the first block of its second disk, reads 2 MiB of a SCSI disk, says what disks it has. */
const SCRIPT = `#!/bin/sh
while :; do
  i=$((i + 1))
  if [ -b /dev/vdb ]; then
    echo "count $i" | dd of=/dev/vdb bs=512 conv=sync,notrunc,fsync 2>/dev/null && echo "wrote $i"
  fi
  if [ -b /dev/sda ]; then
    s=$(cut -d. -f1 /proc/uptime)
    dd if=/dev/sda of=/dev/null bs=64k count=32 skip=$((i * 32)) 2>/dev/null && echo "took $(($(cut -d. -f1 /proc/uptime) - s))"
  fi
  echo "disks$(for d in /sys/block/[vs]d*; do echo " \${d#/sys/block/}:$(cat $d/size)"; done | tr -d '\\n')"
  sleep 1
done >/dev/console 2>&1 &
`;
const consoleText = () => readFileSync(join(machine.directory, 'state', 'servers', server.id, 'console.log'), 'utf8');
const lastDisks = () =>
  consoleText()
    .match(/disks .*/g)
    ?.at(-1)
    ?.trim() ?? '';
const guestHas = (what: RegExp, seconds = 60) =>
  until(machine, `the guest has ${what} (it has ${lastDisks()})`, () => what.test(lastDisks()), seconds);
const written = () =>
  Number(
    consoleText()
      .match(/wrote (\d+)/g)
      ?.at(-1)
      ?.slice(6) ?? 0,
  );
const guestWrites = async () => {
  const before = written();
  await until(machine, 'the guest goes on writing', () => written() > before, 60);
};
/** The number in the first block of a file. */
const countIn = async (path: string, format = 'qcow2'): Promise<number> => {
  const raw = join(machine.directory, 'count.raw');
  await exec('qemu-img', ['dd', '-U', '-f', format, '-O', 'raw', 'bs=512', 'count=1', `if=${path}`, `of=${raw}`]);
  return Number(/count (\d+)/.exec(readFileSync(raw, 'utf8'))?.[1] ?? 0);
};
const layersOf = (id: string) => {
  const text = readFileSync(join(machine.directory, 'state', 'ledger.json'), 'utf8');
  const { volumes: all } = JSON.parse(text) as {
    volumes: Record<string, { layers: { file: string; snapshot: string }[] }>;
  };
  return (all[id]?.layers ?? []).map((layer) => ({
    ...layer,
    path: join(machine.directory, 'state', 'volumes', id, `${layer.file}.qcow2`),
  }));
};

before(async () => {
  if (skip) return;
  machine = await testMachine();
  image = machine.addImage(IMAGE, 'qcow2');
  server = testServer(image, null, { memoryMib: 128 });
  server.metadata.userData = Buffer.from(SCRIPT).toString('base64');
  await machine.startAgent();
});

after(async () => {
  await machine?.close();
});

/** Each test goes on where the one before it ended. */
let goesOn = true;
const step = (name: string, work: () => Promise<void>) =>
  test(name, { skip }, async (t) => {
    if (!goesOn) return t.skip('an earlier one failed');
    goesOn = false;
    await work();
    goesOn = true;
  });

const first = randomUUID();
const mine = attach(first, { limits: { iopsTotal: 1000 } });

void step('a volume is made, plugged into a server that runs, and seen by its guest', async () => {
  put(first);
  change();
  await isBuilt(first);
  assert.deepEqual(daemonOf(first), []);
  await until(machine, 'the server runs', () => server1()?.state === 'running', 60);
  await guestHas(/^disks vda:\d+( |$)/, 120);
  change({ attachments: [mine] });
  await isAttached(mine.id);
  assert.equal(daemonOf(first).length, 1);
  await guestHas(/vdb:2097152/);
  await guestWrites();
});

void step('a storage daemon that is killed comes back, and the guest goes on', async () => {
  const [pid] = daemonOf(first);
  assert.ok(pid);
  process.kill(pid, 'SIGKILL');
  await guestWrites();
  assert.notDeepEqual(daemonOf(first), [pid]);
});

void step('an agent that is killed finds daemon and disk again', async () => {
  const before = daemonOf(first);
  await machine.killAgent();
  await guestWrites();
  await machine.startAgent();
  await isAttached(mine.id);
  assert.deepEqual(daemonOf(first), before);
  // Nobody is there to start it again: the guest waits.
  await machine.killAgent();
  for (const pid of daemonOf(first)) process.kill(pid, 'SIGKILL');
  await machine.startAgent();
  await guestWrites();
});

const [early, late] = [randomUUID(), randomUUID()];

void step('a snapshot is a point in time, also while the guest writes', async () => {
  await guestWrites();
  const from = written();
  put(first, { snapshots: [{ id: early }] });
  change();
  await hasSnapshot(first, early);
  const to = written();
  await guestWrites();
  const frozen = layersOf(first).find((layer) => layer.snapshot === early);
  const count = await countIn(frozen?.path ?? '');
  assert.ok(from <= count && count <= to + 2, `${from} ${count} ${to}`);
  put(first, { snapshots: [{ id: early }, { id: late }] });
  change();
  await hasSnapshot(first, late);
  await guestWrites();
  assert.equal(await countIn(frozen?.path ?? ''), count);
});

void step('a volume grows under its guest', async () => {
  put(first, { sizeGib: 2 });
  change();
  await until(machine, 'the volume has grown', () => volume(first)?.sizeGib === 2);
  await guestHas(/vdb:4194304/);
  await guestWrites();
});

const [clone, restored] = [randomUUID(), randomUUID()];

void step('volumes are made of a volume that is written to, and of a snapshot', async () => {
  const frozen = layersOf(first).find((layer) => layer.snapshot === early);
  const count = await countIn(frozen?.path ?? '');
  await guestWrites();
  const from = written();
  put(clone, { sizeGib: 3, source: { kind: 'volume', id: first } });
  put(restored, { sizeGib: 2, source: { kind: 'snapshot', volumeId: first, id: early } });
  change();
  await Promise.all([clone, restored].map(isBuilt));
  assert.equal(await countIn(layersOf(restored)[0]?.path ?? ''), count);
  const cloned = await countIn(layersOf(clone)[0]?.path ?? '');
  assert.ok(from <= cloned && cloned <= written(), `${from} ${cloned} ${written()}`);
  assert.deepEqual([daemonOf(clone), daemonOf(restored)], [[], []]);
});

void step('snapshots are removed in any order while the guest writes, and nothing of them is left', async () => {
  put(first, { snapshots: [{ id: late }] });
  change();
  await until(machine, 'the first snapshot is gone', () => layersOf(first).length === 2);
  await guestWrites();
  assert.ok((await countIn(layersOf(first)[0]?.path ?? '')) > 0);
  put(first, { snapshots: [] });
  change();
  await until(machine, 'no snapshot is left', () => layersOf(first).length === 1);
  await guestWrites();
  const files = () =>
    readdirSync(join(machine.directory, 'state', 'volumes', first)).filter((name) => /qcow2$/.test(name));
  await until(machine, 'one file is left', () => files().length === 1);
});

void step('images are sent of a server that runs and of a volume that is written to', async () => {
  const [ofServer, ofVolume] = [randomUUID(), randomUUID()];
  machine.change((document) => {
    document.uploads = [
      { id: ofServer, from: { kind: 'server', id: server.id }, format: 'qcow2' },
      { id: ofVolume, from: { kind: 'volume', id: first }, format: 'raw' },
    ];
  });
  const path = await until(machine, 'the volume is sent', () => machine.received(ofVolume) ?? '', 60);
  assert.ok((await countIn(path, 'raw')) > 0);
  const copy = await until(machine, 'the server is sent', () => machine.received(ofServer) ?? '', 60);
  const info = JSON.parse(await exec('qemu-img', ['info', '--output=json', copy])) as Record<string, unknown>;
  assert.deepEqual([info.format, info['virtual-size'], info['backing-filename']], ['qcow2', 2 ** 30, undefined]);
  machine.change((document) => (document.uploads = []));
  const left = () => readdirSync(join(machine.directory, 'state', 'uploads'));
  await until(machine, 'no copy is left', () => left().length === 0);
  await guestWrites();
});

void step('what a server has done with its disks and its processor is told on demand', async () => {
  const request = { id: randomUUID(), server: server.id, to: 'diagnostics' as const };
  const text = await machine.tunnel(request, (bytes) => bytes.toString().endsWith('}'));
  const { cpus, disks, memoryMib } = JSON.parse(text.toString()) as HostDiagnostics;
  assert.ok((cpus[0]?.nanoseconds ?? 0) > 0);
  assert.equal(memoryMib.maximum, 128);
  const writers = disks.filter(({ writeBytes }) => writeBytes > 0).map(({ device }) => device);
  assert.deepEqual(new Set(writers), new Set(['vda', 'vdb']));
});

void step('a volume leaves a server that runs, and comes to another place of it', async () => {
  change({ attachments: [] });
  await until(machine, 'the volume is out', () => attached().length === 0);
  await guestHas(/^disks vda:\d+$/);
  await until(machine, 'no daemon is left', () => daemonOf(first).length === 0);
  const scsi = attach(restored, { device: 'sda', bus: 'scsi', limits: { bpsRead: 512 * 1024 } });
  change({ attachments: [scsi] });
  await isAttached(scsi.id);
  await guestHas(/sda:4194304/);
  await until(machine, 'reading 2 MiB takes its time', () => /took ([3-9]|\d\d)/.test(consoleText()), 60);
  assert.doesNotMatch(consoleText(), /took [01]\b/);
  change({ attachments: [] });
  await until(machine, 'the volume is out again', () => attached().length === 0);
});

const root = randomUUID();

void step('a server boots from a volume, and from a rescue image with the volume beside it', async () => {
  put(root, { source: { kind: 'image', image } });
  const boot = attach(root, { bootIndex: 0, device: 'vda' });
  const data = attach(restored, { device: 'vdb', limits: { bpsTotal: 10 * 2 ** 20 } });
  change({ build: 2, boot: 2, disk: null, attachments: [data, boot] });
  await until(machine, 'boot 2 runs', () => server1()?.boot === 2 && server1()?.state === 'running', 60);
  await guestHas(/^disks vda:2097152 vdb:4194304/, 120);
  change({ boot: 3, rescue: { image } });
  await until(machine, 'the rescue runs', () => server1()?.boot === 3 && server1()?.state === 'running', 60);
  await guestHas(/^disks vda:\d+ vdb:2097152 vdc:4194304/, 120);
  change({ boot: 4, rescue: null });
  await until(machine, 'the usual disk runs', () => server1()?.boot === 4 && server1()?.state === 'running', 60);
  assert.equal(existsSync(join(machine.directory, 'state', 'servers', server.id, 'rescue.qcow2')), false);
});

void step('a volume goes back to its snapshot', async () => {
  change({ power: 'stopped', attachments: [] });
  await until(machine, 'the server is off', () => server1()?.state === 'stopped');
  const snapshot = randomUUID();
  const before = await countIn(layersOf(restored)[0]?.path ?? '');
  put(restored, { snapshots: [{ id: snapshot }] });
  change();
  await hasSnapshot(restored, snapshot);
  put(restored, { build: 2, source: { kind: 'snapshot', volumeId: restored, id: snapshot } });
  change();
  await isBuilt(restored);
  assert.equal(await countIn(layersOf(restored)[1]?.path ?? ''), before);
});

void step('nothing of deleted volumes is left', async () => {
  machine.change((document) => {
    document.servers = [];
    document.volumes = [];
  });
  await until(machine, 'no volume is left', () => machine.report()?.volumes.length === 0, 60);
  assert.deepEqual(
    processes('qemu-storage-daemon').filter((pid) => commandOf(pid).includes(machine.directory)),
    [],
  );
  for (const place of ['state', 'run']) assert.deepEqual(readdirSync(join(machine.directory, place, 'volumes')), []);
  await until(machine, 'no image is left', () => readdirSync(join(machine.directory, 'state', 'images')).length === 0);
});
