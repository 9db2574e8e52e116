import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSchema } from '../http/validators.ts';
import { services } from '../services.ts';
import { staleDocuments } from './openapi.ts';

test('the checked-in OpenAPI documents and types of requests are what the routes say', () => {
  const stale = [...staleDocuments(services).keys()];
  assert.deepEqual(stale, [], 'regenerate them with: ./potluck openapi --write');
});

test('every operation has a name of its own', () => {
  for (const service of services) {
    const names = [...service.routes, ...service.rootRoutes].map((route) => route.operation);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
      service.name,
    );
  }
});

test('every schema of a request compiles', () => {
  for (const { routes, rootRoutes } of services) {
    for (const { params, query, body } of [...routes, ...rootRoutes]) {
      for (const schema of [params, query, body]) if (schema) compileSchema(schema);
    }
  }
});
