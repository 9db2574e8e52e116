import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultOf, messageIn } from './fault.ts';
import { plainRequest, request } from './request.ts';

test('a request has its parameters in the path, and the newest microversion', () => {
  assert.deepEqual(request('GET /compute/v2.1/servers/{server_id}', { path: { server_id: 'a/b' } }), {
    method: 'GET',
    path: '/compute/v2.1/servers/a%2Fb',
    headers: { 'OpenStack-API-Version': 'compute 2.96' },
  });
  const made = request('POST /network/v2.0/floatingips', { body: { floatingip: { floating_network_id: 'n' } } });
  assert.deepEqual(made.headers, { 'Content-Type': 'application/json' });
  const listed = plainRequest('GET', '/image/v2/images', { query: { limit: '1000', name: undefined } });
  assert.equal(listed.path, '/image/v2/images?limit=1000');
  const changed = plainRequest('PATCH', '/image/v2/images/1', { body: [] });
  assert.equal(changed.headers['Content-Type'], 'application/openstack-images-v2.1-json-patch');
});

test('the sentence for people is found in the faults of all services', () => {
  const faults = [
    { badRequest: { code: 400, message: 'no' } },
    { error: { code: 401, message: 'no', title: 'Unauthorized' } },
    { NeutronError: { type: 'Bad', message: 'no', detail: '' } },
    { code: '404 Not Found', title: 'Not Found', message: 'no' },
    { errors: [{ status: 404, detail: 'no' }] },
  ];
  for (const fault of faults) assert.equal(messageIn(fault), 'no', JSON.stringify(fault));
  assert.equal(messageIn('<html>'), null);
  const headers: Record<string, string> = { 'x-openstack-request-id': 'req-1', 'retry-after': '7' };
  const fault = faultOf(429, (name) => headers[name] ?? null, 'not JSON');
  assert.deepEqual([fault.status, fault.requestId, fault.retryAfter, fault.message], [429, 'req-1', 7, '']);
});
