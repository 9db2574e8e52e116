import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventStreamReader } from './event-stream.ts';

test('messages are read however they are cut', () => {
  const text =
    'retry: 2417\n\nevent: reset\nid: a-0\ndata: {}\n\n:\n\nevent: changed\nid: a-1\ndata: {"kind":\ndata: "servers"}\n\n';
  const whole = eventStreamReader()(text);
  assert.equal(whole.retry, 2417);
  assert.deepEqual(whole.messages, [
    { event: 'reset', data: '{}', id: 'a-0' },
    { event: 'changed', data: '{"kind":\n"servers"}', id: 'a-1' },
  ]);
  const read = eventStreamReader();
  assert.deepEqual(
    text.split('').flatMap((letter) => read(letter).messages),
    whole.messages,
  );
});
