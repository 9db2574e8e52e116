import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from './pattern.ts';

const CASES: [pattern: string, text: string, matches: boolean][] = [
  ['web', 'my-web-1', true],
  ['^web', 'my-web-1', false],
  ['^.*\\-instance\\-[0-9]+$', 'tempest-instance-42', true],
  ['^.*\\-instance\\-[0-9]+$', 'tempest-instance-x', false],
  ['a|b+c', 'xbbbc', true],
  ['^(ab){2,3}$', 'ababab', true],
  ['^(ab){2,3}$', 'abababab', false],
  ['[^a-c]', 'abc', false],
  ['^a?b*$', '', true],
  ['10.0.0.1', '10.0.0.12', true],
  ['^(?:x|y)\\d{2}$', 'y07', true],
];

test('patterns match as regular expressions do', () => {
  for (const [pattern, text, matches] of CASES) {
    assert.equal(compilePattern(pattern, 'name')(text), matches, `${pattern} on ${text}`);
    assert.equal(new RegExp(pattern).test(text), matches);
  }
});

test('a pattern that makes engines backtrack for ever takes no time', () => {
  const hostile = compilePattern('^(a+)+$', 'name');
  assert.equal(hostile(`${'a'.repeat(250)}b`), false);
  assert.throws(() => compilePattern('((a{900}){900}){900}', 'name'), /too long/);
});

test('what is no pattern is refused with its fault', () => {
  for (const bad of ['*a', '(a', 'a)', '[a', 'a\\', 'a{3,2}']) {
    assert.throws(() => compilePattern(bad, 'name'), /Invalid input for query parameter name/, bad);
  }
});
