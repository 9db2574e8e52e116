import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSync, Visitor } from 'vite';

const SOURCE = join(import.meta.dirname, '../src');

/** Attributes whose text a person reads or hears. */
const SPOKEN = new Set([
  'alt',
  'aria-label',
  'aria-description',
  'label',
  'title',
  'placeholder',
  'hint',
  'description',
]);
/** What is the same in every language. */
const SAME = /^(Potluck|[^\p{L}]*)$/u;

/** Words that stand in a component instead of in text/, with their place. */
function hardCoded(file: string): string[] {
  const code = readFileSync(join(SOURCE, file), 'utf8');
  const found: string[] = [];
  const report = (text: string, start: number) => {
    if (SAME.test(text.trim())) return;
    found.push(`${file}:${code.slice(0, start).split('\n').length}: ${text.trim()}`);
  };
  const { program, errors } = parseSync(file, code);
  assert.deepEqual(errors, [], file);
  new Visitor({
    JSXText: (node) => report(node.value, node.start),
    JSXAttribute(node) {
      const name = node.name.type === 'JSXIdentifier' ? node.name.name : '';
      if (!SPOKEN.has(name) || node.value?.type !== 'Literal') return;
      report(String(node.value.value), node.start);
    },
    JSXExpressionContainer(node) {
      // {'text'} and {`text`} between tags; those in attributes that nobody reads are class names and the like.
      const before = code.slice(0, node.start).trimEnd();
      if (before.endsWith('=')) return;
      if (node.expression.type === 'Literal' && typeof node.expression.value === 'string') {
        report(node.expression.value, node.start);
      }
    },
  }).visit(program);
  return found;
}

test('every word that a person reads is in text/, in every language', () => {
  const files = globSync('**/*.tsx', { cwd: SOURCE });
  assert.ok(files.length > 20);
  assert.deepEqual(files.flatMap(hardCoded), []);
});
