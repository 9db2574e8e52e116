import type { Readable } from 'node:stream';
import { OperatorError, messageOf } from '../core/errors.ts';
import type { ImageId } from '../core/ids.ts';
import { ask, isOk, textOf, type LinkOptions } from './line.ts';
import { TryLater } from './workers.ts';

/** Sends the data of an image to the controller. Throws TryLater when it is away. */
export type SendImage = (id: ImageId, body: Readable, bytes: number, abort: AbortSignal) => Promise<void>;

/** The controller looks into what it got before it answers. */
const STALL = 300_000;

/** `PUT /agent/v1/images/{id}/data`, streamed: an image is never in memory as a whole. */
export function createImageSend(link: LinkOptions): SendImage {
  return async (id, body, bytes, abort) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
    const question = { method: 'PUT', headers, body, signal: abort, stall: STALL } as const;
    const send = async () => {
      const answer = await ask(link, `/agent/v1/images/${id}/data`, question);
      return { ok: isOk(answer), status: answer.statusCode ?? 0, text: await textOf(answer, 300) };
    };
    const { ok, status, text } = await send().catch((error: unknown) => {
      throw new TryLater(`Image ${id} cannot be sent: ${messageOf(error)}`, { cause: error });
    });
    if (ok) return;
    const said = `Image ${id} was not taken: the controller answered ${status} ${text}`;
    if (status >= 500 || status === 401 || status === 408) throw new TryLater(said);
    throw new OperatorError(said, '');
  };
}
