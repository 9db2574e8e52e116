import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { agentService } from '../compute/index.ts';
import { fixedClock } from '../core/clock.ts';
import { parseJoinToken } from '../core/join-token.ts';
import { joinCloud } from '../host/identity/join.ts';
import { openIdentity, type HostIdentity } from '../host/identity/identity.ts';
import { readCredentials, readMembership } from '../host/identity/files.ts';
import { ask, textOf, type LinkOptions } from '../host/line.ts';
import { testCloud } from '../http/testing.ts';
import { issueCertificate } from '../pki/certificate.ts';
import { startAgentEndpoint } from './endpoint.ts';
import { createEnrolmentReconciler, enrolmentService, entryService, knownCertificates } from './index.ts';

const DAY = 24 * 60 * 60_000;

/** A controller whose agent endpoint listens on loopback; its clock begins now, because TLS itself looks at the real one. */
async function endpointCloud(t: TestContext, start = Date.now()) {
  const cloud = await testCloud(t, [enrolmentService]);
  const clock = fixedClock(start);
  const app = Object.assign(cloud.app, { clock });
  app.verifyCertificate = (fingerprint) => knownCertificates(app).verify(fingerprint);
  const options = { listen: '127.0.0.1', port: 0, reachedAs: ['127.0.0.1'], services: [agentService, entryService] };
  const endpoint = await startAgentEndpoint(app, options);
  t.after(() => endpoint.close());
  app.config.agentUrl = `https://127.0.0.1:${endpoint.port}`;
  const admin = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    cloud.request(method, `/enrolment/v1${path}`, { as: 'admin', body });
  const invite = async (body: object = {}) => {
    const reply = await admin('POST', '/invites', body);
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    return parseJoinToken(reply.body.invite.token as string);
  };
  const directory = () => {
    const made = mkdtempSync(join(tmpdir(), 'potluck-identity-'));
    t.after(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const open = async (
    at: string,
  ): Promise<{ identity: HostIdentity; link: LinkOptions; poll: () => Promise<number> }> => {
    const identity = await openIdentity(at, clock);
    t.after(() => identity.close());
    const link = { controller: app.config.agentUrl ?? '', tls: () => identity.tls() };
    const poll = async () => {
      const answer = await ask(link, '/agent/v1/document?generation=0');
      await textOf(answer);
      return answer.statusCode ?? 0;
    };
    return { identity, link, poll };
  };
  const reconcile = createEnrolmentReconciler(app, endpoint);
  return { app, clock, endpoint, admin, invite, directory, open, reconcile };
}

test('(E1, E3, E4) a machine joins with an invite, once, and is a host by its certificate from then on', async (t) => {
  const { admin, invite, directory, open } = await endpointCloud(t);
  const token = await invite();
  const at = directory();
  const membership = await joinCloud(token, 'kiln', at);
  assert.equal(membership.name, 'kiln');
  const { poll } = await open(at);
  assert.equal(await poll(), 200);
  const { body } = await admin('GET', '/hosts');
  assert.deepEqual(
    body.hosts.map((host: Record<string, unknown>) => [host.name, host.id, host.state, host.credential]),
    [['kiln', membership.host, 'up', 'certificate']],
  );
  await assert.rejects(joinCloud(token, 'oven', directory()), /This invite has been used/);
  await assert.rejects(joinCloud(await invite(), 'kiln', directory()), /A host kiln is enrolled already/);
  assert.deepEqual((await admin('GET', '/invites')).body.invites.length, 1, 'a refusal uses nothing up');
});

test('(E3) invites end: by time, by hand, by a wrong secret; a lost answer does not', async (t) => {
  const { admin, invite, clock, directory } = await endpointCloud(t);
  const late = await invite({ expires_in: 60 });
  clock.advance(61_000);
  await assert.rejects(joinCloud(late, 'kiln', directory()), /unknown, revoked or expired/);
  const revoked = await invite({ uses: 3 });
  const [{ id }] = (await admin('GET', '/invites')).body.invites;
  assert.equal((await admin('DELETE', `/invites/${id}`)).status, 204);
  await assert.rejects(joinCloud(revoked, 'kiln', directory()), /unknown, revoked or expired/);
  await assert.rejects(joinCloud({ ...revoked, secret: 'x'.repeat(32) }, 'kiln', directory()), /unknown, revoked/);

  const token = await invite({ name: 'kiln' });
  const at = directory();
  const key = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(join(at, 'joining.json'), JSON.stringify(key));
  const first = await joinCloud(token, 'whatever', at);
  // The machine lost its power before it wrote anything down but the key.
  const again = directory();
  writeFileSync(join(again, 'joining.json'), JSON.stringify(key));
  const second = await joinCloud(token, 'whatever', again);
  assert.deepEqual([second.host, second.name], [first.host, 'kiln'], 'the name is the one of the invite');
});

test('(E2) an impostor gets no secret, whatever it answers', async (t) => {
  const { invite, directory, endpoint } = await endpointCloud(t);
  const token = await invite();
  const genuine = await (async () => {
    const link = { controller: `https://127.0.0.1:${endpoint.port}` };
    const agent = new Agent({ rejectUnauthorized: false });
    return textOf(await ask({ ...link, tls: () => agent }, '/entry/v1/authority'));
  })();
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const span = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
  const own = issueCertificate(
    { name: 'impostor', publicKey: pair.publicKey, use: 'authority', ...span },
    { name: 'impostor', key: pair.privateKey },
  );
  let heard = '';
  let answer = JSON.stringify({ certificate: own });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const server = createTlsServer({ key, cert: own }, (request, response) => {
    request.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    heard += JSON.stringify(request.headers);
    response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const controller = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await assert.rejects(
    joinCloud({ ...token, controller }, 'kiln', directory()),
    /is not the controller that made this/,
  );
  // Passing on the true authority does not help: the second connection wants a certificate that it signed.
  answer = genuine;
  await assert.rejects(joinCloud({ ...token, controller }, 'kiln', directory()), /cannot be reached/);
  assert.ok(!heard.includes(token.secret));
});

test('(E4) nothing counts but a certificate of this authority', async (t) => {
  const { endpoint, invite, directory, open } = await endpointCloud(t);
  const at = directory();
  await joinCloud(await invite(), 'kiln', at);
  const genuine = await readCredentials(at);
  const { link } = await open(at);
  const statusWith = async (tls: object) => {
    const agent = new Agent({ ca: genuine.authority, ...tls });
    const answer = await ask({ ...link, tls: () => agent }, '/agent/v1/document');
    await textOf(answer);
    agent.destroy();
    return answer.statusCode;
  };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const { host } = (await readMembership(at)) ?? { host: '' };
  const forged = issueCertificate(
    { name: host, publicKey: pair.publicKey, use: 'client', notBefore: Date.now() - DAY, notAfter: Date.now() + DAY },
    { name: 'impostor', key: pair.privateKey },
  );
  assert.equal(await statusWith({}), 401, 'none');
  assert.equal(await statusWith({ key, cert: forged }), 401, "another authority's");
  assert.equal(await statusWith({ key: genuine.key, cert: genuine.certificate }), 200);
  const old = connect({ host: '127.0.0.1', port: endpoint.port, maxVersion: 'TLSv1.2', rejectUnauthorized: false });
  await assert.rejects(once(old, 'secureConnect'), 'nothing older than TLS 1.3');
});

test('(E5, E6) a certificate is renewed when a third is left, on both sides, without a connection ending', async (t) => {
  // What the controller renews is good now by OpenSSL's clock, which is not ours.
  const { app, clock, endpoint, invite, directory, open } = await endpointCloud(t, Date.now() - 21 * DAY);
  const at = directory();
  await joinCloud(await invite(), 'kiln', at);
  const { identity, link, poll } = await open(at);
  const before = await readCredentials(at);
  clock.advance(19 * DAY);
  assert.equal(await identity.renewIfDue(link), false);
  clock.advance(2 * DAY);
  assert.equal(await identity.renewIfDue(link), true);
  const after = await readCredentials(at);
  assert.notEqual(after.key, before.key, 'a new key each time');
  assert.equal(await poll(), 200);
  assert.equal(readFileSync(join(at, 'current', 'certificate.pem'), 'utf8'), after.certificate);
  const serial = async () => {
    const socket = connect({ host: '127.0.0.1', port: endpoint.port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const first = await serial();
  await endpoint.renew();
  assert.notEqual(await serial(), first, 'the controller shows a new one');
  assert.equal(await poll(), 200);
  // The old one still counts until it ends; expired it is good for a new one, and for nothing else.
  const agent = new Agent({ ca: before.authority, key: before.key, cert: before.certificate });
  t.after(() => agent.destroy());
  const old = { ...link, tls: () => agent };
  const status = async (path: string) => {
    const answer = await ask(old, path);
    await textOf(answer);
    return answer.statusCode;
  };
  assert.equal(await status('/agent/v1/document'), 200);
  clock.advance(10 * DAY);
  assert.equal(await status('/agent/v1/document'), 401);
  assert.equal(await identity.renewIfDue(old), false, 'the one in use is good for longer');
  clock.advance(60 * DAY);
  assert.equal(await poll(), 401);
  assert.equal(await identity.renewIfDue(link), true, 'a machine that was off over the summer');
  assert.equal(await poll(), 200);
  clock.advance(31 * DAY + 400 * DAY);
  await assert.rejects(identity.renewIfDue(link), /Ask for an invite/);
  const rows = await app.store.read.selectFrom('audit').select('operation').execute();
  assert.equal(rows.filter(({ operation }) => operation === 'enrolment:renew').length, 2);
});

test('(E7, E8) revoking ends what is open and lets nothing new begin, also at another controller', async (t) => {
  const { app, admin, invite, directory, open, reconcile } = await endpointCloud(t);
  const at = directory();
  const { host } = await joinCloud(await invite(), 'kiln', at);
  const { link, poll } = await open(at);
  assert.equal(await poll(), 200);
  const generation = (await app.store.read.selectFrom('hosts').select('generation').executeTakeFirstOrThrow())
    .generation;
  const waiting = ask(link, `/agent/v1/document?generation=${generation}`);
  waiting.catch(() => undefined);
  // As another controller does it, of which this one hears by the signal alone.
  await app.store.transaction(async (tx) => {
    await tx.db.deleteFrom('host_certificates').where('host_id', '=', host).execute();
    tx.raise('enrolment');
  });
  await reconcile.run();
  await assert.rejects(waiting, 'the long poll ends at once');
  assert.equal(await poll(), 401);

  // The machine is installed again: with its name it needs leave, and then nothing of before counts.
  assert.equal((await admin('POST', '/invites', { name: 'kiln' })).status, 409);
  const fresh = directory();
  const again = await joinCloud(await invite({ name: 'kiln', replace: true }), 'kiln', fresh);
  assert.equal(again.host, host, 'the same host');
  assert.equal(await (await open(fresh)).poll(), 200);
  const spare = await invite({ name: 'kiln', replace: true });
  assert.equal((await admin('POST', '/hosts/kiln/revoke')).status, 204);
  assert.equal(await (await open(fresh)).poll(), 401);
  assert.equal((await admin('GET', '/hosts')).body.hosts[0].state, 'down', 'and gets no servers');
  await assert.rejects(joinCloud(spare, 'kiln', directory()), /unknown, revoked/, 'its invites went too');
  assert.equal((await admin('DELETE', '/hosts/kiln')).status, 204);
  assert.equal((await admin('DELETE', '/hosts/kiln')).status, 404);
});
