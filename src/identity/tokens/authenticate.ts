import { badRequest, forbidden, notFound, unauthorized } from '../../core/errors.ts';
import type { App } from '../../http/app.ts';
import type { Context } from '../../http/context.ts';
import { fromJson } from '../../store/json.ts';
import { hasDisabledProvider } from '../federation/store.ts';
import { required, requireSigned } from '../oauth/request.ts';
import type { SignedRequest } from '../oauth/signature.ts';
import { lockedOut, passwordExpired, unusedTooLong } from '../password-rules.ts';
import { hashPassword, needsRehash, verifyPassword, verifySecret } from '../passwords.ts';
import {
  findApplicationCredential,
  findApplicationCredentialByName,
  type ApplicationCredentialRow,
} from '../store/application-credentials.ts';
import { totpSeedsOf } from '../store/credentials.ts';
import { countFailure, noteSuccess } from '../store/passwords.ts';
import { findAccessToken, findConsumer, openSecret } from '../store/oauth.ts';
import { findUser, type UserRow } from '../store/users.ts';
import { requireUnlocked } from '../throttle.ts';
import { matchingStep } from '../totp.ts';
import type { Auth, UserReference } from '../wire/auth.ts';
import type { Federation, TokenClaims } from './format.ts';
import { enabledDomain, findUserReference } from './lookup.ts';
import { methodsOfReceipt, receiptFor } from './receipts.ts';
import type { IdentityState } from './state.ts';

/** Who logs in, and what that log-in allows. */
export interface Authenticated {
  user: UserRow;
  methods: string[];
  /** The token that was shown, when one of the methods was `token`. */
  parent: TokenClaims | null;
  applicationCredential: ApplicationCredentialRow | null;
  /** The OAuth access token that a program showed. */
  accessToken: AccessGrant | null;
  /** Where it was, if not here. */
  federation: Federation | null;
}

/** What an OAuth access token gives to who shows it. */
export interface AccessGrant {
  kind: 'oauth';
  consumerId: string;
  accessTokenId: string;
  projectId: string;
  roleIds: readonly string[];
  ends: number | null;
}

/** What a log-in shows besides its body. */
export interface Shown {
  /** The request as its OAuth signature covers it. Throws ApiError 400 when it is not signed. */
  signed: () => SignedRequest;
  /** The header Openstack-Auth-Receipt: what was shown a moment ago. */
  receipt: string | null;
}

/** A log-in that rests on nothing else. */
export const ALONE = { parent: null, applicationCredential: null, accessToken: null, federation: null } as const;

const METHODS = ['password', 'token', 'application_credential', 'oauth1', 'totp'];

/**
 * Checks every method a log-in lists. Throws ApiError 401 with one and the same message whatever was wrong, 400 when
 * the request does not say enough.
 */
export async function authenticate(
  app: App,
  state: IdentityState,
  context: Context,
  identity: Auth['identity'],
  shown: Shown,
): Promise<Authenticated> {
  const methods = [...new Set(identity.methods)];
  for (const method of methods) {
    if (!METHODS.includes(method)) throw unauthorized('Attempted to authenticate with an unsupported method.');
    if (identity[method as 'password'] === undefined) {
      throw badRequest(
        `Expecting to find ${method} in identity. The server could not comply with the request since it is either malformed or otherwise incorrect.`,
      );
    }
  }
  const results: Authenticated[] = [];
  if (methods.includes('password') && identity.password) {
    results.push(await byPassword(app, state, context, identity.password.user));
  }
  if (methods.includes('token') && identity.token) results.push(await byToken(app, state, context, identity.token.id));
  if (methods.includes('application_credential') && identity.application_credential) {
    results.push(await byApplicationCredential(app, state, context, identity.application_credential));
  }
  if (methods.includes('oauth1')) results.push(await byOauth(app, context, shown.signed()));
  if (methods.includes('totp') && identity.totp) {
    results.push(await byOneTimePassword(app, state, context, identity.totp.user));
  }
  const [first] = results;
  if (!first || results.some((result) => result.user.id !== first.user.id)) throw unauthorized();
  const merged: Authenticated = {
    user: first.user,
    methods: [
      ...new Set([
        ...methods,
        ...results.flatMap((result) => result.methods),
        ...methodsOfReceipt(app, state, first.user, shown.receipt),
      ]),
    ],
    parent: results.find((result) => result.parent)?.parent ?? null,
    applicationCredential: results.find((result) => result.applicationCredential)?.applicationCredential ?? null,
    accessToken: results.find((result) => result.accessToken)?.accessToken ?? null,
    federation: results.find((result) => result.federation)?.federation ?? null,
  };
  await requireEnoughMethods(app, state, merged);
  return merged;
}

async function byPassword(
  app: App,
  state: IdentityState,
  context: Context,
  given: UserReference & { password: string },
): Promise<Authenticated> {
  const db = app.store.read;
  const user = await findUserReference(db, given);
  const account = user?.id ?? `${given.domain?.id ?? given.domain?.name ?? ''} ${given.id ?? given.name ?? ''}`;
  const hash = user?.password_hash ?? null;
  if (user) tried(context, user);
  const rules = app.config.passwordRules;
  if (user && lockedOut(rules, user, context.now)) throw unauthorized();
  const limited = user === undefined || option(user, 'ignore_lockout_failure_attempts') !== true;
  if (limited) await requireUnlocked(state.throttle, context, account);
  const right = await verifyPassword(given.password, hash);
  if (!right || !user || hash === null) {
    await state.throttle.failed(account, context.remoteAddress);
    if (user) await countFailure(app.store, rules, user.id, context.now);
    app.log.info('login-failed', { request: context.requestId, user: user?.id, from: context.remoteAddress });
    throw unauthorized();
  }
  if (limited) await state.throttle.succeeded(account, context.remoteAddress);
  // Read again: checking took a while, and the account may have been changed meanwhile.
  const current = await enabledUser(app, user.id, context.now);
  if (current.password_hash !== hash) throw unauthorized();
  if (passwordExpired(current, context.now)) {
    // Said openly, as Keystone does: only who knows the password gets here, and has to be told what to do.
    throw unauthorized(`The password is expired and needs to be changed for user: ${user.id}.`);
  }
  await noteSuccess(app.store, current, context.now);
  if (needsRehash(hash)) await rehash(app, user.id, hash, given.password);
  return { ...ALONE, user: current, methods: ['password'] };
}

async function rehash(app: App, userId: string, old: string, password: string): Promise<void> {
  const hash = await hashPassword(password);
  await app.store.transaction(async (tx) => {
    await tx.db
      .updateTable('users')
      .set({ password_hash: hash })
      .where('id', '=', userId)
      .where('password_hash', '=', old)
      .execute();
  });
}

async function byToken(app: App, state: IdentityState, context: Context, token: string): Promise<Authenticated> {
  const claims = state.readToken(token);
  // As Keystone has it, and Tempest asks for it: what is not a token (any more) is not found.
  if (!claims) throw notFound('Could not find token.');
  if (claims.delegation) {
    const kind = claims.delegation.kind === 'trust' ? 'trust' : 'OAuth';
    throw forbidden(
      `You are not authorized to perform the requested action: Using ${kind}-scoped token to create another token. Create a new ${kind}-scoped token instead.`,
    );
  }
  tried(context, { id: claims.userId, domain_id: claims.userDomainId });
  const user = await enabledUser(app, claims.userId, app.clock.now());
  const credentialId = claims.applicationCredential?.id;
  const applicationCredential =
    credentialId === undefined ? null : ((await findApplicationCredential(app.store.read, credentialId)) ?? null);
  if (credentialId !== undefined && !applicationCredential) throw unauthorized();
  const { federation } = claims;
  return { ...ALONE, user, methods: ['token', ...claims.methods], parent: claims, applicationCredential, federation };
}

async function byApplicationCredential(
  app: App,
  state: IdentityState,
  context: Context,
  given: NonNullable<Auth['identity']['application_credential']>,
): Promise<Authenticated> {
  const db = app.store.read;
  let row: ApplicationCredentialRow | undefined;
  if (given.id !== undefined) row = await findApplicationCredential(db, given.id);
  else {
    if (given.name === undefined) throw badRequest('Expecting to find name or ID in application credential.');
    if (given.user === undefined) throw badRequest('Expecting to find user in application credential.');
    const named = await findUserReference(db, given.user);
    row = named && (await findApplicationCredentialByName(db, named.id, given.name));
  }
  const owner = row && (await findUser(db, row.user_id));
  if (owner) tried(context, owner);
  const account = `credential ${row?.id ?? given.id ?? given.name ?? ''}`;
  await requireUnlocked(state.throttle, context, account);
  const right = await verifySecret(given.secret, row?.secret_hash ?? null);
  if (!right || !row || (row.expires_at !== null && row.expires_at <= context.now)) {
    await state.throttle.failed(account, context.remoteAddress);
    app.log.info('login-failed', { request: context.requestId, user: row?.user_id, from: context.remoteAddress });
    throw unauthorized();
  }
  await state.throttle.succeeded(account, context.remoteAddress);
  if (!(await findApplicationCredential(db, row.id))) throw unauthorized();
  const user = await enabledUser(app, row.user_id, context.now);
  return { ...ALONE, user, methods: ['application_credential'], applicationCredential: row };
}

/** By a request signed with an access token, for its project and roles alone. */
async function byOauth(app: App, context: Context, signed: SignedRequest): Promise<Authenticated> {
  const db = app.store.read;
  const token = await findAccessToken(db, context.now, required(signed, 'oauth_token'));
  const consumer = token && (await findConsumer(db, token.consumer_id));
  if (!consumer || signed.oauth.get('oauth_consumer_key') !== consumer.id) throw unauthorized();
  await requireSigned(app.store, context.now, signed, {
    ...{ consumerId: consumer.id, consumer: openSecret(app.secrets, consumer), token: openSecret(app.secrets, token) },
  });
  const user = await enabledUser(app, token.user_id, context.now);
  tried(context, user);
  const accessToken: AccessGrant = {
    ...{ kind: 'oauth', consumerId: consumer.id, accessTokenId: token.id, projectId: token.project_id },
    ...{ roleIds: fromJson<string[]>(token.role_ids), ends: token.expires_at },
  };
  return { ...ALONE, user, methods: ['oauth1'], accessToken };
}

/** By a number that changes every half minute, from a seed that user and cloud share. */
async function byOneTimePassword(
  app: App,
  state: IdentityState,
  context: Context,
  given: UserReference & { passcode: string },
): Promise<Authenticated> {
  const found = await findUserReference(app.store.read, given);
  if (found) tried(context, found);
  const account = `totp ${found?.id ?? given.id ?? given.name ?? ''}`;
  await requireUnlocked(state.throttle, context, account);
  const seeds = found ? await totpSeedsOf(app.store.read, app.secrets, found.id) : [];
  const step = seeds.map((seed) => matchingStep(seed, given.passcode, context.now)).find((one) => one !== null);
  // A number is good once.
  if (!found || step === undefined || step === null || !(await state.passcodes.use(found.id, step))) {
    await state.throttle.failed(account, context.remoteAddress);
    throw unauthorized();
  }
  await state.throttle.succeeded(account, context.remoteAddress);
  return { ...ALONE, user: await enabledUser(app, found.id, context.now), methods: ['totp'] };
}

/** Names the account that a log-in is for in the audit trail, also when it fails. */
function tried(context: Context, user: Pick<UserRow, 'id' | 'domain_id'>): void {
  if (context.trail) context.trail.account = { userId: user.id, domainId: user.domain_id };
}

/** Throws ApiError 401 for an account that is disabled, also by its domain, its identity provider, or by not being used. */
export async function enabledUser(app: Pick<App, 'store' | 'config'>, id: string, now: number): Promise<UserRow> {
  const user = await findUser(app.store.read, id);
  if (!user?.enabled || unusedTooLong(app.config.passwordRules, user, now)) throw unauthorized();
  await enabledDomain(app.store.read, { id: user.domain_id });
  // Who can log in here does not depend on a provider.
  if (user.password_hash === null && (await hasDisabledProvider(app.store.read, id))) throw unauthorized();
  return user;
}

const option = (user: UserRow, name: string) => fromJson<Record<string, unknown>>(user.options)[name];

/**
 * The user option `multi_factor_auth_rules`: lists of methods, one of which must have been used completely. Methods
 * this cloud does not have are left out of a rule, and a rule without any left is no rule. Throws ApiError 401, which
 * carries a receipt for what was shown.
 */
async function requireEnoughMethods(app: App, state: IdentityState, { user, methods }: Authenticated): Promise<void> {
  if (option(user, 'multi_factor_auth_enabled') === false) return;
  const rules = option(user, 'multi_factor_auth_rules');
  if (!Array.isArray(rules)) return;
  const known = (rules as string[][]).map((rule) => rule.filter((method) => METHODS.includes(method)));
  const usable = known.filter((rule) => rule.length > 0);
  if (usable.length === 0 || usable.some((rule) => rule.every((method) => methods.includes(method)))) return;
  throw await receiptFor(app, state, { user, methods, rules: usable });
}

/** What a token may not be exchanged for. Throws ApiError 403. */
export function requireRescopable({ parent, applicationCredential }: Authenticated, scope: Auth['scope']): void {
  if (scope === undefined || scope === null) return;
  if (applicationCredential) {
    throw parent
      ? forbidden(
          'You are not authorized to perform the requested action: a token of an application credential cannot be exchanged for another scope.',
        )
      : unauthorized(
          'Error authenticating with application credential: Application credentials cannot request a scope.',
        );
  }
  if (parent?.scope.kind === 'system' && typeof scope === 'object' && (scope.project || scope.domain)) {
    throw forbidden(
      'You are not authorized to perform the requested action: a system-scoped token cannot be exchanged for a project or domain scope.',
    );
  }
}
