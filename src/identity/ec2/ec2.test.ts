import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { identityCloud, person } from '../testing.ts';
import { ec2SignatureFits, signingKey } from './signature.ts';

test('signatures are those of AWS’s own examples', () => {
  const key = signingKey('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', ['20120215', 'us-east-1', 'iam']);
  assert.equal(key.toString('hex'), 'f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d');
  // "get-vanilla" of the signature version 4 test suite.
  const headers = {
    Host: 'example.amazonaws.com',
    'X-Amz-Date': '20150830T123600Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=x',
  };
  const bodyHash = createHash('sha256').update('').digest('hex');
  const request = { verb: 'GET', host: 'example.amazonaws.com', path: '/', params: {}, headers, bodyHash };
  const wanted = '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31';
  assert.equal(ec2SignatureFits(request, wanted, 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'), true);
  assert.equal(ec2SignatureFits(request, wanted, 'another'), false);
  assert.throws(() => ec2SignatureFits({ ...request, params: { SignatureVersion: '1' } }, wanted, 'x'), {
    status: 401,
  });
});

test('an access key gives a token of its project to services that ask, not to others', async (t) => {
  const cloud = await identityCloud(t);
  const admin = await cloud.tokenOf();
  const ann = await person(cloud, admin, 'ann', 'member');
  const bob = await person(cloud, admin, 'bob', 'member');
  const annToken = await ann.token();
  const keyOf = async (by: string) =>
    (await cloud.call(by, 'POST', `/users/${ann.userId}/credentials/OS-EC2`, { tenant_id: ann.projectId })).body
      .credential as { access: string; secret: string; trust_id: string | null };
  const params = (access: string) => ({
    Action: 'DescribeInstances',
    AWSAccessKeyId: access,
    SignatureVersion: '2',
    SignatureMethod: 'HmacSHA256',
    Timestamp: new Date(cloud.app.clock.now()).toISOString(),
  });
  const ask = (key: { access: string; secret: string }, by = admin, given = params(key.access)) => {
    const query = Object.entries(given)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    const signature = createHmac('sha256', key.secret).update(`GET\ncloud\n/ec2\n${query}`).digest('base64');
    const credentials = { access: key.access, signature, host: 'cloud:8773', verb: 'GET', path: '/ec2', params: given };
    return cloud.call(by, 'POST', '/ec2tokens', { credentials });
  };
  const key = await keyOf(annToken);
  const reply = await ask(key);
  assert.equal(reply.status, 200);
  assert.deepEqual([reply.body.token.user.id, reply.body.token.methods], [ann.userId, ['ec2credential']]);
  assert.deepEqual(cloud.app.verifyToken(String(reply.headers['x-subject-token'])).roles, ['member', 'reader']);
  assert.equal((await ask(key, annToken)).status, 403);
  assert.equal((await ask({ ...key, secret: 'guess' })).status, 401);
  assert.equal((await ask({ ...key, access: 'unknown' })).status, 404);
  assert.equal((await ask(key, admin, { ...params(key.access), Timestamp: '2020-01-01T00:00:00Z' })).status, 401);

  const trust = (
    await cloud.call(annToken, 'POST', '/OS-TRUST/trusts', {
      trust: {
        ...{ trustor_user_id: ann.userId, trustee_user_id: bob.userId, project_id: ann.projectId },
        ...{ impersonation: true, roles: [{ name: 'reader' }, { name: 'member' }] },
      },
    })
  ).body.trust.id as string;
  const scoped = await bob.token({ 'OS-TRUST:trust': { id: trust } });
  assert.equal((await cloud.call(scoped, 'GET', '/credentials')).body.credentials.length, 0, 'ann’s keys are hers');
  const trusted = await keyOf(scoped);
  assert.equal(trusted.trust_id, trust);
  assert.equal((await ask(trusted)).body.token['OS-TRUST:trust'].id, trust);
  await cloud.call(annToken, 'DELETE', `/OS-TRUST/trusts/${trust}`);
  assert.equal((await ask(trusted)).status, 401);

  const text = ['AWS4-HMAC-SHA256', 'x', '20260101/here/s3/aws4_request', 'y'].join('\n');
  const s3 = {
    access: key.access,
    token: Buffer.from(text).toString('base64url'),
    signature: createHmac('sha256', signingKey(key.secret, ['20260101', 'here', 's3']))
      .update(text)
      .digest('hex'),
  };
  assert.equal((await cloud.call(admin, 'POST', '/s3tokens', { credentials: s3 })).status, 200);
  const events = (await cloud.call(admin, 'GET', '/OS-REVOKE/events')).body.events;
  assert.deepEqual(events[0]['OS-TRUST:trust_id'], trust);
  assert.equal((await cloud.call(annToken, 'GET', '/OS-REVOKE/events')).status, 403);
});
