import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import type { Context } from '../../http/context.ts';
import { created, noContent, ok, route, type Call, type Reply } from '../../http/route.ts';
import { Strict } from '../../http/schemas.ts';
import { writeAudit } from '../../store/audit.ts';
import { toJson } from '../../store/json.ts';
import { notAllowed, rulesAll } from '../policy.ts';
import {
  ec2Id,
  getCredential,
  insertCredential,
  openBlob,
  parseEc2Blob,
  sealBlob,
  seesCredential,
  type CredentialRow,
} from '../store/credentials.ts';
import { getProject } from '../store/projects.ts';
import { getUser } from '../store/users.ts';
import { collection, IdParams, missing, urlOf } from '../wire/common.ts';
import { requireOwnOrAdmin, requireUnrestricted } from './application-credentials.ts';
import { ownClaims } from './tokens.ts';

/* OS-EC2: access keys of a user in a project, kept as credentials of the type ec2. */

/** Keys are for projects: a token for a domain has nothing to do with them. */
function requireLooking(context: Context, userId: string, operation: string): void {
  if (context.domainId !== null) throw notAllowed(operation);
  requireOwnOrAdmin(context, userId, operation);
}

/** Own keys are for members: a reader could otherwise make something that lasts. */
function requireChanging(context: Context, userId: string, operation: string): void {
  const own = context.userId === userId && context.domainId === null && context.roles.includes('member');
  if (!own && !rulesAll(context)) throw notAllowed(operation);
}

function render(call: Pick<Call, 'app'>, row: CredentialRow) {
  const blob = parseEc2Blob(openBlob(call.app.secrets, row));
  const { access } = blob;
  return {
    user_id: row.user_id,
    tenant_id: row.project_id,
    access,
    secret: blob['secret'],
    trust_id: blob['trust_id'] ?? null,
    links: { self: urlOf(call, `/users/${row.user_id}/credentials/OS-EC2/${access}`) },
  };
}

const list = route({
  operation: 'ec2-credentials:list',
  method: 'GET',
  path: '/users/:user_id/credentials/OS-EC2',
  params: IdParams('user_id'),
  async handler(call) {
    const { app, context, params } = call;
    requireLooking(context, params.user_id, 'ec2_list_credentials');
    const claims = await ownClaims(call);
    const rows = await app.store.read
      .selectFrom('credentials')
      .selectAll()
      .where('user_id', '=', params.user_id)
      .where('type', '=', 'ec2')
      .orderBy('id')
      .execute();
    const seen = rows.filter((row) => seesCredential(context, claims, row));
    return ok(collection(call, 'credentials', seen, (row) => render(call, row)));
  },
});

const one = IdParams('user_id', 'credential_id');

const show = route({
  operation: 'ec2-credentials:show',
  method: 'GET',
  path: '/users/:user_id/credentials/OS-EC2/:credential_id',
  params: one,
  async handler(call) {
    const { app, context, params } = call;
    requireLooking(context, params.user_id, 'ec2_get_credential');
    const row = await getCredential(app.store.read, context, await ownClaims(call), ec2Id(params.credential_id));
    if (row.user_id !== params.user_id) throw missing('credential', params.credential_id);
    return ok({ credential: render(call, row) });
  },
});

const create = route({
  operation: 'ec2-credentials:create',
  method: 'POST',
  path: '/users/:user_id/credentials/OS-EC2',
  params: IdParams('user_id'),
  body: Strict({ tenant_id: Type.String({ minLength: 1 }) }),
  async handler(call) {
    const { app, context, params, body } = call;
    requireChanging(context, params.user_id, 'ec2_create_credential');
    const claims = await ownClaims(call);
    if (!claims.delegation) await requireUnrestricted(call);
    const access = randomBytes(16).toString('hex');
    const secret = randomBytes(16).toString('hex');
    const appCredential = claims.applicationCredential;
    if (claims.delegation?.kind === 'oauth') throw notAllowed('ec2_create_credential');
    const blob = toJson({
      ...{ access, secret },
      ...(appCredential && { app_cred_id: appCredential.id }),
      ...(claims.delegation && { trust_id: claims.delegation.id }),
    });
    const row: CredentialRow = {
      id: ec2Id(access),
      user_id: params.user_id,
      project_id: body.tenant_id,
      type: 'ec2',
      sealed_blob: sealBlob(app.secrets, blob),
      extra: toJson({}),
    };
    // A trustee may have a key for what the trust is for; it ends with the trust.
    const own = claims.delegation ? row.project_id === context.projectId : seesCredential(context, claims, row);
    if (!own) throw notAllowed('ec2_create_credential');
    await app.store.transaction(async (tx) => {
      // Whether its user has a role there is asked when it is used.
      await getUser(tx.db, row.user_id);
      await getProject(tx.db, body.tenant_id);
      await insertCredential(tx, row);
      await writeAudit(tx, context, 'identity:ec2-credentials:create', row.id, { user_id: row.user_id });
    });
    return created({ credential: render(call, row) });
  },
});

const remove = route({
  operation: 'ec2-credentials:delete',
  method: 'DELETE',
  path: '/users/:user_id/credentials/OS-EC2/:credential_id',
  params: one,
  async handler(call): Promise<Reply> {
    const { app, context, params } = call;
    requireChanging(context, params.user_id, 'ec2_delete_credential');
    const claims = await ownClaims(call);
    await requireUnrestricted(call);
    await app.store.transaction(async (tx) => {
      const row = await getCredential(tx.db, context, claims, ec2Id(params.credential_id));
      if (row.user_id !== params.user_id) throw missing('credential', params.credential_id);
      await tx.db.deleteFrom('credentials').where('id', '=', row.id).execute();
      await writeAudit(tx, context, 'identity:ec2-credentials:delete', row.id, { user_id: row.user_id });
    });
    return noContent();
  },
});

export const ec2CredentialRoutes = [list, show, create, remove];
