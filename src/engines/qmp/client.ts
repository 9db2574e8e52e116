import { connect, type Socket } from 'node:net';
import { OperatorError } from '../../core/errors.ts';

/**
 * A client of QEMU's monitor protocol on a unix socket: one JSON object per line, commands answered by id, events in
 * between. Source: https://www.qemu.org/docs/master/interop/qmp-spec.html
 *
 * QEMU serves one client at a time on a socket; a second one waits in the accept queue without a greeting, which the
 * deadline of `connectQmp` turns into an error.
 */
export interface Qmp {
  /**
   * Runs one command and answers its `return` member. Fails with QmpError when QEMU refuses it, and with
   * OperatorError when the deadline passes or the connection ends; after a missed deadline the connection is closed,
   * because a monitor that does not answer is as good as none.
   */
  execute(command: string, args?: Record<string, unknown>, milliseconds?: number): Promise<unknown>;
  /** Resolves, never fails, when the connection has ended for whatever reason. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface QmpEvent {
  name: string;
  data: Record<string, unknown>;
}

/** A command that QEMU itself refused, with the class it gave (`GenericError`, `CommandNotFound`, …). */
export class QmpError extends Error {
  readonly class: string;

  constructor(command: string, errorClass: string, description: string) {
    super(`QEMU refused ${command}: ${description}`);
    this.name = 'QmpError';
    this.class = errorClass;
  }
}

const DEADLINE = 10_000;
/** The longest line we accept; QEMU's own limit for what it reads is 64 MiB. */
const MAX_LINE = 16 * 1024 * 1024;

interface Pending {
  command: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/**
 * Connects, waits for the greeting and asks for no capabilities. `milliseconds` bounds all of it. Events are handed to
 * `onEvent` in order; what it throws is ignored.
 */
export async function connectQmp(
  path: string,
  onEvent: (event: QmpEvent) => void = () => undefined,
  milliseconds = DEADLINE,
): Promise<Qmp> {
  const socket = connect(path);
  const pending = new Map<number, Pending>();
  const greeting = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let nextId = 1;
  let ended: Error | null = null;

  const end = (reason: Error) => {
    if (ended !== null) return;
    ended = reason;
    socket.destroy();
    greeting.reject(reason);
    for (const call of pending.values()) {
      clearTimeout(call.timer);
      call.reject(reason);
    }
    pending.clear();
    closed.resolve();
  };

  const receive = (message: Message) => {
    if (message.QMP !== undefined) return greeting.resolve();
    if (typeof message.event === 'string') {
      try {
        onEvent({ name: message.event, data: message.data ?? {} });
      } catch {
        // A listener's mistake must not cost us the connection.
      }
      return;
    }
    const call = typeof message.id === 'number' ? pending.get(message.id) : undefined;
    if (call === undefined || typeof message.id !== 'number') return;
    pending.delete(message.id);
    clearTimeout(call.timer);
    if (message.error) call.reject(new QmpError(call.command, message.error.class, message.error.desc));
    else call.resolve(message.return);
  };

  readLines(socket, receive, end);
  socket.on('error', (cause) => end(lost('the connection failed', cause)));
  socket.on('close', () => end(lost('the connection was closed')));

  const execute: Qmp['execute'] = (command, args, deadline = DEADLINE) =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(ended);
      const id = nextId++;
      const timer = setTimeout(() => end(lost(`no answer to ${command} within ${deadline} ms`)), deadline);
      pending.set(id, { command, resolve, reject, timer });
      socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\n`);
    });

  const hello = setTimeout(() => end(lost(`no greeting within ${milliseconds} ms`)), milliseconds);
  try {
    await greeting.promise;
  } finally {
    clearTimeout(hello);
  }
  // QEMU takes commands in order, so nobody needs to wait for the answer to this one.
  execute('qmp_capabilities', undefined, milliseconds).catch((cause: unknown) =>
    end(lost('it does not take capabilities', cause)),
  );
  return { execute, closed: closed.promise, close: () => end(lost('we closed it')) };
}

interface Message {
  QMP?: unknown;
  event?: unknown;
  data?: Record<string, unknown>;
  id?: unknown;
  return?: unknown;
  error?: { class: string; desc: string };
}

function readLines(socket: Socket, receive: (message: Message) => void, end: (reason: Error) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) return end(lost('a line longer than 16 MiB'));
    for (const line of lines) {
      if (line.trim() === '') continue;
      const message = parse(line);
      if (message === null) return end(lost('a line that is not a JSON object'));
      receive(message);
    }
  });
}

function parse(line: string): Message | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

function lost(what: string, cause?: unknown): OperatorError {
  return new OperatorError(
    `The monitor of QEMU cannot be used: ${what}.`,
    'If the server does not answer either, do a hard reboot of it.',
    { cause },
  );
}
