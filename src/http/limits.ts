import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { badRequest, tooLarge } from '../core/errors.ts';

/**
 * What one request may bring. Bodies of JSON are at most 1 MiB (a route may say otherwise), uploads are streams without
 * a limit here: their quotas are the services'.
 */
export const LIMITS = {
  bodyBytes: 1024 * 1024,
  /** Request line and headers together; a token with many access rules is one of them. */
  headerBytes: 32 * 1024,
  queryParameters: 1000,
  /** How deep JSON may be nested, and how many values it may have: both cost more than their bytes. */
  jsonDepth: 64,
  jsonValues: 50_000,
} as const;

/** Milliseconds for headers, for a body of JSON, and without a single byte of an upload. */
export const PATIENCE = { headers: 20_000, body: 60_000, silence: 120_000 } as const;

/**
 * Connections that may wait to be taken, when thousands come at once: hosts after a restart, or users after a break. The
 * kernel allows at most net.core.somaxconn, 4096 since Linux 5.4 (listen(2)); beyond it, connections are reset.
 */
export const BACKLOG = 4096;

/** Throws ApiError 400 for a query that is longer than any program needs. */
export function checkQuery(url: string): void {
  const start = url.indexOf('?');
  if (start < 0) return;
  let count = 1;
  for (let at = url.indexOf('&', start); at >= 0; at = url.indexOf('&', at + 1)) count++;
  if (count > LIMITS.queryParameters) {
    throw badRequest(`The query has ${count} parameters; at most ${LIMITS.queryParameters} are read. Ask in parts.`);
  }
}

/** Throws ApiError 400 for JSON that is nested too deep, 413 for too many values, before it is parsed. */
export function checkJson(text: string, most: number = LIMITS.jsonValues): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a text: up to the next quote that is not escaped
        for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > LIMITS.jsonDepth) throw badRequest(`The body is nested deeper than ${LIMITS.jsonDepth} levels.`);
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      case 0x2c:
        if (++values > most) {
          throw tooLarge(`The body has more than ${most} values: send it in parts.`);
        }
        break;
      default:
    }
  }
}

/** Answers what is no request yet, and so of no service: too much or too slow in its headers, or not HTTP. */
export function answerNoRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, `The headers of this request are longer than ${LIMITS.headerBytes} bytes.`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, `The headers of this request did not come within ${PATIENCE.headers / 1000} seconds.`]
        : [400, 'This is not a request of HTTP/1.1.'];
  const body = JSON.stringify({ error: { code: status, message, title: STATUS_CODES[status] } });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

interface Receiving {
  since: number;
  /** Bytes that the connection had read when it was looked at last, and when that number changed. */
  bytes: number;
  moved: number;
}

/**
 * Ends connections whose request body does not come: JSON within a minute, uploads as long as bytes arrive. Node's own
 * limit is for the whole request, and would end an image of many gigabytes. Looks every ten seconds, at requests that
 * are still being received alone.
 */
export function endSlowRequests(server: Server, now: () => number = () => performance.now()): () => void {
  const receiving = new Map<IncomingMessage, Receiving>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { headers } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
    receiving.set(request, { since: now(), bytes: request.socket.bytesRead, moved: now() });
    response.on('close', () => receiving.delete(request));
  });
  const look = () => {
    for (const [request, seen] of receiving) {
      if (request.complete || request.destroyed) {
        receiving.delete(request);
        continue;
      }
      if (request.socket.bytesRead !== seen.bytes) {
        seen.bytes = request.socket.bytesRead;
        seen.moved = now();
      }
      const upload = request.headers['content-type']?.startsWith('application/octet-stream') === true;
      const late = upload ? now() - seen.moved > PATIENCE.silence : now() - seen.since > PATIENCE.body;
      if (late) request.socket.destroy();
    }
  };
  const timer = setInterval(look, 10_000).unref();
  server.on('close', () => clearInterval(timer));
  return look;
}
