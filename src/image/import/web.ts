import { lookup as resolve } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { badRequest } from '../../core/errors.ts';
import { isInternal, ownAddresses } from './addresses.ts';

/** How a web site is reached; tests bring their own. */
export interface Web {
  resolve(name: string): Promise<string[]>;
  /** Further addresses that must not be asked, besides those that are internal anywhere. */
  own(): readonly string[];
  /** `name` or `name:port` that may be asked wherever they are: the operator's own mirrors. */
  allowed: readonly string[];
  abort: AbortSignal;
}

export const realWeb = (allowed: readonly string[], abort: AbortSignal): Web => ({
  resolve: async (name) => (await resolve(name, { all: true })).map((one) => one.address),
  own: ownAddresses,
  allowed,
  abort,
});

const MOST_REDIRECTS = 5;
const ANSWER_WITHIN = 30_000;
const PORTS = ['80', '443'];

const nameOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
const portOf = (url: URL) => url.port || (url.protocol === 'https:' ? '443' : '80');

/** Whether the operator has named this place. */
export const isAllowed = (url: URL, allowed: readonly string[]) =>
  allowed.some((one) => one.toLowerCase() === url.hostname || one.toLowerCase() === `${url.hostname}:${portOf(url)}`);

/**
 * The address of a download if it may be one: the web's schemes and ports, no password in it, and no address that is
 * internal by its looks. Throws ApiError 400 otherwise.
 */
export function checkUri(text: unknown, allowed: readonly string[]): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw badRequest(`'uri' must be an address such as https://example.org/image.qcow2.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw badRequest(`Images are fetched by http and https, not by ${url.protocol.slice(0, -1)}.`);
  }
  if (url.username !== '' || url.password !== '') throw badRequest('The address must not hold a name or password.');
  if (isAllowed(url, allowed)) return url;
  if (!PORTS.includes(portOf(url))) throw badRequest(`Images are fetched from the ports 80 and 443, not ${url.port}.`);
  const name = nameOf(url);
  if (isIP(name) !== 0 && isInternal(name)) throw internal(name);
  return url;
}

const internal = (name: string) =>
  badRequest(`${name} is not on the public Internet: images are not fetched from internal addresses.`);

/**
 * Asks for what is behind an address. The name is resolved once and that address is asked, so that it cannot become
 * another one after the check; each redirect is checked like the first address. Throws ApiError 400.
 */
export async function openWeb(uri: string, web: Web): Promise<{ stream: IncomingMessage; expected: number | null }> {
  let url = checkUri(uri, web.allowed);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await ask(url, await addressOf(url, web), web);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (status >= 300 && status < 400 && location !== undefined) {
      answer.destroy();
      if (!URL.canParse(location, url.href))
        throw badRequest(`${url.host} redirects to '${location}', which is no address.`);
      url = checkUri(new URL(location, url.href).href, web.allowed);
      continue;
    }
    if (status !== 200) {
      answer.destroy();
      throw badRequest(`${url.host} answered ${status} ${answer.statusMessage ?? ''}.`.replace(' .', '.'));
    }
    const encoding = answer.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      answer.destroy();
      throw badRequest(`${url.host} sends the image encoded as ${encoding}: give an address that does not.`);
    }
    const length = answer.headers['content-length'];
    return { stream: answer, expected: length === undefined ? null : Number(length) };
  }
  throw badRequest(`${url.host} redirects more than ${MOST_REDIRECTS} times.`);
}

/** The one address that is asked. Throws ApiError 400 when any address of the name is internal. */
async function addressOf(url: URL, web: Web): Promise<string> {
  const name = nameOf(url);
  const addresses = isIP(name) === 0 ? await resolveName(name, web) : [name];
  if (!isAllowed(url, web.allowed) && addresses.some((address) => isInternal(address, web.own()))) throw internal(name);
  const [first] = addresses;
  if (first === undefined) throw badRequest(`${name} has no address.`);
  return first;
}

async function resolveName(name: string, web: Web): Promise<string[]> {
  try {
    return await web.resolve(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw badRequest(`The name ${name} cannot be resolved (${code}).`);
  }
}

function ask(url: URL, address: string, web: Web): Promise<IncomingMessage> {
  const version = isIP(address) === 6 ? 6 : 4;
  const options: RequestOptions = {
    signal: web.abort,
    agent: false,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'potluck' },
    // The connection goes to the address that was checked; the name is still that of TLS and of the Host header.
    lookup: (_name, asked, done) => {
      if (asked.all) done(null, [{ address, family: version }]);
      else done(null, address, version);
    },
  };
  return new Promise((resolvePromise, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer for ${ANSWER_WITHIN / 1000} s`)),
      ANSWER_WITHIN,
    );
    request.once('response', (answer) => {
      clearTimeout(timer);
      resolvePromise(answer);
    });
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(web.abort.aborted ? error : badRequest(`${url.host} cannot be reached: ${error.message}.`));
    });
    request.end();
  });
}
