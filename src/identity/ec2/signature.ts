import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { unauthorized } from '../../core/errors.ts';
import { percentEncode } from '../oauth/signature.ts';

/** A request to a service that speaks AWS's language, as that service tells it: what was signed, and the signature. */
export interface Ec2Request {
  verb: string;
  host: string;
  path: string;
  params: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hexadecimal; version 4 only. */
  bodyHash: string;
}

const hmac = (key: string | Buffer, text: string | Buffer) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const canonicalQuery = (params: Readonly<Record<string, string>>) =>
  Object.keys(params)
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(params[name] ?? '')}`)
    .join('&');

/** https://docs.aws.amazon.com/general/latest/gr/signature-version-2.html */
function signatureV2(request: Ec2Request, host: string, secret: string): string {
  const query = canonicalQuery({ ...request.params, SignatureMethod: 'HmacSHA256' });
  return hmac(secret, [request.verb, host, request.path, query].join('\n')).toString('base64');
}

/** What the `Authorization` header or the `X-Amz-…` parameters say of a version 4 signature. */
function v4Parts({ headers, params }: Ec2Request): { credential: string; signedHeaders: string; date: string } {
  const authorization = headers['Authorization'] ?? headers['authorization'];
  const of = (name: string) =>
    authorization === undefined
      ? (params[`X-Amz-${name}`] ?? '')
      : (new RegExp(`${name}=([^,\\s]+)`).exec(authorization)?.[1] ?? '');
  const date = headers['X-Amz-Date'] ?? headers['x-amz-date'] ?? params['X-Amz-Date'] ?? '';
  return { credential: of('Credential'), signedHeaders: of('SignedHeaders'), date };
}

/** The key for one day, region and service, from a secret. */
export function signingKey(secret: string, [date = '', region = '', service = '']: readonly string[]): Buffer {
  return [date, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secret}`),
  );
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureV4(request: Ec2Request, host: string, secret: string): string {
  const { credential, signedHeaders, date } = v4Parts(request);
  const scope = credential.split('/').slice(1);
  if (scope.length !== 4 || !date.startsWith(scope[0] ?? '-')) throw unauthorized('Invalid EC2 signature.');
  const lower = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  lower.set('host', host);
  const headerLines = signedHeaders
    .split(';')
    .filter((name) => lower.has(name))
    .map((name) => `${name}:${lower.get(name) ?? ''}\n`)
    .join('');
  const query = request.verb.toUpperCase() === 'POST' ? '' : canonicalQuery(unsigned(request.params));
  const canonical = [
    request.verb.toUpperCase(),
    request.path,
    query,
    headerLines,
    signedHeaders,
    request.bodyHash,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  return hmac(signingKey(secret, scope), text).toString('hex');
}

const unsigned = (params: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'X-Amz-Signature'));

/** Whether a request of version 2 or 4 was signed with the secret. Older versions are too weak to be taken. */
export function ec2SignatureFits(request: Ec2Request, given: string, secret: string): boolean {
  const version = request.params['SignatureVersion'];
  const sign = version === '2' ? signatureV2 : version === undefined ? signatureV4 : null;
  if (!sign) throw unauthorized(`Unknown signature version: ${version}.`);
  // Some clients leave the port out of what they sign.
  const hosts = [request.headers['Host'] ?? request.headers['host'] ?? request.host, request.host];
  return [...hosts, request.host.replace(/:\d+$/, '')].some((host) => same(sign(request, host, secret), given));
}

/** Whether the text, which S3 services make of a request, was signed with the secret (version 4, or the old one). */
export function s3SignatureFits(text: Buffer, given: string, secret: string): boolean {
  if (text.subarray(0, 4).toString() !== 'AWS4') {
    return same(createHmac('sha1', secret).update(text).digest('base64'), given);
  }
  const lines = text.toString('utf8').split('\n');
  const scope = lines[2]?.split('/') ?? [];
  const known = lines[0] === 'AWS4-HMAC-SHA256' && lines.length === 4 && scope[3] === 'aws4_request';
  if (!known || scope.length !== 4 || !['s3', 'iam', 'sts'].includes(scope[2] ?? '')) {
    throw unauthorized('Invalid EC2 signature.');
  }
  return same(hmac(signingKey(secret, scope), text).toString('hex'), given);
}
