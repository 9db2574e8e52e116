import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';

/*
 * Sends one large image to a cloud and reads it back, and says how fast, and how much memory the controller took
 * meanwhile. The image is made on the way: neither side ever holds more than a few chunks.
 */

const { values } = parseArgs({
  options: {
    gib: { type: 'string', default: '4' },
    url: { type: 'string', default: 'http://127.0.0.1:5000' },
    'password-file': { type: 'string', default: '/var/lib/potluck/secrets/admin-password' },
    /** The controller's process id, to watch its memory. */
    pid: { type: 'string' },
  },
});

const MIB = 1024 * 1024;
const bytes = Number(values.gib) * 1024 * MIB;
const base = new URL(values.url);

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  stream: IncomingMessage;
}

function call(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: Readable | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, host: base.hostname, port: base.port, path, headers };
    const sent = request(options, (stream) =>
      resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream }),
    );
    sent.on('error', reject);
    if (body instanceof Readable) body.pipe(sent);
    else sent.end(body);
  });
}

async function json(method: string, path: string, headers: Record<string, string>, body?: unknown) {
  const all = { 'content-type': 'application/json', ...headers };
  const {
    status,
    headers: got,
    stream,
  } = await call(method, path, all, body === undefined ? '' : JSON.stringify(body));
  const text = Buffer.concat(await stream.toArray()).toString();
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return { headers: got, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
}

/** Resident memory of the controller in MiB; NaN when nobody said which process it is. */
function resident(field: 'VmRSS' | 'VmHWM' = 'VmRSS'): number {
  if (values.pid === undefined) return Number.NaN;
  const status = readFileSync(`/proc/${values.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Always the same megabyte with its number in front: as hard to compress away as noise, at no cost. */
function data(hash: ReturnType<typeof createHash>): Readable {
  const chunk = randomBytes(MIB);
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += MIB) {
        chunk.writeBigUInt64LE(BigInt(sent), 0);
        hash.update(chunk);
        yield Buffer.from(chunk);
      }
    })(),
    { highWaterMark: 4 },
  );
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  let most = resident();
  const timer = setInterval(() => (most = Math.max(most, resident())), 100);
  const start = performance.now();
  await work();
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  const speed = (bytes / MIB / seconds).toFixed(0);
  process.stdout.write(`${what}: ${seconds.toFixed(1)} s, ${speed} MiB/s, controller at most ${most.toFixed(0)} MiB\n`);
}

const password = readFileSync(values['password-file'], 'utf8').trim();
const domain = { id: 'default' };
const identity = { methods: ['password'], password: { user: { name: 'admin', domain, password } } };
const auth = { identity, scope: { project: { name: 'admin', domain } } };
const { headers } = await json('POST', '/identity/v3/auth/tokens', {}, { auth });
const token = { 'x-auth-token': String(headers['x-subject-token']) };
const image = { name: 'bench', disk_format: 'raw', container_format: 'bare' };
const id = String((await json('POST', '/image/v2/images', token, image)).body?.id);
try {
  process.stdout.write(`${values.gib} GiB; the controller has ${resident().toFixed(0)} MiB before\n`);
  const hash = createHash('sha512');
  await timed('upload', async () => {
    const type = { 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
    const { status, stream } = await call('PUT', `/image/v2/images/${id}/file`, { ...token, ...type }, data(hash));
    stream.resume();
    if (status !== 204) throw new Error(`upload: ${status}`);
  });
  const shown = (await json('GET', `/image/v2/images/${id}`, token)).body;
  if (shown?.os_hash_value !== hash.digest('hex')) throw new Error('what arrived is not what was sent');
  await timed('download', async () => {
    let received = 0;
    const { stream } = await call('GET', `/image/v2/images/${id}/file`, token);
    for await (const chunk of stream) received += (chunk as Buffer).length;
    if (received !== bytes) throw new Error(`download: ${received} of ${bytes} bytes`);
  });
} finally {
  await json('DELETE', `/image/v2/images/${id}`, token);
}
