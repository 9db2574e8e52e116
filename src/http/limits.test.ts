import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { Type } from 'typebox';
import { novaFault } from './faults.ts';
import { answerNoRequest, checkJson, endSlowRequests, LIMITS, PATIENCE } from './limits.ts';
import { ok, route } from './route.ts';
import type { Service } from './service.ts';
import { testCloud } from './testing.ts';

const things: Service = {
  name: 'things',
  prefix: '/things/v2',
  fault: novaFault,
  versions: null,
  rootRoutes: [],
  policy: { 'things:create': 'member' },
  routes: [
    route({
      operation: 'things:create',
      method: 'POST',
      path: '/things',
      body: Type.Object({}, { additionalProperties: true }),
      handler: async () => ok({}),
    }),
  ],
};

test('a request that is too large is refused in the shape of its service', async (t) => {
  const cloud = await testCloud(t, [things]);
  const post = (body: unknown, path = '/things/v2/things') => cloud.request('POST', path, { body });
  const large = await post({ name: 'x'.repeat(LIMITS.bodyBytes) });
  assert.equal(large.status, 413);
  assert.match(large.body.overLimit.message, /at most 1048576 bytes/);
  const many = await post({ list: Array.from({ length: LIMITS.jsonValues + 2 }, () => 1) });
  assert.equal(many.body.overLimit.code, 413);
  const nested = Array.from({ length: 65 }).reduce<unknown>((inner) => [inner], 1);
  assert.match((await post({ nested })).body.badRequest.message, /nested deeper than 64/);
  const query = Array.from({ length: 1001 }, (_, i) => `p${i}=1`).join('&');
  assert.match((await post({}, `/things/v2/things?${query}`)).body.badRequest.message, /1001 parameters/);
  assert.equal((await post({ name: '[[[{{{,,,"\\"'.repeat(10_000) })).status, 200);
});

test('brackets and commas within texts count for nothing', () => {
  checkJson(JSON.stringify({ text: `${'['.repeat(100)}"\\",${','.repeat(60_000)}` }));
});

/** The end of a connection, which may be a reset. */
const gone = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

async function slowServer(t: TestContext) {
  let time = 0;
  const server = createServer();
  const look = endSlowRequests(server, () => time);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    begin: async (type: string) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      const arrived = once(server, 'request');
      socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: 1000\r\n\r\n{`);
      const [request] = (await arrived) as [IncomingMessage];
      return { socket, request };
    },
    pass: (milliseconds: number) => {
      time += milliseconds;
      look();
    },
  };
}

test('a body of JSON that does not come is not waited for; an upload that moves is', async (t) => {
  const { begin, pass } = await slowServer(t);
  const json = await begin('application/json');
  const upload = await begin('application/octet-stream');
  pass(PATIENCE.body + 1);
  await gone(json.socket);
  const more = once(upload.request.resume(), 'data');
  upload.socket.write('more');
  await more;
  pass(PATIENCE.silence - 1);
  pass(PATIENCE.silence - 1);
  assert.equal(upload.socket.destroyed, false);
  pass(2);
  await gone(upload.socket);
});

test('what is no request yet is answered in words too', async (t) => {
  const server = createServer({ maxHeaderSize: LIMITS.headerBytes });
  server.on('clientError', (error: Error, socket: Socket) => answerNoRequest(error, socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const said = async (text: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  };
  assert.match(
    await said(`GET / HTTP/1.1\r\nx-auth-token: ${'x'.repeat(40_000)}\r\n\r\n`),
    /^HTTP\/1.1 431 .*longer than 32768/s,
  );
  assert.match(await said('HELLO\r\n\r\n'), /^HTTP\/1.1 400 .*not a request/s);
});
