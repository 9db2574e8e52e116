import { Readable } from 'node:stream';
import { OperatorError, messageOf } from '../core/errors.ts';
import type { HostReport, PollAnswer } from './document.ts';
import type { FetchImage } from './disks/images.ts';
import { completed } from './ledger.ts';
import { TryLater } from './workers.ts';

/** The agent's side of its line to the controller. Everything throws when the controller is away. */
export interface ControllerLink {
  /** Waits for a document newer than `generation`, or for tunnels to open; at most about 30 s. */
  poll(generation: number, abort: AbortSignal): Promise<PollAnswer>;
  report(report: HostReport, abort: AbortSignal): Promise<void>;
}

/** Longer than the controller lets a poll wait; beyond it the line is taken for dead. */
const POLL_DEADLINE = 45_000;
const REPORT_DEADLINE = 10_000;
const STALL = 30_000;

export interface LinkOptions {
  /** `http://192.0.2.1:5000`. */
  controller: string;
  token: string;
}

export function createLink({ controller, token }: LinkOptions): ControllerLink {
  const headers = { authorization: `Bearer ${token}` };
  const base = `${controller}/agent/v1`;
  return {
    async poll(generation, abort) {
      const signal = AbortSignal.any([abort, AbortSignal.timeout(POLL_DEADLINE)]);
      const response = await fetch(`${base}/document?generation=${generation}`, { headers, signal });
      await check(response);
      const answer = (await response.json()) as PollAnswer;
      return { ...answer, document: answer.document && completed(answer.document) };
    },
    async report(report, abort) {
      const response = await fetch(`${base}/report`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(report),
        signal: AbortSignal.any([abort, AbortSignal.timeout(REPORT_DEADLINE)]),
      });
      await check(response);
      await response.arrayBuffer();
    },
  };
}

/** Fetches images from the controller, and gives up a stream that stands still. */
export function createImageFetch({ controller, token }: LinkOptions): FetchImage {
  return async (image, abort) => {
    const stalled = new AbortController();
    const signal = AbortSignal.any([abort, stalled.signal]);
    const timer = setTimeout(() => stalled.abort(new Error('no byte came for 30 s')), STALL);
    const headers = { authorization: `Bearer ${token}` };
    let response: Response;
    try {
      response = await fetch(`${controller}/agent/v1/images/${image.id}`, { headers, signal });
    } catch (error) {
      clearTimeout(timer);
      throw new TryLater(`Image ${image.id} cannot be fetched: ${messageOf(error)}`, { cause: error });
    }
    if (response.status >= 500) {
      clearTimeout(timer);
      throw new TryLater(`Image ${image.id} cannot be fetched: the controller answered ${response.status}.`);
    }
    if (!response.ok || !response.body) {
      clearTimeout(timer);
      throw new OperatorError(
        `Image ${image.id} cannot be fetched: the controller answered ${response.status}.`,
        'Was the image deleted? Choose another one.',
      );
    }
    return watched(response.body, timer, image.id);
  };
}

async function* watched(body: NonNullable<Response['body']>, timer: NodeJS.Timeout, id: string) {
  try {
    for await (const chunk of Readable.fromWeb(body)) {
      timer.refresh();
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw new TryLater(`Image ${id} stopped coming: ${messageOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function check(response: Response): Promise<void> {
  if (response.ok) return;
  const body = (await response.text().catch(() => '')).slice(0, 300);
  const hint =
    response.status === 401 || response.status === 403
      ? 'The token in --token-file is not the one the controller has for this host.'
      : "Read the controller's log of the same time.";
  throw new OperatorError(`The controller answered ${response.status}: ${body}`, hint);
}
