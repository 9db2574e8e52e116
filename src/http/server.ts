import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { Readable } from 'node:stream';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ApiError, badRequest, tooLarge, unauthorized } from '../core/errors.ts';
import { checkPolicy, ruleOf } from '../policy/policy.ts';
import type { Rule } from '../policy/rules.ts';
import type { App } from './app.ts';
import type { Context } from './context.ts';
import { compressed } from './compress.ts';
import { answerNoRequest, checkJson, checkQuery, endSlowRequests, LIMITS, PATIENCE } from './limits.ts';
import { askingHost } from './host-auth.ts';
import { negotiate, NO_VERSION, versionHeaders, type Version } from './microversions.ts';
import type { Reply, Route } from './route.ts';
import type { Service } from './service.ts';
import { isSafe, requireOwnPage, sessionCookie, sessionToken } from './session-cookie.ts';
import { completeTrail } from './trail.ts';
import { validationMessage } from './validation.ts';
import { lazyValidator } from './validators.ts';
import { unserved } from './wrong-method.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the token is checked; also what the log names. */
    context?: Context;
  }
}

/**
 * The one HTTP application: every service's routes with their schemas, tokens, versions and faults. `serverFactory`
 * makes the server that carries it, where plain HTTP is not meant.
 */
export function createServer(
  app: App,
  services: readonly Service[],
  serverFactory?: (handler: RequestListener) => Server,
): FastifyInstance {
  const server = Fastify({
    ...(serverFactory && { serverFactory }),
    logger: false,
    bodyLimit: LIMITS.bodyBytes,
    http: { maxHeaderSize: LIMITS.headerBytes, headersTimeout: PATIENCE.headers, connectionsCheckingInterval: 5_000 },
    // Uploads take as long as they take: see endSlowRequests.
    requestTimeout: 0,
    clientErrorHandler: answerNoRequest,
    trustProxy: app.config.trustedProxies?.length ? [...app.config.trustedProxies] : false,
    // A request that came is answered, also while the controller ends.
    return503OnClosing: false,
    genReqId: () => `req-${randomUUID()}`,
    rewriteUrl: (request) => withoutProject(services, withoutVersions(services, request)).url,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
  });
  server.setValidatorCompiler(lazyValidator);
  // Some clients send `content-type: application/json` with an empty body on POST and DELETE, also where nothing is.
  const parseJson = jsonParser(server);
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, undefined);
    else void parseJson(request, text as string, done);
  });
  // OpenStack takes a body without a type for JSON, and some clients send theirs so.
  server.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    if ((request.headers['content-type'] ?? '') === '') void parseJson(request, text as string, done);
    else done(new ApiError(415, 'UnsupportedMediaType', 'The content type of the request must be application/json.'));
  });
  server.addContentTypeParser(/^application\/octet-stream/, (_request, payload, done) => done(null, payload));
  endSlowRequests(server.server);
  server.addHook('onResponse', async (request, reply) => logAnswer(app, request, reply));
  for (const service of services) {
    server.register((scope, _options, done) => {
      addService(app, scope, service);
      done();
    });
  }
  // Who balances the load is told by /healthz; who holds a connection, by the answer on it.
  server.addHook('onRequest', async (_request, reply) => {
    if (app.draining?.aborted) reply.header('connection', 'close');
  });
  // For supervisors and load balancers: 200 once requests can be answered, 503 when they should go elsewhere.
  server.get('/healthz', async (_request, reply) => {
    if (app.draining?.aborted) return reply.code(503).send({ status: 'ending' });
    await app.store.read.selectFrom('audit').select('id').limit(1).execute();
    return { status: 'ok' };
  });
  const serviceOf = (request: FastifyRequest) => services.find((one) => request.url.startsWith(rootOf(one)));
  const refusal = unserved(services);
  server.setNotFoundHandler((request, reply) => {
    const service = serviceOf(request);
    void sendFault(app, request, reply, service, refusal(service, request.url));
  });
  server.setErrorHandler((error: FastifyError, request, reply) =>
    sendFault(app, request, reply, serviceOf(request), error),
  );
  return server;
}

/** The path of a request in a service's present API; who uses the older one has no microversions. */
function withoutVersions(services: readonly Service[], request: IncomingMessage): string {
  const { url, old } = atNewPrefix(services, request.url ?? '/');
  for (const header of old ? ['openstack-api-version', ...(old.versions?.legacyHeaders ?? [])] : []) {
    delete request.headers[header];
  }
  return url;
}

/** The path in the present API, and the service whose older one was meant. */
function atNewPrefix(services: readonly Service[], url: string): { url: string; old: Service | null } {
  for (const service of services) {
    const { oldPrefix, prefix } = service;
    if (oldPrefix === undefined || !url.startsWith(`${oldPrefix}/`)) continue;
    const rest = url.slice(oldPrefix.length);
    if (!/^\/(\?|$)/.test(rest)) return { url: prefix + rest, old: service };
  }
  return { url, old: null };
}

const PROJECT = /^\/([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=[/?]|$)/;

/** Takes the project, and slashes too many, out of a path where a service lets them stand. */
function withoutProject(services: readonly Service[], raw: string): { url: string; project: string | null } {
  const service = services.find(({ projectInPath, prefix }) => projectInPath && raw.startsWith(`${prefix}/`));
  const url = service ? raw.replace(/^[^?]*/, (path) => path.replaceAll(/\/{2,}/g, '/')) : raw;
  const [match = '', project] = PROJECT.exec(url.slice(service?.prefix.length ?? url.length)) ?? [];
  if (!service || project === undefined) return { url, project: null };
  return { url: service.prefix + url.slice(service.prefix.length + match.length), project };
}

const rootOf = (service: Service) => `/${service.prefix.split('/')[1] ?? ''}`;

/** JSON without what could be mistaken for an object's prototype, of a size that can be looked at. */
function jsonParser(server: FastifyInstance): ReturnType<FastifyInstance['getDefaultJsonParser']> {
  const parse = server.getDefaultJsonParser('error', 'error');
  return (request, text, done) => {
    try {
      // A route that takes larger bodies takes more values in them.
      checkJson(text, (LIMITS.jsonValues * request.routeOptions.bodyLimit) / LIMITS.bodyBytes);
    } catch (error) {
      return done(error as Error);
    }
    return parse(request, text, done);
  };
}

function addService(app: App, scope: FastifyInstance, service: Service): void {
  const parseJson = jsonParser(scope);
  for (const type of service.jsonTypes ?? []) {
    scope.addContentTypeParser(type, { parseAs: 'string' }, parseJson);
  }
  if (service.forms) {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
      done(null, Object.fromEntries(new URLSearchParams(text as string))),
    );
  }
  scope.setErrorHandler((error: FastifyError, request, reply) => sendFault(app, request, reply, service, error));
  for (const route of service.routes) addRoute(app, scope, service, route, service.prefix + route.path);
  for (const route of service.rootRoutes) addRoute(app, scope, service, route, route.path);
}

function addRoute(app: App, scope: FastifyInstance, service: Service, route: Route, url: string): void {
  const rule = ruleOf(service, route.operation);
  scope.route({
    method: route.method,
    url,
    bodyLimit: route.bodyLimit,
    exposeHeadRoute: false,
    schema: {
      ...(route.params && { params: route.params }),
      ...(route.query && { querystring: route.query }),
      ...(route.body && { body: route.body }),
    },
    // Before the body is read and checked, so that a stranger learns nothing from a validation message.
    onRequest: async (request, reply) => {
      request.context = contextOf(app, request, service, rule);
      await keepSession(app, request, reply, request.context);
      const { project } = withoutProject([service], atNewPrefix([service], request.originalUrl).url);
      if (project !== null && rule !== 'public' && project !== request.context.projectId) {
        throw badRequest(`Malformed request url: the path names project ${project}, the token is of another.`);
      }
      checkQuery(request.originalUrl);
      checkPolicy(service, route.operation, request.context);
    },
    handler: async (request, reply) => {
      const version = service.versions ? negotiate(request.headers, service.versions) : NO_VERSION;
      const context = request.context ?? contextOf(app, request, service, rule);
      const { params, query, body } = request;
      const answer = await route.handler({ app, context, params, query, body, version, request });
      await completeTrail(app, service, route, request, answer.status, null);
      return sendReply(request, reply, service, version, answer);
    },
    errorHandler: (thrown, request, reply) => {
      const { status, publicMessage } = toApiError(thrown);
      void completeTrail(app, service, route, request, status, publicMessage)
        .catch((error: unknown) => app.log.error('audit-failed', { request: request.id, error }))
        .then(() => sendFault(app, request, reply, service, thrown));
    },
  });
}

function contextOf(app: App, request: FastifyRequest, service: Service, rule: Rule): Context {
  const base = { requestId: request.id, now: app.clock.now(), remoteAddress: request.ip, trail: { rows: 0 } };
  if (rule === 'agent') {
    return { ...base, ...NOBODY, hostId: askingHost(app, request.raw) };
  }
  if (rule === 'public') return { ...base, ...NOBODY };
  const header = request.headers['x-auth-token'];
  const session = sessionToken(app, request);
  const token = session ?? (typeof header === 'string' && header !== '' ? header : null);
  if (token === null) throw unauthorized();
  if (session !== null && !isSafe(request)) requireOwnPage(app, request);
  const path = request.url.slice(rootOf(service).length).replace(/\?.*$/, '');
  const identity = app.verifyToken(token, { service: service.name, method: request.method, path });
  return { ...base, ...identity, isAdmin: identity.roles.includes('admin'), token, hostId: null };
}

/** Gives a browser whose session is in use the next token when one is due. Throws ApiError 401 when it may have none. */
async function keepSession(app: App, request: FastifyRequest, reply: FastifyReply, context: Context): Promise<void> {
  if (context.token === null || sessionToken(app, request) !== context.token) return;
  const token = await app.renewSession(context.token);
  if (token === null) return;
  context.token = token;
  reply.header('set-cookie', sessionCookie(app, request, token));
}

const NOBODY = {
  userId: null,
  userDomainId: null,
  projectId: null,
  projectDomainId: null,
  domainId: null,
  system: false,
  roles: [],
  isAdmin: false,
  token: null,
  hostId: null,
} as const;

const requestIds = (request: FastifyRequest, service: Service | undefined): Record<string, string> => ({
  'x-openstack-request-id': request.id,
  ...(service?.requestIdHeader !== undefined && { [service.requestIdHeader]: request.id }),
});

async function sendReply(
  request: FastifyRequest,
  reply: FastifyReply,
  service: Service,
  version: Version,
  answer: Reply,
): Promise<FastifyReply> {
  reply.code(answer.status).headers({
    ...requestIds(request, service),
    ...(service.versions && versionHeaders(version, service.versions)),
    ...answer.headers,
  });
  for (const cookie of answer.cookies ?? []) reply.header('set-cookie', cookie);
  if (answer.body === null) return reply.send();
  if (typeof answer.body === 'string' || answer.body instanceof Readable || Buffer.isBuffer(answer.body)) {
    return reply.send(answer.body);
  }
  if (!reply.hasHeader('content-type')) reply.header('content-type', 'application/json');
  const text = JSON.stringify(answer.body);
  const vary = reply.getHeader('vary');
  reply.header('vary', typeof vary === 'string' ? `${vary}, accept-encoding` : 'accept-encoding');
  const short = await compressed(text, request.headers['accept-encoding']);
  if (short) reply.header('content-encoding', 'gzip');
  return reply.send(short ?? text);
}

function sendFault(
  app: App,
  request: FastifyRequest,
  reply: FastifyReply,
  service: Service | undefined,
  thrown: FastifyError | ApiError | Error,
): FastifyReply {
  const error = toApiError(thrown);
  if (error.status >= 500) {
    app.log.error('request-failed', { request: request.id, method: request.method, path: request.url, error: thrown });
  }
  const body =
    error.body ??
    (service
      ? service.fault(error, request.id)
      : { error: { code: error.status, message: error.publicMessage, title: error.type } });
  return reply
    .code(error.status)
    .headers({ ...requestIds(request, service), ...challenge(app, error), ...error.headers })
    .header('content-type', 'application/json')
    .send(JSON.stringify(body));
}

/** Where to get a token, as Keystone and its middleware say it (RFC 9110, 11.6.1). */
function challenge(app: App, error: ApiError): Record<string, string> {
  return error.status === 401 ? { 'www-authenticate': `Keystone uri="${app.config.publicUrl}/identity"` } : {};
}

/** What a client is told: our own errors as they are, the framework's with their status, the rest as 500. */
function toApiError(thrown: FastifyError | ApiError | Error): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if ('validation' in thrown && thrown.validation) return badRequest(validationMessage(thrown));
  if ('code' in thrown && thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return tooLarge(`The body of this request is too large; it may have at most ${LIMITS.bodyBytes} bytes.`);
  }
  if ('statusCode' in thrown && thrown.statusCode !== undefined && thrown.statusCode < 500) {
    return new ApiError(thrown.statusCode, 'BadRequest', thrown.message, { cause: thrown });
  }
  return new ApiError(
    500,
    'InternalServerError',
    'An unexpected error prevented the server from fulfilling your request. Tell the operator the request id.',
    { cause: thrown },
  );
}

function logAnswer(app: App, request: FastifyRequest, reply: FastifyReply): void {
  const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
  app.log[level]('request', {
    request: request.id,
    method: request.method,
    path: request.url.split('?')[0],
    status: reply.statusCode,
    milliseconds: Math.round(reply.elapsedTime * 10) / 10,
    user: request.context?.userId,
    project: request.context?.projectId,
    from: request.ip,
  });
}
