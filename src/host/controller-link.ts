import type { IncomingMessage } from 'node:http';
import { OperatorError, messageOf } from '../core/errors.ts';
import type { HostReport, PollAnswer } from './document.ts';
import type { FetchImage } from './disks/images.ts';
import { completed } from './ledger.ts';
import { ask, askJson, isOk, textOf, type LinkOptions } from './line.ts';
import { TryLater } from './workers.ts';

/** The agent's side of its line to the controller. Everything throws when the controller is away. */
export interface ControllerLink {
  /** Waits for a document newer than `generation`, or for tunnels to open; at most about 30 s. */
  poll(generation: number, abort: AbortSignal): Promise<PollAnswer>;
  report(report: HostReport, abort: AbortSignal): Promise<void>;
}

/**
 * Milliseconds after which the line is taken for dead, also in simulations; a poll's is longer than the controller lets
 * it wait.
 */
export const DEADLINES = { poll: 45_000, report: 20_000 };
const STALL = 30_000;

export function createLink(link: LinkOptions): ControllerLink {
  return {
    async poll(generation, abort) {
      const signal = AbortSignal.any([abort, AbortSignal.timeout(DEADLINES.poll)]);
      const response = await ask(link, `/agent/v1/document?generation=${generation}`, { signal });
      await check(link, response);
      const answer = JSON.parse(await textOf(response)) as PollAnswer;
      return { ...answer, document: answer.document && completed(answer.document) };
    },
    async report(report, abort) {
      const signal = AbortSignal.any([abort, AbortSignal.timeout(DEADLINES.report)]);
      const response = await askJson(link, '/agent/v1/report', report, signal);
      await check(link, response);
      await textOf(response);
    },
  };
}

/** Fetches images from the controller, and gives up a stream that stands still. */
export function createImageFetch(link: LinkOptions): FetchImage {
  return async (image, abort) => {
    const response = await ask(link, `/agent/v1/images/${image.id}`, { signal: abort, stall: STALL }).catch(
      (error: unknown) => {
        throw new TryLater(`Image ${image.id} cannot be fetched: ${messageOf(error)}`, { cause: error });
      },
    );
    if (isOk(response)) return arriving(response, image.id);
    response.destroy();
    const said = `Image ${image.id} cannot be fetched: the controller answered ${response.statusCode}.`;
    if ((response.statusCode ?? 0) >= 500) throw new TryLater(said);
    throw new OperatorError(said, 'Was the image deleted? Choose another one.');
  };
}

async function* arriving(response: IncomingMessage, id: string) {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    throw new TryLater(`Image ${id} stopped coming: ${messageOf(error)}`, { cause: error });
  }
}

async function check(link: LinkOptions, response: IncomingMessage): Promise<void> {
  if (isOk(response)) return;
  const body = await textOf(response, 300).catch(() => '');
  const refused = response.statusCode === 401 || response.statusCode === 403;
  const hint = !refused
    ? "Read the controller's log of the same time."
    : link.token === undefined
      ? 'Was this machine removed or revoked? Ask for an invite: potluck host invite --name NAME --replace'
      : 'The token in --token-file is not the one the controller has for this host.';
  throw new OperatorError(`The controller answered ${response.statusCode}: ${body}`, hint);
}
