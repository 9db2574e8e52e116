import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Service } from '../http/service.ts';
import { FILE_HEADERS, pageHeaders } from './headers.ts';
import { apiRoots, encodings, wanted, type Wanted } from './negotiate.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Names of files hold a hash of what is in them: a browser never needs to ask for one again. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Serves the built console: its page at `/` and at every path that no API has, to who accepts `text/html`; its files at
 * `/assets/`. `directory` may be empty, or be replaced while the controller runs: then the APIs answer alone.
 */
export function serveConsole(
  server: FastifyInstance,
  { directory, services }: { directory: string; services: readonly Service[] },
): void {
  const roots = apiRoots(services);
  server.addHook('onRequest', async (request, reply) => {
    const { method, originalUrl: url } = request;
    const which = wanted({ method, url, accept: request.headers.accept }, roots);
    if (which === null) {
      // A cache must not give an API's client the page, nor a person the API's answer.
      if (url === '/') reply.header('vary', 'accept');
      return;
    }
    const file = await openFile(directory, which, request.headers['accept-encoding']);
    if (file === null) return;
    return send(request, reply, which, file);
  });
}

interface BuiltFile {
  type: string;
  encoding: 'br' | 'gzip' | null;
  bytes: number;
  etag: string;
  stream(): Readable;
  close(): Promise<void>;
}

async function openFile(directory: string, which: Wanted, accepted: string | undefined): Promise<BuiltFile | null> {
  const name = which.kind === 'page' ? 'index.html' : join('assets', which.name);
  const type = TYPES[extname(name)];
  if (type === undefined) return null;
  for (const encoding of encodings(accepted)) {
    const suffix = encoding === null ? '' : encoding === 'br' ? '.br' : '.gz';
    const handle = await open(join(directory, name + suffix)).catch(() => null);
    if (handle === null) continue;
    const { size, mtimeMs } = await handle.stat();
    const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}${suffix}"`;
    const stream = () => handle.createReadStream();
    return { type, encoding, bytes: size, etag, stream, close: () => handle.close() };
  }
  return null;
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  which: Wanted,
  file: BuiltFile,
): Promise<FastifyReply> {
  const page = which.kind === 'page';
  reply.headers({
    ...(page ? pageHeaders(request.headers.host) : FILE_HEADERS),
    'content-type': file.type,
    'cache-control': page ? 'no-cache' : FOREVER,
    vary: page ? 'accept, accept-encoding' : 'accept-encoding',
    etag: file.etag,
    ...(file.encoding !== null && { 'content-encoding': file.encoding }),
  });
  if (request.headers['if-none-match'] === file.etag) {
    await file.close();
    return reply.code(304).send();
  }
  reply.header('content-length', file.bytes);
  if (request.method === 'HEAD') {
    await file.close();
    return reply.send();
  }
  return reply.send(file.stream());
}
