import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBootOrder, nextName, readDevices, rootOf, withImageDevices, type DevicesInput } from './devices.ts';

const IMAGE = '11111111-1111-1111-1111-111111111111';
const VOLUME = '22222222-2222-2222-2222-222222222222';
const SNAPSHOT = '33333333-3333-3333-3333-333333333333';

const local = { source_type: 'image', destination_type: 'local', boot_index: 0, uuid: IMAGE } as const;
const volume = { source_type: 'volume', destination_type: 'volume', uuid: VOLUME } as const;

function read(input: DevicesInput) {
  const devices = readDevices(input);
  assertBootOrder(devices);
  return devices;
}

test('the root disk is the image, or the device that boots first', () => {
  assert.deepEqual(rootOf(read({ imageRef: IMAGE })).id, IMAGE);
  const [root, other] = read({ imageRef: IMAGE, block_device_mapping_v2: [local, { ...volume, tag: 'data' }] });
  assert.deepEqual([root?.source, root?.destination, root?.deleteOnTermination], ['image', 'local', false]);
  assert.deepEqual([other?.source, other?.bootIndex, other?.tag], ['volume', null, 'data']);
  const fromVolume = read({ block_device_mapping_v2: [{ ...volume, boot_index: '0', delete_on_termination: 'True' }] });
  assert.deepEqual(rootOf(fromVolume), {
    source: 'volume',
    destination: 'volume',
    id: VOLUME,
    bootIndex: 0,
    sizeGib: null,
    volumeType: null,
    deleteOnTermination: true,
    name: null,
    bus: null,
    tag: null,
    format: null,
  });
});

test('the older mapping: vda is the root, of a volume or a snapshot', () => {
  const old = [{ device_name: '/dev/vda', volume_id: VOLUME, volume_size: '' }];
  assert.equal(rootOf(read({ block_device_mapping: old })).id, VOLUME);
  const beside = read({ imageRef: IMAGE, block_device_mapping: [{ device_name: 'vdb', snapshot_id: SNAPSHOT }] });
  assert.deepEqual(
    beside.map(({ source, bootIndex }) => [source, bootIndex]),
    [
      ['image', 0],
      ['snapshot', null],
    ],
  );
});

test('what cannot be is refused with a reason', () => {
  const refusals: [DevicesInput, RegExp][] = [
    [{}, /Invalid imageRef/],
    [{ imageRef: 'nothing' }, /Invalid imageRef/],
    [
      { imageRef: IMAGE, block_device_mapping: [{}], block_device_mapping_v2: [local] },
      /different block_device_mapping/,
    ],
    [{ block_device_mapping_v2: [local] }, /Mapping image to local is not supported/],
    [{ block_device_mapping_v2: [{ source_type: 'volume', destination_type: 'volume' }] }, /Missing device UUID/],
    [{ block_device_mapping_v2: [volume] }, /Boot sequence/],
    [{ imageRef: IMAGE, block_device_mapping_v2: [local, { ...volume, boot_index: 0 }] }, /Boot sequence/],
    [{ imageRef: IMAGE, block_device_mapping_v2: [local, { ...volume, boot_index: 2 }] }, /Boot sequence/],
    [{ block_device_mapping_v2: [{ ...volume, boot_index: 0, volume_type: 'x' }] }, /volume type to existing volume/],
    [{ block_device_mapping_v2: [{ ...volume, boot_index: 0, disk_bus: 'floppy' }] }, /disk bus floppy is not valid/],
    [{ block_device_mapping_v2: [{ ...volume, boot_index: 0, destination_type: 'local' }] }, /its destination_type is/],
    [{ imageRef: IMAGE, block_device_mapping: [{ device_name: 'vda', volume_id: VOLUME }] }, /same device name as the/],
  ];
  for (const [input, message] of refusals) assert.throws(() => read(input), message, JSON.stringify(input));
});

test('an image of a server that boots from a volume brings its devices along', () => {
  const own = [
    {
      source_type: 'snapshot',
      destination_type: 'volume',
      snapshot_id: SNAPSHOT,
      boot_index: 0,
      device_name: '/dev/vda',
      volume_size: 1,
      image_id: null,
      tag: null,
    },
    {
      source_type: 'snapshot',
      destination_type: 'volume',
      snapshot_id: VOLUME,
      boot_index: null,
      device_name: '/dev/vdb',
      volume_size: 2,
    },
  ];
  const properties = { block_device_mapping: JSON.stringify(own), bdm_v2: 'True' };
  const devices = withImageDevices(readDevices({ imageRef: IMAGE }), properties);
  assertBootOrder(devices);
  assert.deepEqual([rootOf(devices).id, devices.length], [SNAPSHOT, 2]);
  const replaced = withImageDevices(
    readDevices({ imageRef: IMAGE, block_device_mapping_v2: [local, { ...volume, device_name: '/dev/vdb' }] }),
    properties,
  );
  assert.deepEqual(
    replaced.map(({ source, id }) => [source, id]),
    [
      ['snapshot', SNAPSHOT],
      ['volume', VOLUME],
    ],
  );
  assert.throws(() => withImageDevices(devices, { block_device_mapping: 'nonsense' }), /not a list/);
});

test('names of disks follow each other on their bus', () => {
  assert.equal(nextName('virtio', new Set()), 'vda');
  assert.equal(nextName('virtio', new Set(['vda', 'vdb'])), 'vdc');
  assert.equal(nextName('scsi', new Set(['vda'])), 'sda');
  const all = new Set(Array.from({ length: 26 }, (_, index) => `vd${String.fromCharCode(97 + index)}`));
  assert.throws(() => nextName('virtio', all), /maximum allowed number/);
});
