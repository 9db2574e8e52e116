import { globalAgent as plainAgent, request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest, type Agent as TlsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** How an agent reaches its controller: over mutual TLS with its certificate, or on one machine with a shared token. */
export interface LinkOptions {
  /** `https://192.0.2.1:5001`, or `http://192.0.2.1:5000` with a token. */
  controller: string;
  token?: string;
  /** Connections with this machine's certificate; asked for each time, because the certificate is renewed. */
  tls?: () => TlsAgent;
}

export interface Question {
  method?: 'GET' | 'POST' | 'PUT';
  headers?: Record<string, string>;
  body?: string | Readable;
  signal?: AbortSignal;
  /** Milliseconds without a byte after which the line is taken for dead. */
  stall?: number;
}

/** The headers that say who asks. */
export const credentials = ({ token }: LinkOptions): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/** Asks the controller, and answers as soon as the head of its answer is there. Throws when it is away. */
export function ask(link: LinkOptions, path: string, question: Question = {}): Promise<IncomingMessage> {
  const { method = 'GET', body, signal, stall } = question;
  const url = new URL(path, link.controller);
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const request = (secure ? tlsRequest : plainRequest)(
      url,
      {
        ...{ method, headers: { ...credentials(link), ...length, ...question.headers } },
        agent: secure ? link.tls?.() : plainAgent,
        ...(signal && { signal }),
        ...(stall !== undefined && { timeout: stall }),
      },
      resolve,
    );
    request.on('error', reject);
    request.on('timeout', () => {
      // Node's own pool has a shorter patience, which is for connections that nobody uses.
      if (stall !== undefined) request.destroy(new Error(`nothing moved for ${stall / 1000} s`));
    });
    if (typeof body === 'string') request.end(body);
    else if (body === undefined) request.end();
    // An early answer ends the stream before its end: the answer tells more than that.
    else pipeline(body, request).catch(() => undefined);
  });
}

/** Asks with JSON. */
export function askJson(
  link: LinkOptions,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json' };
  return ask(link, path, { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) });
}

/** An answer to its end, at most `most` characters of it. */
export async function textOf(answer: IncomingMessage, most = Number.POSITIVE_INFINITY): Promise<string> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) if (text.length < most) text += chunk as string;
  return text.length > most ? text.slice(0, most) : text;
}

export const isOk = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;
