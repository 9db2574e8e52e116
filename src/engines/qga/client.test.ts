import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { askGuest, GuestRefused, GuestSilent } from './client.ts';

/** A guest's end of the channel: hears every line, and says what `answer` makes of it. */
async function guest(t: TestContext, answer: (command: { execute: string; arguments: { id: number } }) => string) {
  const directory = mkdtempSync(join(tmpdir(), 'qga-'));
  const path = join(directory, 'agent.sock');
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const line of chunk.toString('latin1').split('\n')) {
        if (line === '') continue;
        heard.push(line);
        socket.write(Buffer.from(answer(JSON.parse(line.replaceAll('\xff', '')) as never), 'latin1'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return { path, heard };
}

const synced = (id: number) => `\xff${JSON.stringify({ return: id })}\n`;
const asked = (path: string, hello = 1000, answer = 1000) =>
  askGuest(path, 'guest-set-user-password', { username: 'root' }, { hello, answer });

test('the command is said once the agent answers, and what answered others before is skipped', async (t) => {
  const { path, heard } = await guest(t, ({ execute, arguments: { id } }) =>
    execute === 'guest-sync-delimited' ? `{"return": 1}\nhalf a li${synced(id)}` : '{"return": {}}\n',
  );
  assert.deepEqual(await asked(path), {});
  assert.equal(heard[0]?.startsWith('\xff'), true);
  assert.match(heard[1] ?? '', /guest-set-user-password/);
});

test('a refusal has the agent’s words, cleaned', async (t) => {
  const { path } = await guest(t, ({ execute, arguments: { id } }) =>
    execute === 'guest-sync-delimited'
      ? synced(id)
      : '{"error": {"class": "GenericError", "desc": "no\\u001b user"}}\n',
  );
  await assert.rejects(asked(path), (error) => error instanceof GuestRefused && error.message === 'no  user');
});

test('a channel that is silent, endless or not there is no agent, and hears no secret', async (t) => {
  const mute = await guest(t, () => '');
  await assert.rejects(asked(mute.path, 50), GuestSilent);
  assert.equal(mute.heard.length, 1);
  const slow = await guest(t, ({ execute, arguments: { id } }) =>
    execute === 'guest-sync-delimited' ? synced(id) : '',
  );
  await assert.rejects(asked(slow.path, 1000, 50), GuestSilent);
  assert.equal(slow.heard.length, 2);
  const chatty = await guest(t, () => 'x'.repeat(70_000));
  await assert.rejects(asked(chatty.path), GuestSilent);
  await assert.rejects(asked(join(mute.path, 'nowhere')), GuestSilent);
});
