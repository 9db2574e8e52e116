import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf } from './limits.ts';

const of = (specs: Record<string, string>, sizeGib = 10, consumer: 'front-end' | 'back-end' = 'front-end') =>
  limitsOf({ name: 'q', consumer, specs }, sizeGib);

test('QoS specs become limits of a disk, or are refused with what is wrong', () => {
  assert.equal(of({}, 1, 'back-end'), null);
  assert.equal(of({ total_iops_sec: '0' }), null);
  assert.deepEqual(of({ total_iops_sec: '500', read_bytes_sec: '1000', read_bytes_sec_max: '2000' }), {
    ...{ iopsTotal: 500, bpsRead: 1000, bpsReadMax: 2000 },
  });
  assert.deepEqual(of({ write_iops_sec_per_gb: '3', write_iops_sec_per_gb_min: '100' }), { iopsWrite: 100 });
  assert.deepEqual(of({ write_iops_sec_per_gb: '3', write_iops_sec_per_gb_min: '100' }, 50), { iopsWrite: 150 });
  const refused = (specs: Record<string, string>, what: RegExp) => assert.throws(() => of(specs), what);
  refused({ maxIOPS: '5' }, /no spec maxIOPS/);
  refused({ size_iops_sec_per_gb: '5', size_iops_sec: '4' }, /exclude/);
  refused({ total_iops_sec: 'many' }, /whole number/);
  refused({ total_iops_sec: '5', read_iops_sec: '4' }, /total/);
  refused({ total_iops_sec_max: '5' }, /burst/);
  refused({ total_iops_sec: '9', total_iops_sec_max: '5' }, /burst/);
  refused({ total_iops_sec_per_gb_min: '5' }, /goes with/);
  assert.throws(() => of({ total_iops_sec: '5' }, 1, 'back-end'), /front-end/);
});
