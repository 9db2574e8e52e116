import { Ajv } from 'ajv';
import type { FastifyError, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { ApiError, badRequest, notFound } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { atLeast, NO_VERSION, type Version } from '../../http/microversions.ts';
import type { Method, Route } from '../../http/route.ts';
import type { Service } from '../../http/service.ts';
import { validationMessage } from '../../http/validation.ts';
import { checkPolicy } from '../../policy/policy.ts';

/** What a proxy handler passes on of its own call. */
export interface Caller {
  app: App;
  context: Context;
  request: FastifyRequest;
}

export type Json = Record<string, unknown>;

/** What a proxy asks another service. */
export interface Asked {
  body?: unknown;
  query?: Record<string, string>;
}

const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, allErrors: false, strict: false });
const checks = new WeakMap<object, ReturnType<typeof ajv.compile>>();

/**
 * Asks another service of ours as a client would, in process: the same route, schema, policy and answer. What Nova's
 * old proxies do over HTTP.
 */
export async function serviceCall(
  service: Service,
  { app, context, request }: Caller,
  method: Method,
  path: string,
  asked: Asked = {},
): Promise<Json> {
  const found = routeOf(service, method, path);
  if (!found) throw notFound('The resource could not be found.');
  const { route, params } = found;
  checkPolicy(service, route.operation, context);
  if (route.body) assertValid(route.body, asked.body);
  const { body } = await route.handler({
    app,
    context,
    params,
    query: asked.query ?? {},
    body: asked.body,
    version: service.versions?.min ?? NO_VERSION,
    request,
  });
  return (body ?? {}) as Json;
}

function routeOf(
  service: Service,
  method: Method,
  path: string,
): { route: Route; params: Record<string, string> } | null {
  const given = path.split('/').slice(1);
  // A fixed word counts more than a parameter.
  const ordered = service.routes
    .filter((route) => route.method === method)
    .toSorted((a, b) => a.path.split(':').length - b.path.split(':').length);
  for (const route of ordered) {
    const wanted = route.path.split('/').slice(1);
    if (wanted.length !== given.length) continue;
    if (!wanted.every((part, index) => part.startsWith(':') || part === given[index])) continue;
    const pairs = wanted.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), given[index] ?? '']] : []));
    return { route, params: Object.fromEntries(pairs) as Record<string, string> };
  }
  return null;
}

function assertValid(schema: TSchema, body: unknown): void {
  const check = checks.get(schema) ?? ajv.compile(schema);
  checks.set(schema, check);
  if (check(body)) return;
  throw badRequest(validationMessage({ validation: check.errors, message: 'not valid' } as unknown as FastifyError));
}

/** All of these proxies ended with 2.36: https://docs.openstack.org/nova/latest/reference/api-microversion-history.html */
export function assertProxy(version: Version): void {
  if (atLeast(version, '2.36')) throw notFound('The resource could not be found.');
}

/** Nova has fewer kinds of errors than Neutron: the network service's words, with Nova's status for them. */
export async function asNova<T>(statuses: Record<number, number>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const status = error instanceof ApiError ? statuses[error.status] : undefined;
    if (status === undefined || !(error instanceof ApiError)) throw error;
    throw new ApiError(status, error.type, error.publicMessage, { cause: error });
  }
}
