import { conflict } from '../core/errors.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { serverById } from './servers-store.ts';
import { readAll, tunnelsOf } from './tunnels.ts';

/** Bytes of the log that are looked at, from its end. */
const MOST = 1024 * 1024;
const WITHIN = 20_000;

/** The last lines of a server's serial log; all that is kept for a negative number. Throws ApiError 404 and 409. */
export async function consoleOutput(app: App, context: Context, id: string, lines: number): Promise<string> {
  const server = await serverById(app.store.read, context, id);
  if (server.host_id === null || (server.vm_state === 'building' && server.reported_state === null)) {
    throw conflict(`Instance ${server.id} is not ready: its console has not said anything yet.`);
  }
  if (lines === 0) return '';
  const socket = await tunnelsOf(app).open(server.host_id, server.id, 'log');
  const text = (await readAll(socket, MOST, WITHIN)).toString('utf8');
  return lines < 0 ? text : lastLines(text, lines);
}

/** The last lines of a text, as Nova counts: what follows the last newline is a line, also when it is empty. */
export function lastLines(text: string, lines: number): string {
  return text.split('\n').slice(-lines).join('\n');
}
