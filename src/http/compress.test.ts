import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { placementFault } from './faults.ts';
import { openApiPolicy } from '../policy/own.ts';
import { takesGzip } from './compress.ts';
import { ok, route } from './route.ts';
import { testCloud } from './testing.ts';

test('who takes gzip is asked for it', () => {
  for (const text of ['gzip', 'gzip, deflate, br', 'br;q=1.0, GZIP;q=0.8']) assert.ok(takesGzip(text), text);
  for (const text of ['', 'identity', 'gzip;q=0', 'gzip;q=0.000, br', 'x-gzip']) assert.ok(!takesGzip(text), text);
});

test('long lists are compressed for who takes it, and say that they depend on it', async (t) => {
  const many = Array.from({ length: 2000 }, (_, number) => ({ name: `server-${number}` }));
  const operation = 'documents:list';
  const service = {
    ...{
      name: 'lists',
      prefix: '/lists',
      rootRoutes: [],
      fault: placementFault,
      versions: null,
      policy: openApiPolicy,
    },
    routes: [
      route({ operation, method: 'GET', path: '/long', handler: async () => ok({ many }) }),
      route({ operation, method: 'GET', path: '/short', handler: async () => ok({ many: [] }, { vary: 'x' }) }),
    ],
  };
  const { app, request } = await testCloud(t, [service]);
  const { createServer } = await import('./server.ts');
  const server = createServer(app, [service]);
  t.after(() => server.close());
  const reply = await server.inject({ url: '/lists/long', headers: { 'accept-encoding': 'gzip, deflate' } });
  assert.deepEqual([reply.headers['content-encoding'], reply.headers.vary], ['gzip', 'accept-encoding']);
  assert.equal(reply.headers['content-length'], String(reply.rawPayload.length));
  assert.ok(reply.rawPayload.length < 10_000);
  assert.deepEqual(JSON.parse(gunzipSync(reply.rawPayload).toString()), { many });
  const plain = await request('GET', '/lists/long');
  assert.deepEqual([plain.headers['content-encoding'], plain.body.many.length], [undefined, 2000]);
  const short = await server.inject({ url: '/lists/short', headers: { 'accept-encoding': 'gzip' } });
  assert.deepEqual([short.headers['content-encoding'], short.headers.vary], [undefined, 'x, accept-encoding']);
});
