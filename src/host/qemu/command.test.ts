import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qemuArgs, readArgs, type MachineCommand } from './command.ts';
import { freeSlot, type QemuHost } from './hardware.ts';

const host: QemuHost = { binary: 'qemu', machine: 'pc-i440fx-7.2', accel: 'tcg', offload: false, vhost: false };
const id = '11111111-1111-4111-8111-111111111111';
const command: MachineCommand = {
  ...{ server: id, boot: 3, startedAt: 1_700_000_000_000, incomingFd: null },
  hardware: {
    ...{ machine: host.machine, accel: 'tcg', cpu: 'max', vcpus: 2, memoryMib: 512, configDrive: true },
    nics: [{ port: '22222222-2222-4222-8222-222222222222', mac: 'fa:16:3e:00:00:01', mtu: 1442, slot: 8 }],
    ...{
      configSlot: null,
      root: { bus: 'virtio', slot: 6 },
      rescue: null,
      locals: [],
      volumes: [],
      vifModel: 'virtio',
    },
    ...{ scsiSlot: 7, agentSlot: null },
  },
  disks: {
    root: {
      files: [
        { path: '/i/a.raw', format: 'raw' },
        { path: '/s/0', format: 'qcow2' },
        { path: '/s/1', format: 'qcow2' },
      ],
    },
    rescue: null,
    locals: [],
  },
  nbdSocket: (volume) => `/v/${volume}/nbd`,
  paths: {
    ...{ qmp: '/r/qmp', vnc: '/r/vnc', serial: '/r/serial', consoleLog: '/s/log', configDrive: '/s/cd' },
    guestAgent: '/r/agent',
  },
};
const args = qemuArgs(command, host);
const after = (option: string) => args.flatMap((arg, i) => (args[i - 1] === option ? [arg] : []));

test('every block node has a format, and the image has no other writer nor a backing file', () => {
  const nodes = after('-blockdev').map((text) => JSON.parse(text) as Record<string, unknown>);
  const disks = nodes.filter((node) => String(node['node-name']).startsWith('disk'));
  assert.deepEqual(
    disks.map((node) => [node.driver, node['read-only'], node.backing]),
    [
      ['raw', true, undefined],
      ['qcow2', true, 'disk0'],
      ['qcow2', false, 'disk1'],
    ],
  );
  const image = qemuArgs(
    { ...command, disks: { root: { files: [{ path: '/i/a', format: 'qcow2' }] }, rescue: null, locals: [] } },
    host,
  );
  assert.ok(image.some((arg) => arg.includes('"backing":null')));
  assert.ok(!args.includes('-drive') && !args.includes('-hda'));
});

test('a volume with limits is behind a filter of its own, and its disk is that', () => {
  const volume = { attachment: id, volumeId: id, bus: 'virtio' as const, slot: 9, readOnly: false, bootIndex: null };
  const about = { ...volume, sizeGib: 1, device: 'vdb', tag: null, limits: { iopsTotal: 100, bpsRead: 4096 } };
  const limited = qemuArgs({ ...command, hardware: { ...command.hardware, volumes: [about] } }, host).join('\n');
  assert.match(limited, /"throttle-group","id":"limits-1+4111\w+","limits":\{"bps-read":4096,"iops-total":100\}/);
  assert.match(limited, /"node-name":"limited-(\w+)","throttle-group":"limits-\1","file":"nbd-\w+"/);
  assert.match(limited, /"drive":"limited-\w+"/);
});

test('QEMU is confined, and cards promise only what the switch can do', () => {
  assert.match(after('-sandbox')[0] ?? '', /elevateprivileges=deny,spawn=deny,resourcecontrol=deny/);
  const card = after('-device').find((text) => text.includes('virtio-net')) ?? '';
  assert.match(card, /"host_mtu":1442.*"csum":false.*"mrg_rxbuf":false/);
  const able = qemuArgs(command, { ...host, offload: true }).join(' ');
  assert.doesNotMatch(able, /"csum"/);
  // An older QEMU refuses properties that it does not know.
  assert.doesNotMatch(card, /uso4/);
  assert.match(qemuArgs(command, { ...host, machine: 'pc-i440fx-10.0' }).join(' '), /"guest_uso4":false/);
});

test('further disks of its own have block nodes of their own, and come after the root disk', () => {
  const locals = [{ name: 'swap', bus: 'virtio' as const, slot: 9 }];
  const chain = { files: [{ path: '/s/swap', format: 'qcow2' as const }] };
  const words = qemuArgs(
    {
      ...command,
      hardware: { ...command.hardware, locals },
      disks: { ...command.disks, locals: [{ name: 'swap', chain }] },
    },
    host,
  );
  const device = words.findIndex((word) => word.includes('"id":"swap"'));
  assert.match(words[device] ?? '', /"drive":"swap-disk0","addr":"0x9"/);
  assert.ok(device > words.findIndex((word) => word.includes('"id":"root"')));
  assert.equal(freeSlot({ ...command.hardware, locals }), 10);
});

test('a process tells server, boot and start by its arguments', () => {
  const about = { server: id, boot: 3, startedAt: 1_700_000_000_000, qmp: '/r/qmp' };
  assert.deepEqual(readArgs(['qemu', ...args]), about);
  assert.equal(readArgs(['qemu-system-x86_64', '-name', 'somebody', '-m', '1']), null);
});

test('a freed slot is given again', () => {
  const nic = (slot: number) => ({ port: String(slot), mac: '', mtu: 1, slot });
  assert.equal(freeSlot({ ...command.hardware, nics: [nic(8), nic(10)] }), 9);
  assert.equal(freeSlot({ ...command.hardware, nics: Array.from({ length: 24 }, (_, i) => nic(8 + i)) }), null);
});
