import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleMatches } from './access-rules.ts';

const matches = (pattern: string, path: string) =>
  ruleMatches(
    { id: '', service: 'compute', method: 'GET', path: pattern },
    { service: 'compute', method: 'GET', path },
  );

test('a rule covers its path, one segment per star, anything for two', () => {
  assert.equal(matches('/v2.1/servers', '/v2.1/servers'), true);
  assert.equal(matches('/v2.1/servers', '/v2.1/servers/x'), false);
  assert.equal(matches('/v2.1/servers', '/v2x1/servers'), false);
  assert.equal(matches('/v2.1/servers/*/ips', '/v2.1/servers/abc/ips'), true);
  assert.equal(matches('/v2.1/servers/*/ips', '/v2.1/servers/a/b/ips'), false);
  assert.equal(matches('/v2.1/servers/*', '/v2.1/servers/'), false);
  assert.equal(matches('/v2.1/servers/{server_id}', '/v2.1/servers/abc'), true);
  assert.equal(matches('/v2.1/**', '/v2.1/servers/a/b'), true);
  assert.equal(matches('/v2.1/**/ips', '/v2.1/servers/a/ips'), true);
  assert.equal(matches('/v2.1/**/ips', '/v2.1/servers/a/ip'), false);
});

test('method and service count', () => {
  const rule = { id: '', service: 'compute', method: 'GET', path: '/**' };
  assert.equal(ruleMatches(rule, { service: 'image', method: 'GET', path: '/v2' }), false);
  assert.equal(ruleMatches(rule, { service: 'compute', method: 'POST', path: '/v2' }), false);
});

test('a pattern made to be slow is not', () => {
  const started = performance.now();
  assert.equal(matches(`/${'**a'.repeat(70)}`, `/${'a'.repeat(2_000)}b`), false);
  assert.ok(performance.now() - started < 1_000);
});
