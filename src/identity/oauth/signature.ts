import { createHmac, timingSafeEqual } from 'node:crypto';

/** A request as OAuth 1.0a signs it. */
export interface SignedRequest {
  method: string;
  /** All URLs, without a query, under which the client may have signed: behind a proxy the server sees another one. */
  urls: readonly string[];
  query: readonly (readonly [string, string])[];
  oauth: ReadonlyMap<string, string>;
}

const HASHES: Readonly<Record<string, string>> = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' };

/** RFC 5849, 3.6: everything but letters, digits, `-._~`. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The parameters of an `Authorization: OAuth …` header (RFC 5849, 3.5.1); null when it is none. */
export function parseAuthorization(header: string | undefined): Map<string, string> | null {
  const match = /^OAuth\s+(.*)$/is.exec(header ?? '');
  if (!match) return null;
  const parameters = new Map<string, string>();
  for (const part of (match[1] ?? '').split(',')) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*"([^"]*)"\s*$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined) parameters.set(percentDecode(name), percentDecode(value));
  }
  return parameters;
}

/** RFC 5849, 3.4.1: method, URL and sorted parameters, each encoded, joined by `&`. */
export function baseString({ method, query, oauth }: Omit<SignedRequest, 'urls'>, url: string): string {
  const signed = [...oauth].filter(([name]) => name !== 'oauth_signature' && name !== 'realm');
  const parameters = [...query, ...signed]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return [method.toUpperCase(), url, parameters].map(percentEncode).join('&');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Whether the request carries the signature that these secrets make. */
export function signatureFits(request: SignedRequest, consumerSecret: string, tokenSecret: string): boolean {
  const hash = HASHES[request.oauth.get('oauth_signature_method') ?? ''];
  const given = Buffer.from(request.oauth.get('oauth_signature') ?? '');
  if (hash === undefined) return false;
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  return request.urls.some((url) => {
    const wanted = Buffer.from(createHmac(hash, key).update(baseString(request, url)).digest('base64'));
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  });
}
