import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProvider } from '../../identity/federation/testing.ts';
import { identityCloud } from '../../identity/testing.ts';
import type { Rule } from '../../sign-in/index.ts';
import { OperatorError } from '../../core/errors.ts';
import type { Json, Session } from '../seed/client.ts';
import { addProvider, checkStored, listProviders, removeProvider, type Wishes } from './providers.ts';
import { grantsIn, switchOf, whoIn } from './words.ts';

const URL = 'http://cloud.example:5000';
const NOTHING: Omit<Wishes, 'id'> = {
  ...{ issuer: null, clientId: null, clientSecret: null, name: null, ownProject: null, rules: null, who: null },
  ...{ grants: [], force: false },
};

test('a provider is set up by one command, changed by another, and the same twice is once', async (t) => {
  const { issuer } = await startProvider(t, new Map());
  const cloud = await identityCloud(t);
  const token = await cloud.tokenOf();
  const sent: string[] = [];
  const send = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => {
    if (method !== 'GET') sent.push(`${method} ${path}`);
    const reply = await cloud.call(token, method, path, body);
    if (reply.status < 300) return (reply.body ?? {}) as Json;
    throw new OperatorError(`${method} ${path} was answered with ${reply.status}`, '');
  };
  const admin = {
    get: (_: string, path: string) => send('GET', path),
    send: (method: 'POST', _: string, path: string, body?: unknown) => send(method, path, body),
  } as Pick<Session, 'get' | 'send'> as Session;
  const add = (wishes: Partial<Wishes>) => addProvider(admin, URL, { ...NOTHING, id: 'sso', ...wishes });
  const how = { issuer: `${issuer}/.well-known/openid-configuration`, clientId: 'cloud' };
  const who = whoIn({ groups: ['volunteers'], domains: [], everybody: false });
  await assert.rejects(add({}), /Say who sso is/);
  await assert.rejects(add({ ...how, clientSecret: 'the-secret' }), /Say who may sign in/);
  await assert.rejects(add({ ...how, who, clientSecret: 'wrong' }), /does not take the client id/);
  assert.match((await listProviders(admin, URL)).words.join(), /No provider.*http:\/\/cloud.example:5000\/session/);
  const good = { ...how, clientSecret: 'the-secret', who, name: 'École', ownProject: true };
  const first = await add({ ...good, grants: grantsIn('choir:member@music') });
  assert.deepEqual([first.good, first.words[0]], [true, `People can sign in with École, at ${URL}/`]);
  const listed = (await listProviders(admin, URL)).words.join('\n');
  assert.match(
    listed,
    /^sso: École, http.*\n {2}Members of “volunteers” may sign in\.\n.*“choir”.*role member in the project “music”/,
  );
  assert.match(listed, /project of their own/);
  sent.length = 0;
  const again = await add({});
  assert.equal(again.good, true);
  const path = '/OS-FEDERATION/identity_providers/sso/protocols/openid/oidc';
  assert.deepEqual(sent, [`PUT ${path}`, `POST ${path}/check`], 'rules and provider are as they were');
  assert.deepEqual((await cloud.call(token, 'GET', path)).body.oidc.own_project, true);
  assert.equal((await checkStored(admin, 'sso')).good, true);
  const rules: Rule[] = [{ remote: [{ type: 'OIDC-sub' }, { type: 'OIDC-x' }], local: [{ user: { id: '{0}' } }] }];
  const forced = await add({ rules, clientSecret: 'wrong', force: true, ownProject: false });
  assert.match(
    forced.words.join('\n'),
    /kept, but does not work yet:\n.*good .*\n.*wrong .*\n[^]*By a rule of its own/,
  );
  assert.equal((await checkStored(admin, 'sso')).good, false);
  await removeProvider(admin, 'sso');
  assert.match((await removeProvider(admin, 'sso')).words.join(), /There is no provider/);
  await add(good);
  await removeProvider(admin, 'sso');
  assert.deepEqual((await cloud.call(token, 'GET', '/OS-FEDERATION/mappings')).body.mappings, []);
  await assert.rejects(checkStored(admin, 'sso'), /There is no provider/);
});

test('words that say nothing are refused with what to give', () => {
  assert.deepEqual(whoIn({ groups: [], domains: ['@School.example'], everybody: false }), {
    ...{ kind: 'addresses', domains: ['school.example'] },
  });
  assert.throws(() => whoIn({ groups: ['a'], domains: [], everybody: true }), /exclude/);
  assert.throws(() => whoIn({ groups: [], domains: ['school'], everybody: false }), /no domain/);
  assert.deepEqual(grantsIn('/staff/it:admin@a@b, *:reader@common'), [
    { group: '/staff/it', role: 'admin', project: 'a@b' },
    { group: null, role: 'reader', project: 'common' },
  ]);
  assert.throws(() => grantsIn('choir'), /GROUP|who gets what/);
  assert.throws(() => switchOf('own-project', 'yes'), /own-project is 'yes'/);
});
