import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const SERVICES = ['identity', 'image', 'network', 'compute', 'placement', 'volume', 'enrolment'];

interface Import {
  /** Both from the repository's root: `src/compute/index.ts`. */
  from: string;
  to: string;
  typeOnly: boolean;
}

const sources = globSync('src/**/*.ts', { cwd: ROOT });

const imports: Import[] = sources.flatMap((from) => {
  const text = readFileSync(join(ROOT, from), 'utf8');
  const pattern = /^(?:import|export)\s+(type\s)?[^;]*?from '(\.[^']+)'/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    from,
    to: relative('.', normalize(join(dirname(from), match[2] ?? ''))),
    typeOnly: match[1] !== undefined,
  }));
});

const isTest = (path: string) => path.endsWith('.test.ts') || path.includes('/testing');
const serviceOf = (path: string) => SERVICES.find((name) => path.startsWith(`src/${name}/`));

function refuse(rule: string, broken: (one: Import) => boolean): void {
  const found = imports.filter((one) => !isTest(one.from) && broken(one)).map((one) => `${one.from} → ${one.to}`);
  assert.deepEqual(found, [], rule);
}

test('the imports were found', () => {
  assert.ok(imports.length > 100);
});

test('core imports nothing of ours', () => {
  refuse('core can be read, tested and reused alone', ({ from, to }) => {
    return from.startsWith('src/core/') && !to.startsWith('src/core/');
  });
});

test('a service imports another one only through its index.ts', () => {
  refuse('what a service lets others use is listed in one place', ({ from, to }) => {
    const target = serviceOf(to);
    return (
      serviceOf(from) !== undefined && target !== undefined && target !== serviceOf(from) && !to.endsWith('/index.ts')
    );
  });
});

test('routes reach no host and no engine', () => {
  refuse('a request changes rows; reconcilers and agents change the world', ({ from, to, typeOnly }) => {
    return from.includes('/routes/') && !typeOnly && /^src\/(host|engines)\//.test(to);
  });
});

test('planners and schedulers do no I/O', () => {
  const pure = sources.filter((path) => /\/(plan|diff|schedule)[^/]*\.ts$/.test(path) && !isTest(path));
  assert.ok(pure.length > 0);
  for (const path of pure) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    assert.doesNotMatch(text, /from 'node:(fs|net|http|child_process)/, `${path} decides; it does not do`);
    assert.doesNotMatch(text, /\bDate\.now\(|\bMath\.random\(/, `${path} gets time and randomness as arguments`);
  }
});

test('engines know nothing of services', () => {
  refuse('an engine client serves any caller', ({ from, to, typeOnly }) => {
    return from.startsWith('src/engines/') && !typeOnly && !/^src\/(core|engines)\//.test(to);
  });
});

test('the host agent shares only types and core with the controller', () => {
  refuse('an agent runs where no controller is', ({ from, to, typeOnly }) => {
    return from.startsWith('src/host/') && !typeOnly && !/^src\/(core|host|engines|sim)\//.test(to);
  });
});

test('the audit trail is only added to, and trimmed by age', () => {
  const writers = sources.filter((path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return !isTest(path) && /(insertInto|updateTable|deleteFrom)\('audit'\)/.test(text);
  });
  assert.deepEqual(writers.sort(), ['src/audit/store.ts', 'src/store/audit.ts']);
  const text = writers.map((path) => readFileSync(join(ROOT, path), 'utf8')).join();
  assert.doesNotMatch(text, /updateTable\('audit'\)/);
});
