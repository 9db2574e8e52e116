import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComputeLimits, Flavor, Server } from '../../../api/queries/compute.ts';
import { shellText, type Operation } from '../../../how/operation.ts';
import * as operations from '../operations.ts';
import { operationOf } from './direct.ts';
import { propertyProblem, tagProblem, tagsOf } from './label-input.ts';
import { noticeOf } from './notices.ts';
import { difference, objection } from './sizes.ts';

const said = ({ request, command }: Operation) => [request.body, shellText(command ?? [])];
const web = { id: 's1', name: 'web' };

test('a size is refused for the first thing that speaks against it', () => {
  const flavor = { original_name: 'small', vcpus: 1, ram: 1024, disk: 10, ephemeral: 0, swap: 0 };
  const server: Pick<Server, 'image' | 'flavor'> = { image: { id: 'i' }, flavor };
  const size = (name: string, vcpus: number, ram: number, disk: number) => ({ name, vcpus, ram, disk }) as Flavor;
  const limits = {
    ...{ maxTotalCores: 4, totalCoresUsed: 3, maxTotalRAMSize: 4096, totalRAMUsed: 2048 },
  } as ComputeLimits;
  assert.equal(objection(server, size('small', 1, 1024, 10), limits), 'same');
  assert.equal(objection(server, size('s', 1, 512, 5), limits), 'disk-smaller');
  assert.equal(objection(server, size('s', 1, 512, 0), limits), 'disk-smaller');
  assert.equal(objection({ ...server, image: '' }, size('s', 1, 512, 0), limits), null);
  assert.equal(objection(server, size('m', 3, 2048, 10), limits), 'cores-quota');
  assert.equal(objection(server, size('m', 2, 4096, 10), limits), 'memory-quota');
  assert.equal(objection(server, size('m', 2, 2048, 20), limits), null);
  assert.equal(objection(server, size('m', 9, 9999, 20), { ...limits, maxTotalCores: -1, maxTotalRAMSize: -1 }), null);
  // Who is over the quota already may become smaller.
  assert.equal(objection(server, size('s', 1, 512, 10), { ...limits, totalRAMUsed: 9999 }), null);
  assert.deepEqual(difference(server, { vcpus: 1, ram: 512 }), { cores: 0, memory: -512 });
});

test('requests and commands say the same', () => {
  const flavor = { id: 'f', name: 'small' };
  assert.deepEqual(said(operations.resizeServer(web, flavor)), [
    { resize: { flavorRef: 'f' } },
    'openstack server resize --flavor small web',
  ]);
  assert.deepEqual(said(operations.rebuildServer(web, { id: 'i', name: 'debian 13' }, 'laptop')), [
    { rebuild: { imageRef: 'i', key_name: 'laptop' } },
    "openstack server rebuild --image 'debian 13' --key-name laptop web",
  ]);
  assert.deepEqual(said(operations.rescueServer(web, null)), [{ rescue: null }, 'openstack server rescue web']);
  assert.deepEqual(said(operations.lockServer(web, '')), [{ lock: null }, 'openstack server lock web']);
  assert.deepEqual(said(operations.lockServer(web, 'exam')), [
    { lock: { locked_reason: 'exam' } },
    'openstack server lock --reason exam web',
  ]);
  assert.deepEqual(said(operationOf('unlock', web)), [{ unlock: null }, 'openstack server unlock web']);
  const attach = (plug: operations.Plug) => said(operations.attachInterface(web, plug));
  const network = { id: 'n', name: 'garden' };
  assert.deepEqual(attach({ network, address: '' }), [
    { interfaceAttachment: { net_id: 'n' } },
    'openstack server add network web garden',
  ]);
  assert.deepEqual(attach({ network, address: '10.0.0.9' }), [
    { interfaceAttachment: { net_id: 'n', fixed_ips: [{ ip_address: '10.0.0.9' }] } },
    'openstack server add fixed ip --fixed-ip-address 10.0.0.9 web garden',
  ]);
  assert.deepEqual(attach({ port: { id: 'p', name: '' } })[1], 'openstack server add port web p');
});

test('of tags and properties only what differs is sent', () => {
  const server = { ...web, metadata: { a: '1', b: '2' }, tags: ['old', 'kept'] };
  const sent = operations.relabelServer(server, { metadata: { a: '1', c: '3' }, tags: ['kept', 'new'] });
  assert.deepEqual(
    sent.map(({ request: { method, path } }) => `${method} ${path.slice('/compute/v2.1/servers/s1/'.length)}`),
    ['POST metadata', 'DELETE metadata/b', 'PUT tags/new', 'DELETE tags/old'],
  );
  assert.deepEqual(sent[0] && said(sent[0]), [{ metadata: { c: '3' } }, 'openstack server set --property c=3 web']);
  assert.deepEqual(operations.relabelServer(server, server), []);
  assert.deepEqual(tagsOf(' web, ,web,db '), ['web', 'db']);
  assert.deepEqual(['a/b', 'x'.repeat(61), 'fine'].map(tagProblem), ['tag-slash', 'tag-long', null]);
  assert.equal(propertyProblem([['é', '']]), 'property-name');
  assert.equal(
    propertyProblem([
      ['a', '1'],
      ['a ', '2'],
    ]),
    'property-twice',
  );
  assert.equal(
    propertyProblem([
      ['a.b:c', 'x'],
      ['', ''],
    ]),
    null,
  );
});

test('what a server waits for is said, the lock before all else', () => {
  const server = (state: string, task: string | null = null, locked = false) => ({
    'OS-EXT-STS:vm_state': state,
    'OS-EXT-STS:task_state': task,
    locked,
  });
  assert.deepEqual(noticeOf(server('resized'))?.actions, ['confirm', 'revert']);
  assert.equal(noticeOf(server('resized', 'resize_reverting')), null);
  assert.equal(noticeOf(server('resized', null, true))?.kind, 'locked');
  assert.equal(noticeOf(server('active')), null);
});
