import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { followConnections } from './connections.ts';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a server that ends waits for its answers, and for nobody who asks nothing', async () => {
  let answer = () => {};
  const asked = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    answer = () => response.end('late, but whole');
    asked.resolve();
  });
  const end = followConnections(server);
  const port = await listening(server);
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const request = fetch(`http://127.0.0.1:${port}/`);
  await asked.promise;

  const closed = once(server, 'close');
  server.close();
  end();
  await once(silent, 'close');
  answer();
  assert.equal(await (await request).text(), 'late, but whole');
  await closed;
});

test('a request without end is cut off', async () => {
  const server = createServer();
  const end = followConnections(server);
  const port = await listening(server);
  const asked = once(server, 'request');
  const request = fetch(`http://127.0.0.1:${port}/`);
  const failed = assert.rejects(request);
  await asked;
  const closed = once(server, 'close');
  server.close();
  end(1);
  await Promise.all([failed, closed]);
});
