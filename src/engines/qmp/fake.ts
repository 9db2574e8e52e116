import { createServer, type Server, type Socket } from 'node:net';

/** A monitor for tests: answers from `handlers`, and can be told to send events, to fall silent or to hang up. */
export interface FakeQmp {
  /** Commands in the order they came, without `qmp_capabilities`. */
  readonly commands: { execute: string; arguments?: Record<string, unknown> }[];
  event(name: string, data?: Record<string, unknown>): void;
  /** Sends raw text to the client. */
  raw(text: string): void;
  hangUp(): void;
  close(): Promise<void>;
}

export type FakeHandler = (args: Record<string, unknown>) => unknown;

/** A handler that answers this leaves the command unanswered. */
export const SILENCE = Symbol('silence');

/** Listens on `path`. A command without a handler is refused as QEMU does. */
export async function fakeQmp(
  path: string,
  handlers: Record<string, FakeHandler> = {},
  options: { greet?: boolean } = {},
): Promise<FakeQmp> {
  const commands: FakeQmp['commands'] = [];
  const sockets = new Set<Socket>();
  const send = (value: unknown) => sockets.forEach((socket) => socket.write(`${JSON.stringify(value)}\r\n`));
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => sockets.delete(socket));
    if (options.greet !== false)
      send({ QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 } }, capabilities: [] } });
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach((line) => answer(JSON.parse(line) as Request));
    });
  });

  const answer = (request: Request) => {
    if (request.execute === 'qmp_capabilities') return send({ return: {}, id: request.id });
    commands.push({ execute: request.execute, ...(request.arguments && { arguments: request.arguments }) });
    const handler = handlers[request.execute];
    if (!handler) {
      const desc = `The command ${request.execute} has not been found`;
      return send({ error: { class: 'CommandNotFound', desc }, id: request.id });
    }
    const value = handler(request.arguments ?? {});
    if (value === SILENCE) return;
    if (value instanceof Error) return send({ error: { class: 'GenericError', desc: value.message }, id: request.id });
    send({ return: value ?? {}, id: request.id });
  };

  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    commands,
    event: (name, data = {}) => send({ event: name, data, timestamp: { seconds: 0, microseconds: 0 } }),
    raw: (text) => sockets.forEach((socket) => socket.write(text)),
    hangUp: () => sockets.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}

interface Request {
  execute: string;
  arguments?: Record<string, unknown>;
  id?: unknown;
}
