import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DomainId, ProjectId, UserId } from '../core/ids.ts';
import type { Context } from '../http/context.ts';
import type { Route } from '../http/route.ts';
import { testCloud } from '../http/testing.ts';
import { systemContext } from '../http/context.ts';
import { eventsService } from './index.ts';

const [stream] = eventsService.routes as [Route];

test('a stream begins with where it is, tells its project alone, and ends with the token', async (t) => {
  const { app } = await testCloud(t, [eventsService]);
  const alive = new Set(['member', 'admin']);
  app.verifyToken = (token) => {
    if (!alive.has(token)) throw new Error('void');
    return { ...base, roles: [] };
  };
  const open = async (token: 'member' | 'admin', query: object, more: Partial<Context> = {}) => {
    const context = { ...base, ...more, token };
    const call = { app, context, params: {}, query, body: undefined, version: { major: 0, minor: 0 } };
    const { body } = await stream.handler({ ...call, request: { headers: {} } } as never);
    const events = lines(body as AsyncIterable<Buffer>);
    const next = async () => (await events.next()).value;
    assert.match(String(await next()), /^retry: \d{4}$/);
    assert.match(String(await next()), /^event: reset\nid: [0-9a-f]{10}-\d+\ndata: \{\}$/);
    return next;
  };
  const base = {
    ...systemContext(0),
    ...{ system: false, isAdmin: false, roles: ['reader'], userId: 'u' as UserId, domainId: null },
    ...{ userDomainId: 'default' as DomainId, projectId: 'project-demo' as ProjectId },
  };
  const mine = await open('member', {});
  const all = await open('admin', { all_projects: 'true' }, { isAdmin: true, roles: ['admin', 'reader'] });
  const group = { name: 'g', user_id: 'u', policy: 'affinity' as const, created_at: 1 };
  const insert = (id: string, project: string) =>
    app.store.transaction((tx) =>
      tx.db
        .insertInto('server_groups')
        .values({ ...group, id, project_id: project })
        .execute(),
    );
  await insert('theirs', 'project-other');
  await insert('mine', 'project-demo');
  assert.match(String(await mine()), /data: \{"kind":"server-groups","id":"mine"\}$/);
  assert.match(String(await all()), /data: \{"kind":"server-groups","id":"theirs","project_id":"project-other"\}$/);
  assert.match(String(await all()), /"id":"mine","project_id":"project-demo"/);
  alive.delete('member');
  await insert('later', 'project-demo');
  assert.equal(await mine(), 'event: end\ndata: {"reason":"token"}');
  assert.equal(await mine(), undefined);
});

test('who may hear what is asked before anything is told', async (t) => {
  const { request } = await testCloud(t, [eventsService]);
  const ask = async (as: 'member' | 'admin' | 'reader' | 'nobody', query: string) => {
    const { status, headers, body } = await request('GET', `/events?once=true&${query}`, { as });
    return { status, type: headers['content-type'], body: body as unknown };
  };
  assert.equal((await ask('nobody', '')).status, 401);
  assert.equal((await ask('member', 'all_projects=1')).status, 403);
  assert.equal((await ask('member', 'all_projects=perhaps')).status, 400);
  assert.equal((await ask('member', 'project=x')).status, 400);
  for (const [as, query] of [
    ['reader', ''],
    ['admin', 'all_projects=1'],
  ] as const) {
    const { status, type, body } = await ask(as, query);
    assert.deepEqual([status, type], [200, 'text/event-stream; charset=utf-8']);
    assert.match(String(body), /^retry: \d+\n\nevent: reset\nid: \S+\ndata: \{\}\n\n$/);
  }
});

/** The events of a stream, without the empty lines between them. */
async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + chunk.toString()).split('\n\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
