import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMON, UsageError, numberOption, parseCommand, type CommandSpec } from './options.ts';

const spec: CommandSpec = {
  name: 'thing',
  summary: 'Does a thing.',
  operands: '[NAME]',
  options: { port: { value: 'PORT', help: 'which port' }, follow: { short: 'f', help: 'go on' }, ...COMMON },
};

test('options, switches and operands', () => {
  const parsed = parseCommand(spec, ['--port', '80', '-f', 'one']);
  assert.equal(parsed?.text('port'), '80');
  assert.equal(parsed?.is('follow'), true);
  assert.equal(parsed?.is('json'), false);
  assert.deepEqual(parsed?.operands, ['one']);
});

test('help names every option and does nothing', () => {
  let text = '';
  assert.equal(
    parseCommand(spec, ['--help', '--port', '1'], (part) => (text += part)),
    null,
  );
  for (const word of ['Usage: potluck thing', '--port PORT', '-f, --follow', '--json', 'Exit codes']) {
    assert.ok(text.includes(word), word);
  }
});

test('what is unknown is wrong usage', () => {
  assert.throws(() => parseCommand(spec, ['--nope']), UsageError);
  assert.throws(() => parseCommand({ name: 'thing', summary: '', options: COMMON }, ['word']), UsageError);
  assert.throws(() => numberOption('port', 'x', 1, 1, 9), UsageError);
  assert.throws(() => numberOption('port', '10', 1, 1, 9), UsageError);
  assert.equal(numberOption('port', undefined, 7, 1, 9), 7);
});
