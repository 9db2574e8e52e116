import type { FastifyRequest } from 'fastify';
import { ApiError, forbidden } from '../core/errors.ts';
import type { App } from './app.ts';

/*
 * A browser's token: in a cookie that scripts cannot read, and that other sites cannot make use of. It says the same as
 * a token in X-Auth-Token; what follows from being sent without having been asked for is dealt with here.
 */

type Asked = Pick<FastifyRequest, 'headers' | 'method' | 'protocol'>;

/** What a page of this cloud sends along with what changes something; no other site's page can. */
export const SESSION_HEADER = 'x-potluck-session';

const isSecure = ({ config }: Pick<App, 'config'>, request: Asked) =>
  request.protocol === 'https' || config.publicUrl.startsWith('https:');

/** Names that begin with `__Host-` cannot be set by another host of the domain, but need TLS (RFC 6265bis, 4.1.3). */
const nameOf = (name: string, secure: boolean) => (secure ? `__Host-${name}` : name);

const SESSION = 'potluck-session';

/** Browsers keep cookies of 4096 bytes, name and attributes included, and drop longer ones without a word. */
const LONGEST = 3_900;

/** A cookie of this site by its name, null when the browser has none. */
export function readCookie(app: Pick<App, 'config'>, request: Asked, name: string): string | null {
  const wanted = `${nameOf(name, isSecure(app, request))}=`;
  const found = request.headers.cookie?.split(/;\s*/).find((one) => one.startsWith(wanted));
  return found === undefined || found.length === wanted.length ? null : found.slice(wanted.length);
}

/** The Set-Cookie of a cookie for this site; it ends with the browser, or in `seconds`. Throws ApiError 400 for too long a value. */
export function writeCookie(
  app: Pick<App, 'config'>,
  request: Asked,
  cookie: { name: string; value: string; sameSite: 'Strict' | 'Lax'; seconds?: number },
): string {
  if (cookie.value.length > LONGEST) {
    throw new ApiError(400, 'BadRequest', 'You have more roles here than fit in a cookie: ask for another scope.');
  }
  const secure = isSecure(app, request);
  return [
    `${nameOf(cookie.name, secure)}=${cookie.value}`,
    ...['Path=/', 'HttpOnly', `SameSite=${cookie.sameSite}`],
    ...(secure ? ['Secure'] : []),
    ...(cookie.seconds === undefined ? [] : [`Max-Age=${cookie.seconds}`]),
  ].join('; ');
}

/** The token of the browser's session; null without one, or where the request brings a token of its own. */
export function sessionToken(app: Pick<App, 'config'>, request: Asked): string | null {
  const own = request.headers['x-auth-token'];
  return own === undefined || own === '' ? readCookie(app, request, SESSION) : null;
}

/** The Set-Cookie of a session's token, or the one that takes it away. */
export function sessionCookie(app: Pick<App, 'config'>, request: Asked, token: string | null): string {
  const cookie = { name: SESSION, value: token ?? '', sameSite: 'Strict' as const };
  return writeCookie(app, request, { ...cookie, ...(token === null && { seconds: 0 }) });
}

/**
 * Throws ApiError 403 unless a page of this cloud sent a request that changes something: by a header that no form has
 * and other origins may not set, and by the browser's word on where it came from, in Sec-Fetch-Site or Origin. Browsers
 * leave out the one where there is no TLS and neither the other where something changes.
 */
export function requireOwnPage(app: Pick<App, 'config'>, request: Asked): void {
  const { headers } = request;
  if (headers[SESSION_HEADER] !== '1') {
    throw forbidden(
      'A request that changes something needs the header X-Potluck-Session: 1, or a token in X-Auth-Token instead of the session.',
    );
  }
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  const said = site !== undefined || origin !== undefined;
  if (said && (site === undefined || site === 'same-origin') && (origin === undefined || isOwn(app, request, origin))) {
    return;
  }
  throw forbidden(
    `A request that changes something with a session must come from a page of this cloud: send the header Origin: ${app.config.publicUrl}, or a token in X-Auth-Token instead.`,
  );
}

/** Whether an origin is this cloud's: as it is known, or as this very request reached it. */
function isOwn({ config }: Pick<App, 'config'>, { protocol, headers }: Asked, origin: string): boolean {
  return [new URL(config.publicUrl).origin, `${protocol}://${headers.host ?? ''}`].includes(origin.toLowerCase());
}

/** Whether a request is one of those that change nothing (RFC 9110, 9.2.1). */
export const isSafe = ({ method }: Asked) => ['GET', 'HEAD', 'OPTIONS'].includes(method);
