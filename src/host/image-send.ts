import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OperatorError, messageOf } from '../core/errors.ts';
import type { ImageId } from '../core/ids.ts';
import type { LinkOptions } from './controller-link.ts';
import { TryLater } from './workers.ts';

/** Sends the data of an image to the controller. Throws TryLater when it is away. */
export type SendImage = (id: ImageId, body: Readable, bytes: number, abort: AbortSignal) => Promise<void>;

/** The controller looks into what it got before it answers. */
const STALL = 300_000;

/** `PUT /agent/v1/images/{id}/data`, streamed: an image is never in memory as a whole. */
export function createImageSend({ controller, token }: LinkOptions): SendImage {
  return async (id, body, bytes, abort) => {
    const { status, text } = await put(`${controller}/agent/v1/images/${id}/data`, token, body, bytes, abort).catch(
      (error: unknown) => {
        throw new TryLater(`Image ${id} cannot be sent: ${messageOf(error)}`, { cause: error });
      },
    );
    if (status >= 200 && status < 300) return;
    const said = `Image ${id} was not taken: the controller answered ${status} ${text}`;
    if (status >= 500 || status === 401 || status === 408) throw new TryLater(said);
    throw new OperatorError(said, '');
  };
}

function put(url: string, token: string, body: Readable, bytes: number, abort: AbortSignal) {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/octet-stream',
      'content-length': String(bytes),
    };
    const request = send(url, { method: 'PUT', headers, signal: abort, timeout: STALL }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text = (text + chunk).slice(0, 300)));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('timeout', () => request.destroy(new Error('nothing moved for five minutes')));
    request.on('error', reject);
    // An early answer ends the stream before its end: the answer tells more than that.
    pipeline(body, request).catch(() => undefined);
  });
}
