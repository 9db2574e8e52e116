import type { Change } from '../store/changes.ts';

/** A change with its number in the order in which this controller told them. */
export interface Named extends Change {
  at: number;
}

/*
 * The format of https://html.spec.whatwg.org/multipage/server-sent-events.html: fields by lines, an empty line ends an
 * event. JSON has no line breaks of its own.
 */

/** That something changed; who hears of all projects is told whose it is. */
export function frameOf({ kind, to, id }: Change, eventId: string, all: boolean): string {
  const project = to.startsWith('project:') ? to.slice('project:'.length) : null;
  const data = JSON.stringify({ kind, ...(id !== null && { id }), ...(all && { project_id: project }) });
  return `event: changed\nid: ${eventId}\ndata: ${data}\n\n`;
}

/** That everything must be read anew: what changed meanwhile is not known. */
export const resetFrame = (eventId: string): Buffer => Buffer.from(`event: reset\nid: ${eventId}\ndata: {}\n\n`);

/** A comment, and where to go on from, which a client notes without being told anything. */
export const lifeFrame = (eventId: string): Buffer => Buffer.from(`:\nid: ${eventId}\n\n`);

/** Why nothing more comes. */
export const endFrame = (reason: string): Buffer => Buffer.from(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);

/** Milliseconds until a client that lost its stream comes back. */
export const retryFrame = (milliseconds: number): Buffer => Buffer.from(`retry: ${milliseconds}\n\n`);
