import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Type } from 'typebox';
import { notFound } from '../core/errors.ts';
import { route, type Reply, type Route } from '../http/route.ts';

const OWN = dirname(fileURLToPath(import.meta.url));
/** Where noVNC is installed: its package's only export is `core/rfb.js`. */
const NOVNC = dirname(dirname(fileURLToPath(import.meta.resolve('@novnc/novnc'))));

/** Scripts and pictures of this site alone, and byte streams to it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

async function own(name: string, type: string): Promise<Reply> {
  const body = await readFile(join(OWN, name));
  return { status: 200, body, headers: { ...HEADERS, 'content-type': type, 'cache-control': 'no-cache' } };
}

/** Only modules of noVNC, by names without dots that could climb. */
const MODULE = /^(?:core|vendor)(?:\/[a-z0-9_-]+)+\.js$/;

/** The page with a server's screen, and the scripts it needs. The token in its address is checked by the stream. */
export const consoleRoutes: Route[] = [
  route({
    operation: 'console:vnc',
    method: 'GET',
    path: '/console/vnc',
    handler: () => own('vnc.html', 'text/html; charset=utf-8'),
  }),
  route({
    operation: 'console:script',
    method: 'GET',
    path: '/console/vnc.js',
    handler: () => own('vnc.js', 'text/javascript; charset=utf-8'),
  }),
  route({
    operation: 'console:style',
    method: 'GET',
    path: '/console/vnc.css',
    handler: () => own('vnc.css', 'text/css; charset=utf-8'),
  }),
  route({
    operation: 'console:novnc',
    method: 'GET',
    path: '/console/novnc/*',
    params: Type.Object({ '*': Type.String() }),
    async handler({ params }) {
      const name = params['*'];
      if (!MODULE.test(name)) throw notFound('There is no such script.');
      const stream = createReadStream(join(NOVNC, name));
      await new Promise<void>((resolve, reject) => {
        stream.once('open', () => resolve());
        stream.once('error', () => reject(notFound('There is no such script.')));
      });
      const type = 'text/javascript; charset=utf-8';
      return {
        status: 200,
        body: stream,
        headers: { ...HEADERS, 'content-type': type, 'cache-control': 'max-age=86400' },
      };
    },
  }),
];
