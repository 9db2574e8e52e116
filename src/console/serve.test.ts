import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import Fastify from 'fastify';
import { services } from '../services.ts';
import { apiRoots, encodings, wanted } from './negotiate.ts';
import { serveConsole } from './serve.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

test('a person gets the page everywhere but below the APIs, a client gets it nowhere', () => {
  const roots = apiRoots(services);
  const ask = (url: string, accept: string | undefined = BROWSER, method = 'GET') =>
    wanted({ method, url, accept }, roots);
  for (const url of ['/', '/?a=b', '/servers', '/servers/new?image=1', '/nowhere/at/all']) {
    assert.deepEqual(ask(url), { kind: 'page' }, url);
    for (const accept of ['*/*', 'application/json', 'text/html;q=0', undefined]) {
      assert.equal(wanted({ method: 'GET', url, accept }, roots), null, `${url} for ${accept}`);
    }
    assert.equal(ask(url, BROWSER, 'POST'), null);
  }
  for (const url of ['/compute/', '/identity/v3/users', '/console/vnc?token=x', '/healthz', '/openapi', '/volume/v3']) {
    assert.equal(ask(url), null, url);
  }
  assert.deepEqual(ask('/assets/index-Bx_1.js', '*/*'), { kind: 'asset', name: 'index-Bx_1.js' });
  for (const url of ['/assets/', '/assets/../index.html', '/assets/%2e%2e/x', '/assets/.env', '/assets/a/b.js']) {
    assert.equal(ask(url), null, url);
  }
  assert.deepEqual(encodings('gzip, deflate, br'), ['br', 'gzip', null]);
  assert.deepEqual(encodings('br;q=0, gzip;q=0.5'), ['gzip', null]);
  assert.deepEqual(encodings(undefined), [null]);
});

test('files are sent as they were compressed, kept for ever; the page is asked for each time', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'potluck-console-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html>');
  writeFileSync(join(directory, 'assets/a-1.js'), 'let a;');
  writeFileSync(join(directory, 'assets/a-1.js.br'), brotliCompressSync('let a;'));
  const server = Fastify();
  t.after(() => server.close());
  server.get('/', async () => ({ index: true }));
  serveConsole(server, { directory, services });
  const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });

  assert.deepEqual((await get('/', { accept: 'application/json' })).json(), { index: true });
  const page = await get('/servers', { accept: BROWSER, host: 'cloud.example:5000' });
  assert.equal(page.statusCode, 200);
  assert.equal(page.body, '<!doctype html>');
  assert.equal(page.headers['cache-control'], 'no-cache');
  const policy = String(page.headers['content-security-policy']);
  for (const part of ["script-src 'self'", "frame-ancestors 'none'", "'self' ws://cloud.example:5000"]) {
    assert.ok(policy.includes(part), policy);
  }
  assert.ok(!policy.includes('unsafe'));
  const again = await get('/servers', { accept: BROWSER, 'if-none-match': String(page.headers.etag) });
  assert.equal(again.statusCode, 304);

  const asset = await get('/assets/a-1.js', { 'accept-encoding': 'gzip, br' });
  assert.equal(asset.headers['content-encoding'], 'br');
  assert.match(String(asset.headers['cache-control']), /immutable/);
  assert.equal(brotliDecompressSync(asset.rawPayload).toString(), 'let a;');
  assert.equal((await get('/assets/a-1.js')).body, 'let a;');
  const head = await server.inject({ method: 'HEAD', url: '/assets/a-1.js' });
  assert.deepEqual([head.statusCode, head.headers['content-length'], head.body], [200, '6', '']);
  assert.equal((await get('/assets/b-2.js')).statusCode, 404);
  assert.equal((await get('/assets/a-1.js.br', { accept: '*/*' })).statusCode, 404);
});
