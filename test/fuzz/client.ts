import type { FuzzController } from './controller.ts';

/** Untyped, because operations read into answers of every shape. */
export type Answer = any;

export interface Reply {
  status: number;
  body: Answer;
}

export interface Client {
  (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    as?: 'member' | 'admin',
  ): Promise<Reply | null>;
}

/**
 * Asks as a client would. Answers null when the controller was away or died meanwhile: then nobody knows whether it
 * was done. Throws for a 5xx, which is a fault of ours whatever was asked.
 */
export function createClient(controller: () => FuzzController | null): Client {
  return async (method, path, body, as = 'member') => {
    const running = controller();
    if (!running?.isAlive()) return null;
    const raw = body instanceof Buffer;
    const headers = {
      'x-auth-token': as,
      'openstack-api-version': 'compute 2.96',
      ...(body !== undefined && { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
    };
    const asked = running.server.inject({
      ...{ method, url: path, headers },
      ...(body !== undefined && { payload: raw ? body : JSON.stringify(body) }),
    });
    const died = new Promise<null>((resolve) => running.app.abort.addEventListener('abort', () => resolve(null)));
    const answer = await Promise.race([asked, died]);
    if (answer === null || !running.isAlive()) return null;
    if (answer.statusCode >= 500) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`);
    return { status: answer.statusCode, body: answer.body === '' ? null : JSON.parse(answer.body) };
  };
}
