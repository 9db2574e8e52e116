import { fork } from 'node:child_process';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/*
 * How much of a processor live updates take: clients that all listen to one project, and changes in it. Says how late
 * they hear of a change, and how much more the controller works than with nobody listening.
 */

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    changes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
  },
});
const [clients, changes, seconds] = [values.clients, values.changes, values.seconds].map(Number) as [
  number,
  number,
  number,
];

/** Of one of a thousand clients, enough to tell how late all are. */
const LISTENED = 20;
/** A user may have 32 streams open. */
const EACH = 30;

const child = fork(join(import.meta.dirname, 'controller.ts'), {
  execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'],
});
const answer = <T>() => new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)));
const { port } = await answer<{ port: number }>();
const url = `http://127.0.0.1:${port}`;

interface Used {
  made: number;
  seconds: number;
  rss: number;
}

async function tell(rate: number, project = ''): Promise<Used> {
  const told = answer<Used>();
  child.send({ changes: rate, project });
  return told;
}

const post = async (path: string, body: unknown, token = '', method = 'POST') => {
  const headers = { 'content-type': 'application/json', ...(token !== '' && { 'x-auth-token': token }) };
  const reply = await fetch(`${url}/identity/v3${path}`, { method, headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply;
};

const tokenOf = async (name: string) => {
  const user = { name, domain: { id: 'default' }, password: 'bench' };
  const scope = { project: { name: 'admin', domain: { id: 'default' } } };
  const reply = await post('/auth/tokens', {
    auth: { identity: { methods: ['password'], password: { user } }, scope },
  });
  const { token } = (await reply.json()) as { token: { project: { id: string }; roles: { id: string }[] } };
  return {
    text: reply.headers.get('x-subject-token') ?? '',
    project: token.project.id,
    role: token.roles[0]?.id ?? '',
  };
};

const admin = await tokenOf('admin');
const tokens: string[] = [];
for (let n = 0; n * EACH < clients; n++) {
  const made = await post('/users', { user: { name: `u${n}`, password: 'bench', domain_id: 'default' } }, admin.text);
  const { user } = (await made.json()) as { user: { id: string } };
  await post(`/projects/${admin.project}/users/${user.id}/roles/${admin.role}`, {}, admin.text, 'PUT');
  tokens.push((await tokenOf(`u${n}`)).text);
}

const late: number[] = [];
let frames = 0;
const agent = new Agent({ maxSockets: Infinity });

function listen(number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-auth-token': tokens[Math.floor(number / EACH)] ?? '' };
    get(`${url}/events`, { headers, agent }, (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`answered with ${reply.statusCode}`));
      reply.once('data', () => resolve());
      if (number % LISTENED > 0) return void reply.resume();
      reply.setEncoding('utf8').on('data', (text: string) => {
        for (const [, at] of text.matchAll(/"id":"(\d{13})-/g)) {
          frames++;
          late.push(Date.now() - Number(at));
        }
      });
    }).on('error', reject);
  });
}

const share = ({ seconds: used }: Used, over: number) => `${((100 * used) / over).toFixed(0)} % of a processor`;
const wait = () => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

await tell(changes, admin.project);
await wait();
const alone = await tell(0);
console.log(`nobody listens:    ${(alone.made / seconds).toFixed(0)} changes/s, ${share(alone, seconds)}`);

for (let n = 0; n < clients; n += 50) {
  await Promise.all(Array.from({ length: Math.min(50, clients - n) }, (_, i) => listen(n + i)));
}
await tell(0);
await wait();
const idle = await tell(changes, admin.project);
console.log(`${clients} listen idle:  ${share(idle, seconds)}, ${(idle.rss / 2 ** 20).toFixed(0)} MiB`);
await wait();
const busy = await tell(0);
late.sort((a, b) => a - b);
const at = (part: number) => `${late[Math.min(late.length - 1, Math.floor(late.length * part))] ?? '-'} ms`;
console.log(
  `${clients} listen:       ${(busy.made / seconds).toFixed(0)} changes/s, ${share(busy, seconds)}, ${(busy.rss / 2 ** 20).toFixed(0)} MiB`,
);
console.log(`told after         ${at(0.5)} (median), ${at(0.99)} (p99); ${frames} frames of ${LISTENED}th clients`);
child.disconnect();
agent.destroy();
process.exit();
