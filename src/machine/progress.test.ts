import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OperatorError } from '../core/errors.ts';
import { createProgress, type ProgressOptions } from './progress.ts';

function recorded(mode: ProgressOptions['mode']) {
  let written = '';
  let now = 0;
  const progress = createProgress({
    mode,
    terminal: false,
    write: (text) => (written += text),
    now: () => (now += 1500),
  });
  return { progress, text: () => written };
}

test('one line per stage, with its seconds and what came of it', async () => {
  const { progress, text } = recorded('text');
  await progress.stage('a', 'First', () => Promise.resolve('done well'));
  progress.finish(['bye'], {});
  assert.match(text(), /^ +1\.5 s {2}First: done well\n +\d+\.\d s {2}in all\n\nbye\n$/);
});

test('events for programs, also of a failure', async () => {
  const { progress, text } = recorded('json');
  const failing = progress.stage('a', 'First', (detail) => {
    detail('half way');
    return Promise.reject(new OperatorError('it broke', 'mend it'));
  });
  await assert.rejects(failing, /it broke/);
  const events = text().trim().split('\n');
  assert.deepEqual(
    events.map((line) => (JSON.parse(line) as { state?: string; detail?: string }).state),
    ['running', undefined, 'failed'],
  );
  assert.match(events[2] ?? '', /"hint":"mend it"/);
});

test('quiet says nothing', async () => {
  const { progress, text } = recorded('quiet');
  await progress.stage('a', 'First', () => Promise.resolve('x'));
  progress.finish(['bye'], {});
  assert.equal(text(), '');
});
