import { Type, type Static } from 'typebox';
import { notFound, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import { ok, route, type Call, type Reply } from '../../http/route.ts';
import { ec2SignatureFits, s3SignatureFits } from '../ec2/signature.ts';
import { notAllowed } from '../policy.ts';
import { ec2Id, openBlob, parseEc2Blob } from '../store/credentials.ts';
import { issueForEc2, type Ec2Credential } from '../tokens/issue-ec2.ts';
import { identityState } from '../tokens/state.ts';
import { renderToken } from '../wire/tokens.ts';

/*
 * Tokens for requests signed with an access key, asked for by services that speak EC2's or S3's language. Only
 * services and administrators may ask: a signed URL that somebody found must not become a token.
 */

/** How old a signed request may be. */
const LIFETIME = 15 * 60_000;

const Texts = Type.Record(Type.String(), Type.String());
const Given = Type.Object({
  access: Type.Optional(Type.String()),
  signature: Type.Optional(Type.String()),
  host: Type.Optional(Type.String()),
  verb: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  params: Type.Optional(Texts),
  headers: Type.Optional(Texts),
  body_hash: Type.Optional(Type.String()),
  /** Of S3: the signed text, in URL-safe base64. */
  token: Type.Optional(Type.String()),
});
type Given = Static<typeof Given>;
/** All three names have been in use. */
const Body = Type.Object({
  credentials: Type.Optional(Given),
  credential: Type.Optional(Given),
  ec2Credentials: Type.Optional(Given),
});

async function findKey(app: App, access: string): Promise<Ec2Credential> {
  const row = await app.store.read
    .selectFrom('credentials')
    .selectAll()
    .where('id', '=', ec2Id(access))
    .where('type', '=', 'ec2')
    .executeTakeFirst();
  if (!row || row.project_id === null) throw notFound('EC2 access key not found.');
  const blob = parseEc2Blob(openBlob(app.secrets, row));
  const text = (name: string) => (typeof blob[name] === 'string' ? blob[name] : null);
  return {
    userId: row.user_id,
    projectId: row.project_id,
    secret: text('secret') ?? '',
    trustId: text('trust_id'),
    applicationCredentialId: text('app_cred_id'),
  };
}

/** Throws ApiError 401 for a request that says when it was made, and that is too long ago. */
function requireFresh({ params = {}, headers = {} }: Given, now: number): void {
  const text = params['Timestamp'] ?? headers['X-Amz-Date'] ?? params['X-Amz-Date'];
  if (text === undefined) return;
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
  if (Number.isNaN(at)) throw unauthorized(`Credential timestamp is invalid: ${text}.`);
  if (now > at + LIFETIME) throw unauthorized('Credential is expired.');
}

function ec2Fits(given: Given, secret: string): boolean {
  const { params = {}, headers = {}, signature = '' } = given;
  const { host = '', verb = 'GET', path = '/', body_hash: bodyHash = '' } = given;
  return ec2SignatureFits({ verb, host, path, params, headers, bodyHash }, signature, secret);
}

const s3Fits = ({ token = '', signature = '' }: Given, secret: string) =>
  s3SignatureFits(Buffer.from(token, 'base64url'), signature, secret);

async function tokenFor(
  { app, context, body }: Pick<Call<unknown, unknown, Static<typeof Body>>, 'app' | 'context' | 'body'>,
  operation: string,
  fits: (given: Given, secret: string) => boolean,
): Promise<{ text: string; token: object }> {
  if (!context.isAdmin && !context.roles.includes('service')) throw notAllowed(operation);
  const given = body.credentials ?? body.credential ?? body.ec2Credentials;
  if (given?.access === undefined || !given.signature) throw unauthorized('EC2 signature not supplied.');
  const state = await identityState(app);
  const key = await findKey(app, given.access);
  if (!fits(given, key.secret)) throw unauthorized('Invalid EC2 signature.');
  requireFresh(given, context.now);
  const claims = await issueForEc2(app, state, context, key);
  return { text: state.sign(claims), token: await renderToken(app.store.read, claims, true) };
}

const ec2 = route({
  operation: 'auth:create-ec2-token',
  method: 'POST',
  path: '/ec2tokens',
  body: Body,
  async handler(call): Promise<Reply> {
    const { text, token } = await tokenFor(call, 'ec2tokens_validate', ec2Fits);
    return ok({ token }, { 'x-subject-token': text });
  },
});

const s3 = route({
  operation: 'auth:create-s3-token',
  method: 'POST',
  path: '/s3tokens',
  body: Body,
  async handler(call): Promise<Reply> {
    // As Keystone has it, the service learns who asks and gets no token to act with.
    const { token } = await tokenFor(call, 's3tokens_validate', s3Fits);
    return ok({ token });
  },
});

export const ec2TokenRoutes = [ec2, s3];
