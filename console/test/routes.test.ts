import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiRoots } from '../../src/console/negotiate.ts';
import { services } from '../../src/services.ts';
import { PAGES } from '../src/routes.ts';

test('no page has an address that an API has', () => {
  const roots = apiRoots(services);
  assert.ok(roots.has('compute'));
  for (const { path } of [...PAGES, { path: '/sign-in' }]) {
    assert.ok(!roots.has(path.split('/')[1] ?? ''), `${path} would be answered by an API`);
  }
});
