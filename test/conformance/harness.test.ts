import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { parseKnown } from './known.ts';
import { collect, reasonOf } from './results.ts';
import { groupTests } from './run.ts';
import { createSubunitReader, type Packet } from './subunit.ts';
import { renderConf } from './tempest-conf.ts';

/** A packet with a test's id and a status, and with a file if one is given. */
function packet(id: string, status: number, file?: [name: string, content: string]): Buffer {
  const number = (value: number) =>
    value < 64 ? Buffer.from([value]) : Buffer.from([0x40 | (value >> 8), value & 255]);
  const text = (value: string) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);
  const parts = [text(id), ...(file ? [text(file[0]), text(file[1])] : [])];
  const flags = 0x2800 | (file ? 0x40 : 0) | status;
  const length = parts.reduce((sum, part) => sum + part.length, 0) + 3 + 2 + 4;
  const size = Buffer.from([0x40 | (length >> 8), length & 255]);
  const body = Buffer.concat([Buffer.from([0xb3, flags >> 8, flags & 255]), size, ...parts]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([body, sum]);
}

test('subunit: packets in any pieces, with what a test printed between them', () => {
  const seen: Packet[] = [];
  const reader = createSubunitReader((one) => seen.push(one));
  const whole = Buffer.concat([
    packet('a.B.c', 2),
    Buffer.from('noise \xb3\x2f', 'latin1'),
    packet('a.B.c', 0, ['traceback', 'x'.repeat(200)]),
    packet('a.B.c', 6),
  ]);
  for (let at = 0; at < whole.length; at += 7) reader.write(whole.subarray(at, at + 7));
  assert.deepEqual(
    seen.map(({ testId, status, file }) => [testId, status, file?.content.length]),
    [
      ['a.B.c', 'inprogress', undefined],
      ['a.B.c', '', 200],
      ['a.B.c', 'fail', undefined],
    ],
  );
});

test('a test without a result of its own ends as its class did', () => {
  const none = { time: null, file: null };
  const results = collect(['a.B.c[id-1]', 'a.B.d']);
  const reason = { name: 'reason', content: Buffer.from('no volumes') };
  results.add({ ...none, testId: 'setUpClass (a.B)', status: 'skip', file: reason });
  assert.deepEqual(
    results.finish().map((one) => [one.test, one.status, one.reason]),
    [
      ['a.B.c', 'skipped', 'no volumes'],
      ['a.B.d', 'skipped', 'no volumes'],
    ],
  );
  assert.equal(collect(['a.B.c']).finish('it died')[0]?.status, 'failed');
});

test('the reason is the exception, not the way to it', () => {
  const traceback =
    'Traceback (most recent call last):\n  File "x", line 1\n    raise Y\ntempest.lib.exceptions.NotFound: gone\nDetails: no\n';
  assert.equal(reasonOf(traceback), 'NotFound: gone Details: no');
});

test('long classes come first and in parts', () => {
  const groups = groupTests(['a.A.x', 'b.B.x', 'b.B.y', 'b.B.z'], { 'b.B': 30 });
  assert.deepEqual(groups, [['b.B.x', 'b.B.z'], ['b.B.y'], ['a.A.x']]);
});

test('known failures are paragraphs; options are written as oslo.config reads them', () => {
  const known = parseKnown('# remark\ntest: a.b\ncause: it is\n  so\nmend: time\n');
  assert.deepEqual(known.get('a.b'), { cause: 'it is so', mend: 'time', simulatedOnly: false });
  assert.throws(() => parseKnown('test: a.b\ncause: c\n'), /mend/);
  assert.equal(renderConf({ a: { b: true, c: ['d', 'e'] } }), '[a]\nb = True\nc = d,e\n');
});
