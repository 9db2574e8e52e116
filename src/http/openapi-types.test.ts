import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { openApi } from './openapi.ts';
import { openApiTypes } from './openapi-types.ts';
import { ok, route } from './route.ts';
import { placementFault } from './faults.ts';

test('the types say what the schemas of requests let through, and what is answered', () => {
  const text = openApiTypes(
    'thing',
    openApi({
      name: 'thing',
      prefix: '/thing',
      rootRoutes: [],
      fault: placementFault,
      versions: null,
      policy: { 'things:list': 'public', 'things:change': 'public' },
      routes: [
        route({
          ...{ operation: 'things:list', method: 'GET', path: '' },
          query: Type.Object({ 'sort-by': Type.Optional(Type.String()) }),
          response: Type.Object({
            things: Type.Array(Type.Object({ id: Type.String() }, { additionalProperties: Type.String() })),
          }),
          handler: async () => ok({}),
        }),
        route({
          ...{ operation: 'things:change', method: 'PUT', path: '/:id' },
          params: Type.Object({ id: Type.String() }),
          body: Type.Object({
            sizes: Type.Array(Type.Union([Type.Integer(), Type.Null()])),
            tags: Type.Optional(Type.Record(Type.String(), Type.String())),
            kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])),
          }),
          handler: async () => ok({}),
        }),
      ],
    }),
  );
  assert.deepEqual(text.split('\n').slice(2, -1), [
    'export interface ThingRequests {',
    '  "GET /thing": { query?: { "sort-by"?: string } };',
    '  "PUT /thing/{id}": { path: { id: string }; body: { sizes: (number | null)[]; tags?: Record<string, string>; kind?: "a" | "b" } };',
    '}',
    '',
    'export interface ThingAnswers {',
    '  "GET /thing": { things: { id: string; [name: string]: unknown }[] };',
    '}',
  ]);
});
