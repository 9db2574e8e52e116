import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { placementFault } from './faults.ts';
import { ok, route } from './route.ts';
import { Nullable } from './schemas.ts';
import { testCloud } from './testing.ts';

test('in tests, an answer that is not of its documented schema is an error, also one with more in it', async (t) => {
  const answers: object[] = [];
  const things = route({
    ...{ operation: 'things:show', method: 'GET', path: '' },
    response: Type.Object({
      size: Nullable(Type.Object({ gib: Type.Integer() })),
      tags: Type.Record(Type.String(), Type.String()),
      free: Type.Optional(Type.Object({})),
    }),
    handler: async () => ok(answers.shift() ?? {}),
  });
  const cloud = await testCloud(t, [
    {
      ...{ name: 'thing', prefix: '/thing', routes: [things], rootRoutes: [], fault: placementFault, versions: null },
      policy: { 'things:show': 'public' },
    },
  ]);
  answers.push({ size: { gib: 1 }, tags: { a: 'b' }, free: { any: 1 } }, { size: null, tags: {} });
  for (const _ of [1, 2]) assert.equal((await cloud.request('GET', '/thing')).status, 200);
  answers.push({ size: { gib: 1, secret: 2 }, tags: {} });
  await assert.rejects(cloud.request('GET', '/thing'), /thing:things:show answers otherwise.*secret/);
});
