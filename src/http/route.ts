import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { Static, TSchema } from 'typebox';
import type { App } from './app.ts';
import type { Context } from './context.ts';
import type { Version } from './microversions.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a handler gets: everything it may use, checked against its schemas. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  app: App;
  context: Context;
  params: Params;
  query: Query;
  body: Body;
  /** The negotiated microversion; 0.0 for services without. */
  version: Version;
  /** For what no schema covers: headers, the raw stream of an upload. */
  request: FastifyRequest;
}

export interface Reply {
  status: number;
  /** A plain object is sent as JSON, a stream or bytes as they are, null as no body. */
  body: object | string | Readable | Buffer | null;
  headers?: Record<string, string>;
  /** Set-Cookie, where there are several. */
  cookies?: readonly string[];
}

/** One API operation as plain data: how it is reached, what it takes, what it does. */
export interface Route {
  /** `servers:create`: the name in OpenAPI, audit and policy (src/policy/ says who may call it), unique within the service. */
  operation: string;
  method: Method;
  /** Below the service's prefix, parameters as `:server_id`. */
  path: string;
  /** Operations told apart by the one member of the body, each with a rule of its own: `['servers:reboot']`. */
  actions?: readonly string[];
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
  /** The schema of the successful answer, for the OpenAPI document; tests compare answers with it. */
  response?: TSchema;
  /** Most bytes of a JSON body; 1 MiB unless told. */
  bodyLimit?: number;
  handler: (call: Call) => Promise<Reply>;
}

type StaticOf<S> = S extends TSchema ? Static<S> : unknown;

/** Types a route's handler from its schemas. */
export function route<
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(
  definition: Omit<Route, 'handler' | 'params' | 'query' | 'body'> & {
    params?: P;
    query?: Q;
    body?: B;
    handler: (call: Call<StaticOf<P>, StaticOf<Q>, StaticOf<B>>) => Promise<Reply>;
  },
): Route {
  return definition as unknown as Route;
}

export const ok = (body: object, headers?: Record<string, string>): Reply => ({ status: 200, body, headers });
export const created = (body: object, headers?: Record<string, string>): Reply => ({ status: 201, body, headers });
export const accepted = (body: object | null = null, headers?: Record<string, string>): Reply => ({
  status: 202,
  body,
  headers,
});
export const noContent = (headers?: Record<string, string>): Reply => ({ status: 204, body: null, headers });
