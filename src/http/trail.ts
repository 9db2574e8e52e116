import type { FastifyRequest } from 'fastify';
import { writeDeed } from '../store/audit.ts';
import type { App } from './app.ts';
import type { Context } from './context.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';

/**
 * What is not worth a row: what was malformed never was an attempt at a change, and who has no token is nobody.
 * Log-ins are the exception: there a 401 is somebody who guesses.
 */
const MALFORMED: readonly number[] = [400, 405, 406, 410, 413, 414, 415, 431];

/**
 * Sees to it that every change has its row: handlers write theirs in the transaction of the change; here follow, before
 * the answer is sent, refusals, log-ins, and requests that were well and had nothing to change.
 */
export async function completeTrail(
  app: App,
  service: Service,
  route: Route,
  request: FastifyRequest,
  status: number,
  reason: string | null,
): Promise<void> {
  const { context } = request;
  if (!context || context.hostId !== null || !isChange(route) || context.trail?.silent) return;
  if (status < 400 ? (context.trail?.rows ?? 0) > 0 : !worthARow(context, status)) return;
  const deed = {
    operation: `${service.name}:${operationOf(route, request.body)}`,
    target:
      Object.values((request.params ?? {}) as Record<string, string>)[0] ?? context.trail?.account?.userId ?? null,
    status: status < 400 ? null : status,
    detail: reason === null ? { unchanged: true } : { reason: reason.slice(0, 300) },
  };
  await app.store.transaction((tx) => writeDeed(tx, context, deed));
}

export const isChange = ({ method }: Route) => method !== 'GET' && method !== 'HEAD';

function worthARow(context: Context, status: number): boolean {
  if (context.token === null && context.trail?.account === undefined) return false;
  return !MALFORMED.includes(status);
}

/** `servers:reboot` where one route has many actions, told by the one member of the body. */
function operationOf(route: Route, body: unknown): string {
  const [name] = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const action = name === undefined ? undefined : route.actions?.find((one) => one.endsWith(`:${name}`));
  return action ?? route.operation;
}
