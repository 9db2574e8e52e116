import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError, badRequest, conflict, unauthorized } from '../core/errors.ts';
import type { HostId, ServerId } from '../core/ids.ts';
import type { App } from '../http/app.ts';
import type { Context } from '../http/context.ts';
import { serverById } from './servers-store.ts';

/** How long an address of a console can be opened; one that is open stays so. */
const VALID_FOR = 10 * 60_000;

interface Claims {
  server: ServerId;
  host: HostId;
  until: number;
}

/** A token for one server's console: signed, so that nothing is stored and any controller can check it. */
export function consoleToken(app: App, claims: Claims): string {
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${body}.${sign(app, body).toString('base64url')}`;
}

/** What a token allows. Throws ApiError 401 for one that is forged or too old. */
export function readConsoleToken(app: App, token: string): Claims {
  const [body = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const wanted = sign(app, body);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw unauthorized('This console address is not valid. Ask for a new one.');
  }
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims;
  if (claims.until < app.clock.now()) throw unauthorized('This console address is too old. Ask for a new one.');
  return claims;
}

const sign = (app: App, body: string) => createHmac('sha256', app.secrets.key('console')).update(body).digest();

/**
 * Where a console's bytes come from, for an administrator's own proxy. The host dials out to the controller, so that
 * there is no port to connect to. Throws ApiError 404.
 */
export async function consoleOfToken(app: App, token: string) {
  let claims: Claims;
  try {
    claims = readConsoleToken(app, token);
  } catch (cause) {
    throw new ApiError(404, 'NotFound', 'Token not found', { cause });
  }
  const host = await app.store.read.selectFrom('hosts').select('name').where('id', '=', claims.host).executeTakeFirst();
  return { instance_uuid: claims.server, host: host?.name ?? null, port: null, internal_access_path: null };
}

/** The address of a noVNC page for a server. Throws ApiError 400, 404 and 409. */
export async function openVnc(app: App, context: Context, id: string, type: string): Promise<string> {
  const server = await serverById(app.store.read, context, id);
  if (type !== 'novnc') throw badRequest(`Unavailable console type ${type}.`);
  const shown = server.vm_state === 'active' || server.vm_state === 'paused' || server.vm_state === 'resized';
  if (!shown || server.host_id === null) {
    throw conflict(`Instance ${server.id} is not ready: it has a console while it runs.`);
  }
  const token = consoleToken(app, { server: server.id, host: server.host_id, until: context.now + VALID_FOR });
  // The address of the byte stream is a parameter, where noVNC and its users look for it, without the first slash.
  const path = `console/ws?token=${token}`;
  return `${app.config.publicUrl}/console/vnc?path=${encodeURIComponent(path)}`;
}
