import { Agent, request } from 'node:http';

/** A client that costs little, so that what is measured is the server. */
export interface Client {
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<{ text: string }>;
}

const PATIENCE = 300_000;

/**
 * All clients share the connections: those who ask while a controller is behind wait here, where the time counts as well,
 * and not each with an open file of it. Ten thousand hosts have two each, and a process may be allowed 20,000.
 */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Throws for every answer but 2xx. */
export function createClient(port: number, token: string): Client {
  const base = { agent, host: '127.0.0.1', port };
  const client: Client = {
    call: (method, path, body) =>
      new Promise((resolve, reject) => {
        const payload = body === undefined ? undefined : JSON.stringify(body);
        const headers = {
          'x-auth-token': token,
          'openstack-api-version': 'compute 2.96',
          ...(payload !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(payload),
          }),
        };
        const sent = request({ ...base, method, path, headers, timeout: PATIENCE }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const status = answer.statusCode ?? 0;
            if (status >= 200 && status < 300) resolve({ text });
            else reject(new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`));
          });
        });
        sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
        sent.on('error', (error: NodeJS.ErrnoException) => {
          // A connection that rested for long may be ended at the moment that it is used again, as HTTP clients know.
          if (!sent.reusedSocket || error.code !== 'ECONNRESET') reject(error);
          else client.call(method, path, body).then(resolve, reject);
        });
        sent.end(payload);
      }),
  };
  return client;
}
