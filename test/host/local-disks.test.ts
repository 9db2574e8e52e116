import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { HostLocalDisk, HostServer } from '../../src/host/document.ts';
import { convert } from '../../src/host/disks/convert.ts';
import { createLocalDisks } from '../../src/host/disks/local-disks.ts';
import { exec } from '../../src/host/exec.ts';
import { makeDirectory } from '../../src/host/files.ts';
import { serverPaths } from '../../src/host/paths.ts';
import { canRun, testNetwork, testServer } from './machine.ts';

const skip = canRun ? false : 'needs root and QEMU';
const directory = mkdtempSync(join(tmpdir(), 'local-disks-'));
const paths = { state: join(directory, 'state'), run: join(directory, 'run') };
const user = { uid: 0, gid: 0 };
after(() => rmSync(directory, { recursive: true, force: true }));

const bus = 'virtio' as const;
const ephemeral: HostLocalDisk = { name: 'ephemeral0', layersMib: [2048], format: 'ext4', device: 'vdb', bus };
const swap: HostLocalDisk = { name: 'swap', layersMib: [64], format: 'swap', device: 'vdc', bus };
const image = { id: 'image', sha256: '', sizeBytes: 0, format: 'raw' } as unknown as Parameters<typeof testServer>[0];
const serverWith = (...localDisks: HostLocalDisk[]): HostServer => ({
  ...testServer(image, testNetwork()),
  localDisks,
});

test(
  'ephemeral disks are formatted, swap disks are swap, and each is as small as what is in it',
  { skip },
  async () => {
    const disks = createLocalDisks(paths, user);
    const server = serverWith(ephemeral, swap);
    const at = serverPaths(paths, server.id);
    await makeDirectory(at.directory, 0o711);
    const began = Date.now();
    await disks.settle(server);
    console.log(`# made after ${Date.now() - began} ms`);
    const second = { ...server, id: `${server.id.slice(0, -1)}0` as HostServer['id'] };
    await makeDirectory(serverPaths(paths, second.id).directory, 0o711);
    const again = Date.now();
    await disks.settle(second);
    console.log(`# the next ones after ${Date.now() - again} ms`);
    const probe = async (name: string, chain: ReturnType<typeof disks.chains>) => {
      const raw = join(directory, 'probe.raw');
      const found = chain.find((one) => one.name === name);
      assert.ok(found);
      const size = name === 'swap' ? '64M' : '4G';
      await exec('qemu-img', ['create', '-q', '-f', 'raw', raw, size]);
      await convert(found.chain, { path: raw, format: 'raw' }, user);
      const text = await exec('blkid', ['-p', '-o', 'export', raw]);
      if (name !== 'swap') await exec('e2fsck', ['-fn', raw]);
      return text;
    };
    assert.match(await probe('ephemeral0', disks.chains(server)), /LABEL=ephemeral0\n[^]*TYPE=ext4/);
    assert.match(await probe('swap', disks.chains(second)), /TYPE=swap/);
    const bytes = await exec('du', ['-sk', at.directory]);
    assert.ok(Number(bytes.split('\t')[0]) < 40 * 1024, bytes);

    // A resize: what is there stays below, going back leaves the new layer out; swap is made anew.
    const larger = { ...server, localDisks: [{ ...ephemeral, layersMib: [2048, 4096] }] };
    await disks.settle(larger);
    assert.deepEqual(readdirSync(at.directory).sort(), [
      'local-ephemeral0-0-2048.qcow2',
      'local-ephemeral0-1-4096.qcow2',
    ]);
    assert.match(await probe('ephemeral0', disks.chains(larger)), /LABEL=ephemeral0/);
    await disks.settle(server);
    assert.deepEqual(readdirSync(at.directory).sort(), ['local-ephemeral0-0-2048.qcow2', 'local-swap-0-64.qcow2']);
    await disks.collect([server]);
    assert.equal(readdirSync(join(paths.state, 'blanks')).length, 2);
    await disks.collect([]);
    assert.equal(readdirSync(join(paths.state, 'blanks')).length, 0);
  },
);
