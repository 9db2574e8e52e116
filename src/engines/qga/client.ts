import { randomInt } from 'node:crypto';
import { connect } from 'node:net';

/**
 * A client of the agent that runs inside a guest, on the unix socket that QEMU joins to the guest's channel. Nobody may
 * be listening there, and what is sent stays in the channel until somebody does: so nothing is said before the agent
 * has answered a fresh number. Source: https://www.qemu.org/docs/master/interop/qemu-ga-ref.html
 *
 * The guest is a stranger: what it says is bounded in length and time, and nothing of it is believed but the outcome.
 */

/** Nobody answers: there is no agent in the guest, or it hangs. */
export class GuestSilent extends Error {}

/** The agent refused a command, with its own words. */
export class GuestRefused extends Error {}

/** 0xff begins and ends what is of another time: the agent forgets half a command, we skip what answered others. */
const DELIMITER = 0xff;
const MAX_ANSWER = 64 * 1024;

interface Answer {
  return?: unknown;
  error?: { class?: unknown; desc?: unknown };
}

/** Milliseconds: until the agent says that it is there, and from then until it has done what it is told. */
export interface Patience {
  hello: number;
  answer: number;
}

/** Says one command to the agent behind `path` and answers its `return`. Throws GuestSilent and GuestRefused. */
export function askGuest(
  path: string,
  command: string,
  args: Record<string, unknown>,
  patience: Patience,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const id = randomInt(2 ** 31);
    const socket = connect(path);
    let bytes = Buffer.alloc(0);
    let isSynced = false;
    const end = (error: Error | null, value?: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      if (error) reject(error);
      else resolve(value);
    };
    const silent = (why: string) => end(new GuestSilent(why));
    const expire = (within: number) => setTimeout(() => silent(`no answer within ${within / 1000} seconds`), within);
    let timer = expire(patience.hello);
    const say = (execute: string, given: Record<string, unknown>) => {
      socket.write(`${JSON.stringify({ execute, arguments: given })}\n`);
    };
    socket.on('error', (cause) => silent(cause.message));
    socket.on('close', () => silent('the channel was closed'));
    socket.on('connect', () => {
      socket.write(Buffer.from([DELIMITER]));
      say('guest-sync-delimited', { id });
    });
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!isSynced) bytes = bytes.subarray(bytes.lastIndexOf(DELIMITER) + 1);
      for (let line = bytes.indexOf('\n'); line >= 0; line = bytes.indexOf('\n')) {
        const answer = parse(bytes.subarray(0, line).toString('utf8'));
        bytes = bytes.subarray(line + 1);
        if (answer === null) continue;
        if (isSynced) {
          const { error } = answer;
          return end(error ? new GuestRefused(wordsOf(error.desc)) : null, answer.return);
        }
        if (answer.return !== id) continue;
        isSynced = true;
        clearTimeout(timer);
        timer = expire(patience.answer);
        say(command, args);
      }
      if (bytes.length > MAX_ANSWER) silent('it says more than was asked');
    });
  });
}

function parse(line: string): Answer | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

/** What a guest says, as one short line of plain characters. */
function wordsOf(text: unknown): string {
  return typeof text === 'string' ? text.replaceAll(/[^ -~]+/g, ' ').slice(0, 200) : 'it gave no reason';
}
