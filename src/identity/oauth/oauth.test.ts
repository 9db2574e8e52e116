import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { identityCloud, person } from '../testing.ts';
import { baseString, parseAuthorization, percentEncode } from './signature.ts';

test('the text that is signed is that of RFC 5849, 3.4.1.1', () => {
  const header =
    'OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", ' +
    'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", oauth_signature="bYT5%3D"';
  const oauth = parseAuthorization(header);
  assert.ok(oauth);
  assert.equal(oauth.get('oauth_signature'), 'bYT5=');
  const query = [...new URLSearchParams('b5=%3D%253D&a3=a&c%40=&a2=r%20b'), ['c2', ''], ['a3', '2 q']] as [
    string,
    string,
  ][];
  assert.equal(
    baseString({ method: 'post', query, oauth }, 'http://example.com/request'),
    'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2' +
      '%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1' +
      '%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
  );
  assert.equal(parseAuthorization('Bearer x'), null);
});

test('a program asks, a user agrees, the program acts with what it was given', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'admin');
  const annToken = await ann.token();
  const made = await cloud.call(admin, 'POST', '/OS-OAUTH1/consumers', { consumer: { description: 'a program' } });
  const { id: consumer, secret } = made.body.consumer as { id: string; secret: string };
  const shown = (await cloud.call(admin, 'GET', `/OS-OAUTH1/consumers/${consumer}`)).body.consumer;
  assert.deepEqual([shown.description, shown.secret], ['a program', undefined]);
  const { clock, config } = cloud.app;

  const send = (
    path: string,
    given: Record<string, string>,
    { key = `${secret}&`, headers = {}, body = undefined as unknown } = {},
  ) => {
    const oauth = new Map(
      Object.entries({
        oauth_consumer_key: consumer,
        oauth_signature_method: 'HMAC-SHA1',
        oauth_timestamp: String(Math.floor(clock.now() / 1000)),
        oauth_nonce: randomUUID(),
        oauth_version: '1.0',
        ...given,
      }),
    );
    const url = `${config.publicUrl}/identity/v3${path}`;
    oauth.set(
      'oauth_signature',
      createHmac('sha1', key)
        .update(baseString({ method: 'POST', query: [], oauth }, url))
        .digest('base64'),
    );
    const authorization = `OAuth ${[...oauth].map(([name, value]) => `${name}="${percentEncode(value)}"`).join(', ')}`;
    return cloud.request('POST', `/identity/v3${path}`, {
      as: 'nobody',
      ...(body !== undefined && { body }),
      headers: { authorization, ...headers },
    });
  };
  const fields = (reply: { body: unknown }) => Object.fromEntries(new URLSearchParams(String(reply.body)));

  const ask = { headers: { 'requested-project-id': ann.projectId } };
  assert.equal((await send('/OS-OAUTH1/request_token', {}, { ...ask, key: 'wrong&' })).status, 401);
  assert.equal((await send('/OS-OAUTH1/request_token', { oauth_timestamp: '1' }, ask)).status, 401);
  assert.equal((await send('/OS-OAUTH1/request_token', { oauth_nonce: 'once' }, ask)).status, 201);
  assert.equal((await send('/OS-OAUTH1/request_token', { oauth_nonce: 'once' }, ask)).status, 401);
  const asked = fields(await send('/OS-OAUTH1/request_token', {}, ask));
  const requestKey = `${secret}&${asked['oauth_token_secret']}`;
  const agree = (roles: object[], by = annToken) =>
    cloud.call(by, 'PUT', `/OS-OAUTH1/authorize/${asked['oauth_token']}`, { roles });
  assert.equal((await agree([{ name: 'service' }])).status, 401);
  assert.equal((await agree([{ name: 'member' }], admin)).status, 401, 'no role on that project');
  const verifier = (await agree([{ name: 'member' }])).body.token.oauth_verifier as string;
  const exchange = (oauth_verifier: string) =>
    send('/OS-OAUTH1/access_token', { oauth_token: asked['oauth_token'] ?? '', oauth_verifier }, { key: requestKey });
  assert.equal((await exchange('guess')).status, 401);
  const access = fields(await exchange(verifier));
  assert.equal((await exchange(verifier)).status, 401, 'a request token is used once');

  const body = { auth: { identity: { methods: ['oauth1'], oauth1: {} } } };
  const login = () =>
    send(
      '/auth/tokens',
      { oauth_token: access['oauth_token'] ?? '' },
      { key: `${secret}&${access['oauth_token_secret']}`, body },
    );
  const reply = await login();
  assert.equal(reply.status, 201);
  assert.deepEqual([reply.body.token.user.id, reply.body.token.project.id], [ann.userId, ann.projectId]);
  assert.equal(reply.body.token['OS-OAUTH1'].consumer_id, consumer);
  const token = String(reply.headers['x-subject-token']);
  assert.deepEqual(cloud.app.verifyToken(token).roles, ['member', 'reader']);
  const path = `/users/${ann.userId}/OS-OAUTH1/access_tokens`;
  assert.equal((await cloud.call(admin, 'GET', path)).body.access_tokens.length, 1);
  const one = `${path}/${access['oauth_token']}`;
  assert.equal((await cloud.call(admin, 'GET', `${one}/roles`)).body.roles[0].name, 'member');
  assert.equal((await cloud.call(admin, 'DELETE', one)).status, 204);
  assert.throws(() => cloud.app.verifyToken(token), { status: 401 });
  assert.equal((await login()).status, 401);
});
