import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { badRequest, forbidden, notFound, unauthorized } from '../../core/errors.ts';
import { newHexId } from '../../core/ids.ts';
import { isoMicroseconds } from '../../core/clock.ts';
import { ok, route, type Call, type Reply } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import { required, requireSigned, signedRequest } from '../oauth/request.ts';
import { roleIdsOn } from '../store/assignments.ts';
import { findConsumer, findRequestToken, openSecret, sealSecret } from '../store/oauth.ts';
import { getProject } from '../store/projects.ts';
import { closureOf, readRoleBook } from '../store/roles.ts';
import { IdParams, missing } from '../wire/common.ts';
import { RoleReference } from '../wire/trusts.ts';
import { ownClaims } from './tokens.ts';

/*
 * The three steps of OAuth 1.0a (https://docs.openstack.org/api-ref/identity/v3-ext/#os-oauth1-api): a program asks
 * for a request token, a user agrees to it and gets a verifier, the program exchanges both for an access token.
 */

const REQUEST_TOKEN_LIFETIME = 8 * 60 * 60_000;
const ACCESS_TOKEN_LIFETIME = 24 * 60 * 60_000;

const form = (id: string, secret: string, expiresAt: number): Reply => ({
  status: 201,
  body: `oauth_token=${id}&oauth_token_secret=${secret}&oauth_expires_at=${isoMicroseconds(expiresAt)}`,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
});

const ask = route({
  operation: 'oauth:create-request-token',
  method: 'POST',
  path: '/OS-OAUTH1/request_token',
  async handler(call) {
    const { app, context, request } = call;
    const signed = signedRequest(app, request);
    const consumerId = required(signed, 'oauth_consumer_key');
    const projectId = request.headers['requested-project-id'];
    if (typeof projectId !== 'string' || projectId === '') {
      throw badRequest('Expecting to find Requested-Project-Id in the headers: the project to act on.');
    }
    const consumer = await findConsumer(app.store.read, consumerId);
    if (!consumer) throw unauthorized();
    const consumerSecret = openSecret(app.secrets, consumer);
    await requireSigned(app.store, context.now, signed, { consumerId, consumer: consumerSecret, token: '' });
    const id = newHexId();
    const secret = newHexId();
    const expiresAt = context.now + REQUEST_TOKEN_LIFETIME;
    await app.store.transaction(async (tx) => {
      const project = await getProject(tx.db, projectId);
      await tx.db.deleteFrom('oauth_request_tokens').where('expires_at', '<=', context.now).execute();
      await tx.db
        .insertInto('oauth_request_tokens')
        .values({
          ...{ id, consumer_id: consumer.id, project_id: project.id, expires_at: expiresAt },
          ...{ sealed_secret: sealSecret(app.secrets, secret), role_ids: toJson([]) },
        })
        .execute();
      await writeAudit(tx, context, 'identity:oauth:create-request-token', id, { consumer: consumer.id });
    });
    return form(id, secret, expiresAt);
  },
});

const authorize = route({
  operation: 'oauth:authorize-request-token',
  method: 'PUT',
  path: '/OS-OAUTH1/authorize/:request_token_id',
  params: IdParams('request_token_id'),
  body: Strict({ roles: Type.Array(RoleReference) }),
  async handler(call) {
    const { app, context, params, body } = call;
    const { userId } = await undelegated(call);
    const verifier = randomBytes(8).toString('base64url').slice(0, 8);
    await app.store.transaction(async (tx) => {
      const token = await findRequestToken(tx.db, context.now, params.request_token_id);
      if (!token) throw notFound('Request token not found: it is unknown, has expired or was used.');
      const book = await readRoleBook(tx.db);
      const held = closureOf(
        book,
        await roleIdsOn(tx.db, userId, { kind: 'project', id: token.project_id, domainId: '' }),
      );
      const roleIds = body.roles.map(({ id, name }) => {
        const role = [...book.roles.values()].find((one) => (id === undefined ? one.name === name : one.id === id));
        if (!role) throw missing('role', id ?? name ?? '');
        if (!held.has(role.id)) throw unauthorized('The authorizing user does not have the role required.');
        return role.id;
      });
      await tx.db
        .updateTable('oauth_request_tokens')
        .set({ verifier, user_id: userId, role_ids: toJson(roleIds) })
        .where('id', '=', token.id)
        .execute();
      await writeAudit(tx, context, 'identity:oauth:authorize-request-token', token.id, { roles: roleIds });
    });
    return ok({ token: { oauth_verifier: verifier } });
  },
});

/** Who was handed something cannot hand it on here. Throws ApiError 403. */
async function undelegated(call: Pick<Call, 'app' | 'context'>) {
  const claims = await ownClaims(call);
  if (!claims.delegation && !claims.applicationCredential) return claims;
  throw forbidden('Cannot authorize a request token with a token issued via delegation.');
}

const exchange = route({
  operation: 'oauth:create-access-token',
  method: 'POST',
  path: '/OS-OAUTH1/access_token',
  async handler({ app, context, request }) {
    const signed = signedRequest(app, request);
    const consumerId = required(signed, 'oauth_consumer_key');
    const verifier = required(signed, 'oauth_verifier');
    const db = app.store.read;
    const asked = await findRequestToken(db, context.now, required(signed, 'oauth_token'));
    const consumer = await findConsumer(db, consumerId);
    if (!asked || !consumer || asked.consumer_id !== consumer.id) throw unauthorized();
    await requireSigned(app.store, context.now, signed, {
      ...{ consumerId, consumer: openSecret(app.secrets, consumer), token: openSecret(app.secrets, asked) },
    });
    const id = newHexId();
    const secret = newHexId();
    const expiresAt = context.now + ACCESS_TOKEN_LIFETIME;
    await app.store.transaction(async (tx) => {
      const token = await findRequestToken(tx.db, context.now, asked.id);
      if (!token || token.user_id === null) throw unauthorized('Request Token does not have an authorizing user id.');
      if (token.verifier !== verifier) throw unauthorized('Provided verifier does not match stored verifier.');
      await tx.db.deleteFrom('oauth_request_tokens').where('id', '=', token.id).execute();
      await tx.db
        .insertInto('oauth_access_tokens')
        .values({
          ...{ id, consumer_id: consumer.id, project_id: token.project_id, user_id: token.user_id },
          ...{ sealed_secret: sealSecret(app.secrets, secret), expires_at: expiresAt, role_ids: token.role_ids },
        })
        .execute();
      await writeAudit(tx, { ...context, userId: token.user_id }, 'identity:oauth:create-access-token', id);
    });
    return form(id, secret, expiresAt);
  },
});

export const oauthTokenRoutes = [ask, authorize, exchange];
