import { connect, type Socket } from 'node:net';
import { OperatorError } from '../../core/errors.ts';
import { jsonStream } from './framing.ts';

/** One connection to an OVSDB server: JSON-RPC 1.0 in both directions. Source: RFC 7047, section 4. */
export interface Rpc {
  /**
   * Calls a method and answers its result. Fails with OvsdbError when the server refuses it, with OperatorError when
   * the deadline passes or the connection ends; after a missed deadline the connection is closed, because nobody can
   * know whether the server will still carry the call out.
   */
  call(method: string, params: unknown[], milliseconds?: number): Promise<unknown>;
  /** Resolves, never fails, with why the connection ended. */
  readonly closed: Promise<Error>;
  close(): void;
}

/** A call or an operation that the server itself refused; `code` is one of RFC 7047's error strings. */
export class OvsdbError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'OvsdbError';
    this.code = code;
  }
}

export interface RpcOptions {
  onNotification?: (method: string, params: unknown[]) => void;
  /** Sees every message, for a log of what went over the wire. */
  onWire?: (direction: 'sent' | 'received', message: unknown) => void;
  /** Milliseconds for connecting. */
  connectWithin?: number;
  /** Milliseconds of silence after which we ask for an echo, and after which we then give up. */
  probeAfter?: number;
  giveUpAfter?: number;
}

const CONNECT = 5_000;
const DEADLINE = 20_000;
const PROBE_AFTER = 5_000;
const GIVE_UP_AFTER = 10_000;

interface Message {
  id?: unknown;
  method?: unknown;
  params?: unknown;
  result?: unknown;
  error?: unknown;
}

interface Pending {
  method: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** Where a database listens: `unix:/run/ovn/ovnnb_db.sock` or `tcp:192.0.2.1:6641`. Throws OperatorError. */
export function parseRemote(remote: string): { path: string } | { host: string; port: number } {
  const unix = /^unix:(.+)$/.exec(remote)?.[1];
  if (unix !== undefined) return { path: unix };
  const tcp = /^tcp:(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(remote);
  const host = tcp?.[1] ?? tcp?.[2];
  if (host !== undefined) return { host, port: Number(tcp?.[3]) };
  throw new OperatorError(
    `'${remote}' is no address of an OVSDB server.`,
    'Give it like unix:/run/ovn/ovnnb_db.sock or tcp:192.0.2.1:6641.',
  );
}

/** Connects to one server. Throws OperatorError when nobody answers there. */
export async function connectRpc(remote: string, options: RpcOptions = {}): Promise<Rpc> {
  const socket = await openSocket(remote, options.connectWithin ?? CONNECT);
  const pending = new Map<number, Pending>();
  const closed = Promise.withResolvers<Error>();
  let nextId = 1;
  let ended: Error | null = null;
  let heard = performance.now();
  let probing = false;

  const end = (reason: Error) => {
    if (ended !== null) return;
    ended = reason;
    clearInterval(probe);
    socket.destroy();
    for (const call of pending.values()) {
      clearTimeout(call.timer);
      call.reject(reason);
    }
    pending.clear();
    closed.resolve(reason);
  };
  const send = (message: Message) => {
    options.onWire?.('sent', message);
    socket.write(JSON.stringify(message));
  };
  const answer = (message: Message) => {
    const call = typeof message.id === 'number' ? pending.get(message.id) : undefined;
    if (call === undefined) return;
    pending.delete(message.id as number);
    clearTimeout(call.timer);
    if (message.error === null || message.error === undefined) call.resolve(message.result);
    else call.reject(errorOf(call.method, message.error));
  };
  const receive = (received: unknown) => {
    options.onWire?.('received', received);
    const message = received as Message;
    if (typeof message.method !== 'string') return answer(message);
    const params = Array.isArray(message.params) ? (message.params as unknown[]) : [];
    if (message.method === 'echo') return send({ id: message.id, result: params, error: null });
    options.onNotification?.(message.method, params);
  };
  const call: Rpc['call'] = (method, params, milliseconds = DEADLINE) =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(ended);
      const id = nextId++;
      const timer = setTimeout(
        () => end(lost(remote, `it did not answer ${method} within ${milliseconds} ms`)),
        milliseconds,
      );
      pending.set(id, { method, resolve, reject, timer });
      send({ method, params, id });
    });

  // A peer that vanished without a word (a cable, a suspended machine) is noticed only by asking.
  const probeAfter = options.probeAfter ?? PROBE_AFTER;
  const giveUpAfter = options.giveUpAfter ?? GIVE_UP_AFTER;
  const probe = setInterval(() => {
    if (probing || performance.now() - heard < probeAfter) return;
    probing = true;
    const unused = () => undefined;
    call('echo', [], giveUpAfter)
      .catch(unused)
      .finally(() => (probing = false))
      .catch(unused);
  }, probeAfter / 2);
  probe.unref();

  const cut = jsonStream(receive);
  socket.on('data', (chunk) => {
    heard = performance.now();
    try {
      cut(chunk);
    } catch (cause) {
      end(lost(remote, 'it sent something we do not understand', cause));
    }
  });
  socket.on('error', (cause) => end(lost(remote, 'the connection failed', cause)));
  socket.on('close', () => end(lost(remote, 'the connection was closed')));
  return { call, closed: closed.promise, close: () => end(lost(remote, 'we closed the connection')) };
}

function openSocket(remote: string, milliseconds: number): Promise<Socket> {
  const socket = connect(parseRemote(remote));
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      reject(lost(remote, 'nobody answers there', cause));
    };
    const timer = setTimeout(fail, milliseconds);
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function errorOf(method: string, error: unknown): OvsdbError {
  if (typeof error === 'object' && error !== null && 'error' in error) {
    const details = 'details' in error ? `: ${String(error.details)}` : '';
    return new OvsdbError(String(error.error), `${method}: ${String(error.error)}${details}`);
  }
  return new OvsdbError(String(error), `${method}: ${JSON.stringify(error)}`);
}

function lost(remote: string, what: string, cause?: unknown): OperatorError {
  return new OperatorError(
    `The database at ${remote} cannot be used: ${what}.`,
    'Is its ovsdb-server running? See: potluck doctor',
    { cause },
  );
}
