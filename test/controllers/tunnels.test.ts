import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { tunnelsOf } from '../../src/compute/index.ts';
import { startController, type Controller } from '../../src/controller.ts';
import type { ServerId } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/log.ts';
import { seedServer } from '../../src/machine/seed/demo.ts';
import { localHost } from '../../src/sim/cloud.ts';
import { startSimHost } from '../../src/sim/host.ts';
import { seedSimCloud } from '../../src/sim/seed.ts';
import { makeTestDatabase, TEST_SERVER } from '../../src/store/testing.ts';

/** Passes each connection on to the next of the controllers, as a balancer does. */
async function roundRobin(t: TestContext, ports: () => number[]): Promise<string> {
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const all = ports();
    const upstream = connect(all[turn++ % all.length] ?? 0, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on('error', () => from.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const portOf = ({ server }: Controller) => {
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

test(
  'what goes through an agent’s connection goes through any controller, and on when one is gone',
  { skip: TEST_SERVER === undefined, timeout: 120_000 },
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'potluck-tunnels-'));
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    const made = await makeTestDatabase(TEST_SERVER ?? '');
    const database = made.url;
    t.after(() => made.drop());
    const host = localHost(randomUUID(), 'sim-1', randomBytes(16).toString('hex'));
    const [adminPassword, demoPassword] = ['admin-password', 'demo-password'];
    const imageDir = join(directory, 'images');
    mkdirSync(imageDir);
    const start = async (number: number) => {
      const stateDir = join(directory, String(number));
      mkdirSync(stateDir);
      if (number > 0) copyFileSync(join(directory, '0', 'secret.key'), join(stateDir, 'secret.key'));
      return startController(
        {
          ...{ stateDir, database, imageDir, listen: '127.0.0.1', port: 0, region: 'RegionOne', ovnNorthbound: null },
          ...{ publicUrl: 'http://127.0.0.1', onServerFailure: 'stop', enforceImageFormat: true },
        },
        { log: silentLog, adminPassword, localHosts: number === 0 ? [host] : [] },
      );
    };
    const alive: Controller[] = [];
    for (let number = 0; number < 3; number++) alive.push(await start(number));
    t.after(() => Promise.all(alive.map((one) => one.close())));
    const url = await roundRobin(t, () => alive.map(portOf));
    const agent = startSimHost({ host, controller: url, log: silentLog });
    t.after(() => agent.close());
    const { demo, publicNetwork } = await seedSimCloud({
      ...{ url, stateDir: directory, adminPassword, demoPassword, hosts: 1 },
    });
    await seedServer(demo, publicNetwork);
    const [server] = (await demo.get('compute/v2.1', '/servers'))['servers'] as { id: string }[];
    const id = (server?.id ?? '') as ServerId;

    const ask = async (controller: Controller, method: string, path: string, body?: unknown) => {
      const reply = await fetch(`http://127.0.0.1:${portOf(controller)}/compute/v2.1/servers/${id}${path}`, {
        ...{ method, ...(body !== undefined && { body: JSON.stringify(body) }) },
        headers: {
          ...{ 'x-auth-token': demo.token, 'openstack-api-version': 'compute 2.6' },
          'content-type': 'application/json',
        },
      });
      const answer = await reply.text();
      assert.ok(reply.ok, `${path}: ${reply.status} ${answer}`);
      return (answer === '' ? {} : JSON.parse(answer)) as Record<string, unknown>;
    };
    for (const [one] = alive; one; await sleep(20)) {
      const { server: now } = (await ask(one, 'GET', '')) as { server: { status: string } };
      if (now.status === 'ACTIVE') break;
      assert.equal(now.status, 'BUILD');
    }
    const lookThrough = async (asked: Controller) => {
      const log = { 'os-getConsoleOutput': { length: 3 } };
      assert.match(String((await ask(asked, 'POST', '/action', log))['output']), /login: /);
      await ask(asked, 'POST', '/action', { changePassword: { adminPass: 'secret' } });
      const console = await tunnelsOf(asked.app).open(host.id, id, 'serial');
      let said = '';
      console.on('message', (data: Buffer) => {
        said += data.toString();
        if (said.length > 100_000) console.close();
      });
      console.resume();
      console.send('echo '.repeat(20_000));
      await once(console, 'close');
      assert.match(said, /login: (echo ){20000}$/);
    };
    // Each connection of the agent goes elsewhere than the last, so all ways are taken.
    for (let times = 0; times < 3; times++) for (const asked of alive) await lookThrough(asked);
    const gone = alive.shift();
    await Promise.all([gone?.close(), ...alive.map(lookThrough)]);
    for (const asked of alive) await lookThrough(asked);
    const { store } = alive[0]?.app ?? assert.fail();
    const left = await store.read.selectFrom('controllers').select('relay_url').execute();
    assert.equal(left.length, 2);
    assert.deepEqual(await store.read.selectFrom('tunnels').select('id').execute(), []);
    // Who does not know the cloud's key gets nowhere.
    const stranger = new WebSocket(`${left[0]?.relay_url}/tunnels/x`, { rejectUnauthorized: false });
    const [refused] = (await once(stranger, 'error')) as [Error];
    assert.match(refused.message, /handshake failure|EPROTO/);
  },
);
