import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REVOCATIONS } from '../store/watched.ts';
import { createFeed, LIFE_EVERY, type Listener, type Timing } from './feed.ts';

/** A feed in time that only goes on when told to. */
function setUp() {
  let at = 0;
  let work: { due: number; work: () => void }[] = [];
  const timing: Timing = {
    now: () => at,
    later(job, milliseconds) {
      const one = { due: at + milliseconds, work: job };
      work.push(one);
      return () => void (work = work.filter((other) => other !== one));
    },
  };
  const pass = (milliseconds: number) => {
    at += milliseconds;
    for (const one of work.filter(({ due }) => due <= at)) {
      work = work.filter((other) => other !== one);
      one.work();
    }
  };
  return { feed: createFeed(timing), pass, work: (milliseconds: number) => void (at += milliseconds) };
}

function listener(to: string[] | null, userId = 'u') {
  const got: string[] = [];
  const state = { allowed: true, waiting: 0, ended: '' };
  const one: Listener = {
    ...{ to, userId },
    send(text) {
      got.push(text.toString());
      return state.waiting;
    },
    allowed: () => state.allowed,
    end: (reason) => void (state.ended = reason),
  };
  const data = () => got.flatMap((text) => [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => json));
  const lastId = () => [...got.join('').matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? null;
  return { one, got, state, data, lastId };
}

const server = (project: string, id: string | null = 's') => ({ kind: 'servers', to: `project:${project}`, id });

test('each hears its own, once, and everybody what is everybody’s', () => {
  const { feed, pass } = setUp();
  const [a, b, all] = [listener(['all', 'project:a']), listener(['all', 'project:b']), listener(null)];
  for (const { one } of [a, b, all]) feed.join(one, null);
  feed.changed([server('a'), server('a'), { kind: 'flavors', to: 'all', id: 'f' }]);
  feed.changed([server('a'), { kind: 'hosts', to: 'operators', id: 'h' }]);
  pass(100);
  const flavor = '{"kind":"flavors","id":"f"}';
  assert.deepEqual(a.data(), ['{}', '{"kind":"servers","id":"s"}', flavor]);
  assert.deepEqual(b.data(), ['{}', flavor]);
  assert.deepEqual(all.data(), [
    '{}',
    '{"kind":"servers","id":"s","project_id":"a"}',
    '{"kind":"flavors","id":"f","project_id":null}',
    '{"kind":"hosts","id":"h","project_id":null}',
  ]);
  feed.changed(Array.from({ length: 60 }, (_, i) => server('b', `s${i}`)));
  pass(100);
  assert.deepEqual(b.data().slice(2), ['{"kind":"servers"}']);
});

test('who comes back is told what it missed, or to read everything anew', () => {
  const { feed, pass } = setUp();
  const first = listener(['project:a']);
  const leave = feed.join(first.one, null);
  feed.changed([server('a', '1')]);
  pass(100);
  leave();
  feed.changed([server('a', '2'), server('b', '3')]);
  pass(100);
  const again = listener(['project:a']);
  feed.join(again.one, first.lastId());
  assert.deepEqual(again.data(), ['{"kind":"servers","id":"2"}']);
  for (const id of ['other-1', `${first.lastId()}9`, 'x', '']) {
    const lost = listener(['project:a']);
    feed.join(lost.one, id);
    assert.match(lost.got[0] ?? '', /^event: reset\nid: \S+\ndata: \{\}\n\n$/, id);
  }
  // More than is kept.
  for (let i = 0; i < 300; i++) {
    feed.changed(Array.from({ length: 50 }, (_, j) => server('c', `${i} ${j}`)));
    pass(100);
  }
  const late = listener(['project:a']);
  feed.join(late.one, first.lastId());
  assert.match(late.got[0] ?? '', /^event: reset/);
  // A sign of life moves on who hears nothing; what may have been missed resets all.
  pass(LIFE_EVERY);
  assert.match(again.got.at(-1) ?? '', /^:\nid: \S+\n\n$/);
  const quiet = listener(['project:a']);
  feed.join(quiet.one, again.lastId());
  assert.deepEqual(quiet.data(), []);
  feed.missed();
  assert.match(quiet.got.at(-1) ?? '', /^event: reset/);
});

test('who may not hear any more, or does not read, is ended', () => {
  const { feed, pass } = setUp();
  const [a, b, c] = [listener(['project:a']), listener(['project:a'], 'v'), listener(['project:a'])];
  for (const { one } of [a, b, c]) feed.join(one, null);
  assert.deepEqual([feed.count(), feed.count('v')], [3, 1]);
  a.state.allowed = false;
  feed.changed([{ kind: REVOCATIONS, to: 'operators', id: null }]);
  assert.equal(a.state.ended, 'token');
  b.state.allowed = false;
  c.state.waiting = 10_000_000;
  feed.changed([server('a')]);
  pass(100);
  assert.deepEqual([b.state.ended, c.state.ended, feed.count()], ['token', 'slow', 0]);
  assert.deepEqual(b.data(), ['{}']);
  const d = listener(['project:a']);
  feed.join(d.one, null);
  feed.endAll();
  assert.equal(d.state.ended, 'controller');
});

test('telling rests as much longer as it takes', () => {
  const { feed, pass, work } = setUp();
  const slow = listener(['project:a']);
  slow.one.send = (text) => {
    slow.got.push(text.toString());
    work(50);
    return 0;
  };
  feed.join(slow.one, null);
  feed.changed([server('a', '1')]);
  pass(100);
  feed.changed([server('a', '2')]);
  pass(400);
  assert.equal(slow.got.length, 2);
  pass(50);
  assert.equal(slow.got.length, 3);
});
