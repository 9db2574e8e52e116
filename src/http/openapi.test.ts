import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { novaFault } from './faults.ts';
import { openApi } from './openapi.ts';
import { ok, route } from './route.ts';
import { openApiService } from './routes-docs.ts';
import { Strict } from './schemas.ts';
import type { Service } from './service.ts';
import { testCloud } from './testing.ts';

const things: Service = {
  policy: { 'versions:list': 'public', 'things:update': 'member' },
  name: 'things',
  prefix: '/things/v2',
  fault: novaFault,
  versions: { type: 'thing', legacyHeaders: [], min: { major: 2, minor: 1 }, max: { major: 2, minor: 9 } },
  jsonTypes: ['application/patch+json'],
  rootRoutes: [
    route({
      operation: 'versions:list',
      method: 'GET',
      path: '/things',
      handler: async () => ok({}),
    }),
  ],
  routes: [
    route({
      operation: 'things:update',
      method: 'PATCH',
      path: '/things/:thing_id/parts/:part_id',
      params: Type.Object({ thing_id: Type.String({ minLength: 1 }), part_id: Type.String() }),
      query: Strict({ force: Type.Optional(Type.String()), why: Type.String() }),
      body: Strict({ name: Type.String() }),
      response: Type.Object({ id: Type.String() }),
      handler: async () => ok({}),
    }),
  ],
};

test('a document says of a route what its schemas say', async (t) => {
  const cloud = await testCloud(t, [things, openApiService([things])]);
  const { body: document } = await cloud.request('GET', '/openapi/things.json', { as: 'nobody' });
  assert.equal(document.info.version, '2.9');
  assert.deepEqual(Object.keys(document.paths), ['/things', '/things/v2/things/{thing_id}/parts/{part_id}']);
  assert.deepEqual(document.paths['/things'].get.security, []);
  const update = document.paths['/things/v2/things/{thing_id}/parts/{part_id}'].patch;
  assert.equal(update.operationId, 'things:things:update');
  assert.deepEqual(update.security, [{ token: [] }, { session: [] }]);
  assert.deepEqual(
    update.parameters.map((one: { in: string; name: string; required: boolean }) => [one.in, one.name, one.required]),
    [
      ['path', 'thing_id', true],
      ['path', 'part_id', true],
      ['query', 'force', false],
      ['query', 'why', true],
      ['header', 'OpenStack-API-Version', false],
    ],
  );
  assert.deepEqual(update.parameters[0].schema, { type: 'string', minLength: 1 });
  assert.deepEqual(Object.keys(update.requestBody.content), ['application/json', 'application/patch+json']);
  assert.equal(update.requestBody.content['application/json'].schema.additionalProperties, false);
  assert.equal(update.responses['2XX'].content['application/json'].schema.properties.id.type, 'string');
  assert.equal(document.components.responses.Fault.content['application/json'].example.itemNotFound.code, 404);
  assert.deepEqual(document, openApi(things, { serverUrl: 'http://cloud.example:5000' }));
});

test('documents are served without a token', async (t) => {
  const cloud = await testCloud(t, [things, openApiService([things])]);
  const index = await cloud.request('GET', '/openapi', { as: 'nobody' });
  assert.deepEqual(
    index.body.documents.map((one: { href: string }) => one.href),
    ['http://cloud.example:5000/openapi/things.json'],
  );
  const document = await cloud.request('GET', '/openapi/things.json', { as: 'nobody' });
  assert.equal(document.body.openapi, '3.1.0');
  assert.deepEqual(document.body.servers, [{ url: 'http://cloud.example:5000' }]);
  assert.equal((await cloud.request('GET', '/openapi/others.json', { as: 'nobody' })).status, 404);
});
